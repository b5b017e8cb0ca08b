#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"
#include "io/store/landmark_counts.hpp"
#include "io/survey/split_overlaps.hpp"

namespace sslslr::io {

/// Statistics of the clips of a split, or of a whole store.
struct GroupSurvey {
    std::int64_t clips = 0;
    std::int64_t frames = 0;
    std::int64_t unlabelled = 0;
    std::int64_t unknown_signers = 0;
    std::int64_t empty = 0;       ///< without frames
    std::int64_t undetected = 0;  ///< with frames, but with nothing detected in any
    std::int64_t handless = 0;    ///< with frames, but with no hand in any (0 if the store has no hands)
    std::int64_t duplicates = 0;  ///< with the same content as an earlier clip of the group
    std::array<std::int64_t, 5> lengths{};  ///< of clips with frames: shortest, quartiles, longest; 0 if none
    std::vector<std::int64_t> length_histogram{};  ///< clips per bin of StoreSurvey::length_edges
    double least_fps = 0;                          ///< of the clips of known rate; 0 if there are none
    double greatest_fps = 0;
    std::int64_t unknown_fps = 0;
    std::map<std::int64_t, std::int64_t> clips_of_label{};   ///< by label number; only those that occur
    std::map<std::int64_t, std::int64_t> clips_of_signer{};  ///< likewise
    std::vector<double> missing{};  ///< share of points not detected, per part; NaN if there are no frames
};

/// Statistics of a store that require reading its landmarks.
struct StoreSurvey {
    GroupSurvey all;
    std::map<std::string, GroupSurvey> splits;
    std::vector<std::string> parts;          ///< names of the parts, in the order of GroupSurvey::missing
    std::vector<std::int64_t> length_edges;  ///< bin i holds the lengths [edge i, edge i+1)
    ValueCounts values;
    std::vector<std::int64_t> empty;               ///< clips, ascending, as GroupSurvey counts them
    std::vector<std::int64_t> undetected;          ///< likewise
    std::vector<std::int64_t> handless;            ///< likewise
    std::vector<std::int64_t> far;                 ///< clips with most of their x and y outside [-1, 2]
    std::vector<std::vector<std::int64_t>> equal;  ///< groups of clips of equal content
    std::vector<SplitOverlap> overlaps;            ///< of splits that should be disjoint
};

/// Reads a whole store, clip by clip, and verifies every checksum.
///
/// Memory, in addition to the index: one clip, about 30 bytes per clip, and 4 bytes per entry of a split.
/// @param on_clip  called after each clip with the number of clips done
/// @throws DataError  a bulk block is damaged
StoreSurvey survey_of(const ClipStore& store, const std::function<void(std::int64_t)>& on_clip = {});

}  // namespace sslslr::io
