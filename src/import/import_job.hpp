#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "dist/communicator.hpp"
#include "io/corpus/corpus.hpp"
#include "io/store/store_writer.hpp"

namespace sslslr {

struct ImportConfig {
    std::filesystem::path output;                     ///< the store
    std::string settings;                             ///< text of all other settings that affect clips
    std::int64_t coordinates = 2;                     ///< 2 (x, y) or 3 (x, y, z)
    io::StoreLayout layout{};                         ///< of the store
    std::map<std::string, std::string> attributes{};  ///< of the store; override the corpus's own
    double fps = 0;                                   ///< of clips without a frame rate; 0: unknown
    std::string signer{};                             ///< of clips without a signer; empty: unknown
    bool trims = false;                               ///< to the first and last frame with a hand
    std::int64_t clips_per_piece = 256;               ///< most clips that each rank loses if interrupted
    bool strict = false;                              ///< fail if any clip cannot be read
    bool discards_others = false;  ///< remove pieces of another corpus or other settings instead of failing
};

/// The outcome of an import.
struct ImportSummary {
    std::int64_t clips = 0;
    std::int64_t frames = 0;
    std::int64_t clips_without_frames = 0;
    std::int64_t clips_without_hands = 0;
    std::int64_t clips_without_shoulders = 0;  ///< of those with a hand
    std::int64_t clips_trimmed = 0;
    std::int64_t frames_trimmed = 0;  ///< in total
    std::int64_t found_done = 0;      ///< clips that an earlier, interrupted import had read
    std::int64_t labels = 0;
    std::int64_t unlabelled = 0;
    std::int64_t signers = 0;
    std::map<std::string, std::int64_t> splits{};  ///< number of clips by name
    std::vector<std::string> absent_points{};      ///< never detected in any clip
    std::vector<io::LeftOut> left_out{};
    std::map<std::string, std::int64_t> repairs{};  ///< number of clips by kind of repair
    std::vector<std::string> notes{};
    bool is_stopped = false;  ///< stopped on request, without a store: the same call resumes
};

struct ImportHooks {
    /// Called on rank 0 from time to time with the number of clips that all ranks have read.
    std::function<void(std::int64_t done, std::int64_t all)> progress = [](auto, auto) {};
    std::function<bool()> stop_requested = [] { return false; };
    /// Called on rank 0 if no frame was read. Returns advice to append to the error message, or nothing.
    std::function<std::string()> advice = [] { return std::string{}; };
};

/// Imports a corpus into a clip store. Collective.
///
/// Each rank reads its share of the clips into pieces: stores of up to clips_per_piece clips in the folder
/// `output`.pieces. When all pieces are complete, rank 0 joins them. A piece appears whole or not at all, so
/// an import that is killed, stopped or out of disk space loses only unfinished pieces. The same call resumes
/// it, on any number of ranks. A clip that cannot be read is left out with its reason, and the next call
/// tries it again. If a rank fails for another reason, all ranks stop reading within a second. An import that
/// reads no frame at all leaves nothing behind.
///
/// @param corpus  opened by each rank separately, with the same listing
/// @return the summary on rank 0; on other ranks only is_stopped is set
/// @throws dist::AgreedError  pieces of another corpus or other settings exist, the disk is full, no frame
///                            could be read, a clip could not be read and `strict` is set, or another process
///                            is importing to the same output
ImportSummary import_corpus(io::Corpus& corpus, const ImportConfig& config, const dist::Communicator& ranks,
                            const ImportHooks& hooks = {});

}  // namespace sslslr
