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

/// Everything about a data set except its landmarks. Clips are numbered over all files of the set.
struct ClipIndex {
    std::vector<std::int64_t> offsets;  ///< [N + 1] first frame of each clip, and the total
    std::vector<std::int64_t> labels;   ///< [N] index into label_names, -1 unlabelled
    std::vector<std::int64_t> signers;  ///< [N] index into signer_names, -1 unknown
    std::vector<std::int64_t> ids;      ///< [N] the source's own clip numbers
    std::vector<std::string> names;     ///< [N] the source's own clip names; empty if none has one
    std::vector<double> fps;            ///< [N] frames per second, 0 unknown; empty if all are unknown
    std::vector<std::string> label_names;
    std::vector<std::string> signer_names;
    std::vector<std::string> point_names;                     ///< [P]
    std::map<std::string, std::vector<std::int64_t>> splits;  ///< clip numbers by split name
    /// By split name: the files that lack a split which other files of the set have.
    std::map<std::string, std::vector<std::string>> files_without_split;
    std::map<std::string, std::string>
        attributes;                ///< schema, version, coordinates, fps, language, source, licence
    std::int64_t coordinates = 0;  ///< C

    std::int64_t clips() const { return static_cast<std::int64_t>(labels.size()); }
    std::int64_t frames() const { return offsets.back(); }
};

/// A data set of skeleton clips in one or more HDF5 files, opened read-only after a check of the whole index.
///
/// Contiguous landmarks are read through the page cache, where one copy serves all ranks of a node. Chunked
/// and compressed landmarks are decoded at each read, by whole chunks. Not collective.
///
/// The files stay open. Reading a file that was overwritten since is an error. Replacing it by renaming
/// another file to its name has no effect on an open store.
class ClipStore {
public:
    /// Opens files and concatenates their clips in the given order.
    /// @param patterns  files or shell patterns (see files_matching()), whose matches are sorted
    /// @throws DataError  a file is missing, damaged, given twice or no clip store; points or coordinates of
    ///                    two files disagree
    static ClipStore open(const std::vector<std::string>& patterns);

    ClipStore(ClipStore&&) noexcept;
    ClipStore& operator=(ClipStore&&) noexcept;
    ~ClipStore();

    const ClipIndex& index() const noexcept;
    const std::vector<std::filesystem::path>& files() const noexcept;
    /// Returns the number, in files(), of the file that holds a clip.
    std::size_t file_of(std::int64_t clip) const;
    /// Whether all files store float16, so that float16 represents every value exactly.
    bool is_float16() const noexcept;

    /// Reads the landmarks of clips [first, last) as float32: out is [their frames, P, C], NaN = not
    /// detected. Verifies the checksum of each bulk block when it is first read. Thread-safe.
    /// @throws DataError              a bulk block is damaged, or the file was overwritten
    /// @throws std::out_of_range      no such clips
    /// @throws std::invalid_argument  `out` has another size
    void read(std::int64_t first, std::int64_t last, std::span<float> out) const;

    /// Returns a hash of the index without its attributes and of the landmark checksums. Stores with equal
    /// fingerprints hold the same data.
    std::uint64_t fingerprint() const noexcept;
    /// Returns fingerprint() as 16 hexadecimal digits.
    std::string fingerprint_text() const;

    /// Returns a hash of only the clips' bounds and the landmark checksums, without names, labels, signers
    /// and splits.
    std::uint64_t landmarks_fingerprint() const noexcept;

private:
    struct Impl;
    explicit ClipStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sslslr::io
