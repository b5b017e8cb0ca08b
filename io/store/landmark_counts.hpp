#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// The parts of the body that a store's points belong to: what stands before the dot of a name.
struct BodyParts {
    explicit BodyParts(const std::vector<std::string>& points);

    std::vector<std::string> names;       ///< ascending
    std::vector<std::size_t> part_of;     ///< [P] index into names
    std::vector<std::int64_t> points_of;  ///< by part, their number
    std::vector<bool> is_hand;            ///< by part
    bool has_hands = false;
};

/// What is odd about one clip.
struct ClipGaps {
    std::vector<std::int64_t> missing;  ///< by part, points that were not detected, over all frames
    bool has_hand = false;              ///< a hand is seen in at least one frame
    bool has_anything = false;
    bool is_far = false;  ///< most of its x and y lie beyond [-1, 2]
};

/// Where and how often values lie, over all clips counted.
struct ValueCounts {
    std::int64_t values = 0;         ///< detected ones, of all coordinates
    std::int64_t infinite = 0;       ///< of these
    std::int64_t plane_values = 0;   ///< detected x and y
    std::int64_t outside = 0;        ///< of these, beyond [-1, 2]
    std::int64_t zero = 0;           ///< of these, exactly 0
    std::vector<std::string> far{};  ///< "point y": beyond [-1, 2] more often than not, most often first
    std::vector<std::string>
        constant{};  ///< "point x": never changes, though it was detected in two frames or more
};

/// Counts what landmarks hold, clip by clip, as fast as they are read.
class LandmarkCounts {
public:
    /// @param index  must outlive this
    explicit LandmarkCounts(const ClipIndex& index);

    const BodyParts& parts() const noexcept { return parts_; }

    /// @param landmarks  [frames, P, C] of one clip
    ClipGaps count(std::span<const float> landmarks);
    ValueCounts values() const;

private:
    // Each [P * C]: one entry for each place in a frame.
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
