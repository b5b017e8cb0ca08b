#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sslslr::io {

/// Everything about a data set but its landmarks. Clip numbers run over all files of the set.
struct ClipIndex {
    std::vector<std::int64_t> offsets;  ///< [N + 1] first frame of each clip, and the total
    std::vector<std::int64_t> labels;   ///< [N] index into label_names, -1 unlabelled
    std::vector<std::int64_t> signers;  ///< [N] index into signer_names, -1 unknown
    std::vector<std::int64_t> ids;      ///< [N] the source's own clip numbers
    std::vector<std::string> names;     ///< [N] the source's own names of the clips; empty if none has one
    std::vector<double> fps;            ///< [N] frames per second, 0 unknown; empty if unknown for all
    std::vector<std::string> label_names;
    std::vector<std::string> signer_names;
    std::vector<std::string> point_names;                     ///< [P]
    std::map<std::string, std::vector<std::int64_t>> splits;  ///< clip numbers by name
    /// Of several files, those that lack a split which others have, by the split's name.
    std::map<std::string, std::vector<std::string>> files_without_split;
    std::map<std::string, std::string>
        attributes;                ///< schema, version, coordinates, fps, language, source, licence
    std::int64_t coordinates = 0;  ///< C

    std::int64_t clips() const { return static_cast<std::int64_t>(labels.size()); }
    std::int64_t frames() const { return offsets.back(); }
};

/// A data set of skeleton clips in one HDF5 file or several, opened read-only after checking all of its
/// index.
///
/// Landmarks of a contiguous file are read where they lie (one copy in the page cache serves every rank of the node);
/// chunked and compressed ones are decoded at each read, by whole chunks. Not collective: any rank opens for itself.
/// Files stay open. One that is overwritten meanwhile is an error, not other data; one that is replaced by renaming
/// another to its name does not matter.
class ClipStore {
public:
    /// @param patterns  files, or patterns as of a shell; their clips are concatenated in the order given,
    /// matches of a pattern sorted
    /// @throws DataError  a file is missing, damaged, or no clip store; points or coordinates of two files
    /// disagree
    static ClipStore open(const std::vector<std::string>& patterns);

    ClipStore(ClipStore&&) noexcept;
    ClipStore& operator=(ClipStore&&) noexcept;
    ~ClipStore();

    const ClipIndex& index() const noexcept;
    const std::vector<std::filesystem::path>& files() const noexcept;
    /// The number in files() of the file that holds a clip.
    std::size_t file_of(std::int64_t clip) const;
    /// Whether float16 holds every value as it is: no file has float32.
    bool is_float16() const noexcept;

    /// Landmarks of clips [first, last), as float32: out is [their frames, P, C], NaN = not detected.
    /// Checks the checksum of every bulk block that is touched for the first time. Several threads may read at once.
    /// @throws DataError  a bulk block is damaged, or the file was overwritten since it was opened
    void read(std::int64_t first, std::int64_t last, std::span<float> out) const;

    /// A 64-bit hash of index and landmarks checksums: tells whether two stores hold the same data.
    std::uint64_t fingerprint() const noexcept;
    /// The same as 16 digits.
    std::string fingerprint_text() const;

    /// The same of the clips' bounds and landmarks alone: names, labels, signers and splits may differ.
    std::uint64_t landmarks_fingerprint() const noexcept;

private:
    struct Impl;
    explicit ClipStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sslslr::io
