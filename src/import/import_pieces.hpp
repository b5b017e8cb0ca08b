#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"
#include "io/file/posix_file.hpp"
#include "io/store/clip_store.hpp"

namespace sslslr {

/// What a piece records besides its landmarks.
struct PieceFacts {
    std::vector<io::LeftOut> left_out{};
    std::map<std::string, std::int64_t> repairs{};
    std::int64_t clips_without_hands = 0;
    std::int64_t clips_without_shoulders = 0;  ///< of those with a hand
    std::int64_t clips_trimmed = 0;
    std::int64_t frames_trimmed = 0;
    std::string seen_points;  ///< '1' for each point that was ever detected, '0' for the others
};

/// The folder that holds the pieces of an import until they are joined. Not collective.
class ImportPieces {
public:
    /// @param key  identifies corpus and settings: pieces with another key are not used
    ImportPieces(std::filesystem::path folder, std::string key, std::int64_t clips,
                 std::int64_t clips_per_piece);

    /// Prepares the folder and locks it while this object exists. Only one rank calls it, before the others
    /// use the folder.
    /// @param discards_others  removes pieces with another key instead of failing; those without frames are
    ///                         always removed
    /// @return number of clips in the pieces of an earlier import, including clips left out
    /// @throws io::DataError  the folder cannot be created, holds clips with another key, or another process
    ///                        uses it
    std::int64_t begin(bool discards_others);

    std::int64_t count() const;
    std::int64_t first_clip(std::int64_t piece) const { return piece * clips_per_piece_; }
    std::int64_t end_clip(std::int64_t piece) const;
    std::filesystem::path path(std::int64_t piece) const;
    /// Returns the number of clips in the existing pieces, including clips left out.
    std::int64_t clips_done() const;

    /// @throws io::DataError  the piece is missing or damaged
    io::ClipStore open(std::int64_t piece) const;
    /// Returns whether the piece exists, is undamaged (all of it is read and checked), and leaves out no
    /// clip. Clips that could not be read are tried again by the next import.
    bool is_complete(std::int64_t piece) const;

    /// Signals to the other ranks that this one has failed, if the folder can be written.
    void tell_failure() const noexcept;
    /// Returns whether any rank has signalled a failure.
    bool has_failed() const;
    /// Returns the facts recorded in an opened piece.
    /// @throws io::DataError  the store is not a piece
    static PieceFacts facts_of(const io::ClipStore& piece);

    /// Removes the pieces, and the folder if it is empty then.
    void remove() const;

private:
    std::filesystem::path key_file() const { return folder_ / "key"; }
    std::filesystem::path failure_file() const { return folder_ / "failed"; }
    std::filesystem::path lock_file() const { return folder_ / "lock"; }

    void remove_others(bool discards_others) const;
    std::int64_t clips_with_frames() const;

    std::filesystem::path folder_;
    std::string key_;
    std::int64_t clips_;
    std::int64_t clips_per_piece_;
    std::optional<io::PosixFile> lock_;
};

/// Collects clips and writes them as a piece.
class PieceBuilder {
public:
    PieceBuilder(std::int64_t coordinates, bool is_float16);

    /// @param number   index of the clip in the listing
    /// @param trimmed  number of frames removed by trimming
    void add(std::int64_t number, const io::ImportedClip& clip, std::int64_t trimmed, double fps);
    bool has_left_out() const { return !facts_.left_out.empty(); }
    void leave_out(io::LeftOut what) { facts_.left_out.push_back(std::move(what)); }
    /// @throws io::DataError  the disk is full
    void write(const std::filesystem::path& path) const;

private:
    std::int64_t coordinates_;
    bool is_float16_;
    io::ClipIndex index_;
    std::vector<std::size_t> begins_{0};  ///< offsets of the clips in values_
    std::vector<float> values_;
    PieceFacts facts_;
};

}  // namespace sslslr
