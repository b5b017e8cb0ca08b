#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// The parts of the body that a store's points belong to. A point's part is its name up to the dot.
struct BodyParts {
    explicit BodyParts(const std::vector<std::string>& points);

    std::vector<std::string> names;       ///< sorted
    std::vector<std::size_t> part_of;     ///< [P] index into names
    std::vector<std::int64_t> points_of;  ///< number of points per part
    std::vector<bool> is_hand;            ///< per part
    bool has_hands = false;
};

/// What is missing from a clip, and whether its coordinates are unusual.
struct ClipGaps {
    std::vector<std::int64_t> missing;  ///< per part: points not detected, summed over the frames
    bool has_hand = false;              ///< a hand was detected in at least one frame
    bool has_anything = false;
    bool is_far = false;  ///< most of its x and y are outside [-1, 2]
};

/// Counts of unusual values over all clips counted.
struct ValueCounts {
    std::int64_t values = 0;              ///< detected values of all coordinates
    std::int64_t infinite = 0;            ///< of these
    std::int64_t plane_values = 0;        ///< detected x and y
    std::int64_t outside = 0;             ///< of these, outside [-1, 2]
    std::int64_t zero = 0;                ///< of these, exactly 0
    std::vector<std::string> far{};       ///< "point y": mostly outside [-1, 2]; worst first
    std::vector<std::string> constant{};  ///< "point x": detected in two or more frames, but never changes
};

/// Counts missing and unusual landmarks, clip by clip.
class LandmarkCounts {
public:
    /// @param index  must outlive this
    explicit LandmarkCounts(const ClipIndex& index);

    const BodyParts& parts() const noexcept { return parts_; }

    /// @param landmarks  [frames, P, C] of one clip
    /// @return the counts of this clip; values() also includes them
    ClipGaps count(std::span<const float> landmarks);
    ValueCounts values() const;

private:
    // Each vector is [P * C]: one entry per value of a frame.
    struct InClip {
        std::vector<std::int32_t> missing;
        std::vector<std::int32_t> outside;
        std::vector<std::int32_t> zero;
        std::vector<std::int32_t> infinite;
    };
    struct InAll {
        std::vector<std::int64_t> detected;
        std::vector<std::int64_t> outside;
        std::vector<std::int64_t> zero;
        std::vector<std::int64_t> infinite;
        std::vector<float> least;
        std::vector<float> greatest;
    };
    void count_frames(std::span<const float> landmarks);
    std::string name_of(std::size_t place) const;

    const ClipIndex& index_;
    BodyParts parts_;
    std::size_t axes_;
    InClip clip_;
    InAll all_;
};

}  // namespace sslslr::io
