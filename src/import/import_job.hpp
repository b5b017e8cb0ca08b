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
    std::filesystem::path output;  ///< the store
    std::string settings;          ///< what decides clips beside the corpus and this, as text
    std::int64_t coordinates = 2;  ///< 2 (x, y) or 3 (x, y, z)
    io::StoreLayout layout{};      ///< of the store
    std::map<std::string, std::string> attributes{};  ///< of the store; win over the corpus's own
    double fps = 0;                                   ///< of clips that do not say; 0: unknown
    std::string signer{};                             ///< of clips that name none; empty: unknown
    bool trims = false;                               ///< to the first and last frame with a hand
    std::int64_t clips_per_piece = 256;               ///< what an interruption costs each rank at most
    bool strict = false;                              ///< refuse to write a store that lacks clips
    bool discards_others = false;  ///< remove pieces of another corpus or other settings instead of refusing
};

/// What an import did, for its user.
struct ImportSummary {
    std::int64_t clips = 0;
    std::int64_t frames = 0;
    std::int64_t clips_without_frames = 0;
    std::int64_t clips_without_hands = 0;
    std::int64_t clips_without_shoulders = 0;  ///< of those with a hand
    std::int64_t clips_trimmed = 0;
    std::int64_t frames_trimmed = 0;  ///< of them all
    std::int64_t found_done = 0;      ///< clips that an earlier, interrupted run had read
    std::int64_t labels = 0;
    std::int64_t unlabelled = 0;
    std::int64_t signers = 0;
    std::map<std::string, std::int64_t> splits{};  ///< clips by name
    std::vector<std::string> absent_points{};      ///< never detected in any clip
    std::vector<io::LeftOut> left_out{};
    std::map<std::string, std::int64_t> repairs{};  ///< clips by what was mended
    std::vector<std::string> notes{};
    bool is_stopped = false;  ///< on request: nothing is written yet, the same call goes on
};

struct ImportHooks {
    /// Called on the first rank now and then with the clips read by all.
    std::function<void(std::int64_t done, std::int64_t all)> progress = [](auto, auto) {};
    std::function<bool()> stop_requested = [] { return false; };
    /// Called on the first rank if no frame was read: what else the user may try, to end the error with; or nothing.
    std::function<std::string()> advice = [] { return std::string{}; };
};

/// Reads a corpus into a clip store, each rank its share of pieces. Collective.
///
/// Clips are read into pieces, stores of some hundred clips each in the folder `output`.pieces; when all are
/// there the first rank joins them. A piece appears whole or not at all, so whoever is killed, stopped or out
/// of disk space loses no more than the pieces at work: the same call goes on, on any number of ranks. A clip that
/// cannot be read is left out with its reason, and tried again by the next call; others go on. A rank that fails
/// otherwise ends the reading of all within a second. Of an import that reads no frame at all nothing is kept.
///
/// @param corpus  opened by every rank for itself, with the same listing
/// @return the summary, on the first rank; elsewhere only is_stopped
/// @throws dist::AgreedError  clips read from another corpus or with other settings are there, the disk is full, no
///                            frame could be read, some clips could not and `strict` asks for all, or another process is importing
///                            to the same output
ImportSummary import_corpus(io::Corpus& corpus, const ImportConfig& config, const dist::Communicator& ranks,
                            const ImportHooks& hooks = {});

}  // namespace sslslr
