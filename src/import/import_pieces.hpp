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

/// What is known of a piece beside its landmarks.
struct PieceFacts {
    std::vector<io::LeftOut> left_out{};
    std::map<std::string, std::int64_t> repairs{};
    std::int64_t clips_without_hands = 0;
    std::int64_t clips_without_shoulders = 0;  ///< of those with a hand
    std::int64_t clips_trimmed = 0;
    std::int64_t frames_trimmed = 0;
    std::string seen_points;  ///< '1' for each point that was ever detected, '0' for the others
};

/// The folder that holds the pieces of an import until all are there. Not collective.
class ImportPieces {
public:
    /// @param key  of corpus and settings: pieces of another key are not used
    ImportPieces(std::filesystem::path folder, std::string key, std::int64_t clips,
                 std::int64_t clips_per_piece);

    /// Makes the folder ready, by one rank before the others use it, and locks it until this object ends.
    /// @param discards_others  removes pieces of another key instead of refusing; those without a frame always go
    /// @return clips that pieces of an earlier run hold, read or left out
    /// @throws io::DataError  the folder cannot be made, holds clips read under another key, or another process is
    ///                        at work in it
    std::int64_t begin(bool discards_others);

    std::int64_t count() const;
    std::int64_t first_clip(std::int64_t piece) const { return piece * clips_per_piece_; }
    std::int64_t end_clip(std::int64_t piece) const;
    std::filesystem::path path(std::int64_t piece) const;
    /// Clips of the pieces that are there.
    std::int64_t clips_done() const;

    /// @throws io::DataError  the piece is missing or damaged
    io::ClipStore open(std::int64_t piece) const;
    /// Whether the piece is there, every byte of it is as it was written, and no clip is left out: what could not
    /// be read is tried again by the next run.
    bool is_complete(std::int64_t piece) const;

    /// Lets the other ranks know, where the folder can be written, that this one cannot go on.
    void tell_failure() const noexcept;
    bool has_failed() const;
    /// Facts of an opened piece.
    static PieceFacts facts_of(const io::ClipStore& piece);

    /// Removes the pieces, and the folder if nothing else lies in it.
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

/// Clips on their way into a piece.
class PieceBuilder {
public:
    PieceBuilder(std::int64_t coordinates, bool is_float16);

    /// @param number   of the clip in the listing
    /// @param trimmed  frames that it lost by trimming
    void add(std::int64_t number, const io::ImportedClip& clip, std::int64_t trimmed, double fps);
    bool has_left_out() const { return !facts_.left_out.empty(); }
    void leave_out(io::LeftOut what) { facts_.left_out.push_back(std::move(what)); }
    /// @throws io::DataError  the disk is full
    void write(const std::filesystem::path& path) const;

private:
    std::int64_t coordinates_;
    bool is_float16_;
    io::ClipIndex index_;
    std::vector<std::size_t> begins_{0};  ///< of clips in values_
    std::vector<float> values_;
    PieceFacts facts_;
};

}  // namespace sslslr
