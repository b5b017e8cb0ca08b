#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// The points whose trajectories are fingerprinted, those of the body first. Every set of points that trains holds them.
inline constexpr std::array<std::string_view, 17> printed_points{"pose.nose",
                                                                 "pose.left_shoulder",
                                                                 "pose.right_shoulder",
                                                                 "pose.left_elbow",
                                                                 "pose.right_elbow",
                                                                 "pose.left_wrist",
                                                                 "pose.right_wrist",
                                                                 "left_hand.wrist",
                                                                 "left_hand.thumb_tip",
                                                                 "left_hand.index_finger_tip",
                                                                 "left_hand.middle_finger_tip",
                                                                 "left_hand.pinky_tip",
                                                                 "right_hand.wrist",
                                                                 "right_hand.thumb_tip",
                                                                 "right_hand.index_finger_tip",
                                                                 "right_hand.middle_finger_tip",
                                                                 "right_hand.pinky_tip"};

/// Fingerprint of what a clip shows: it stays the same when a store is split, merged, repacked as float16, or loses points
/// or z. Resampling or cutting a clip changes it.
struct ClipPrint {
    std::uint32_t frames = 0;
    /// Whether any value of any point is a number.
    bool is_detected = false;
    /// Of x and y as float16 over all frames, 0 for a point that says little: detected in few frames, or (almost) still.
    std::array<std::uint32_t, printed_points.size()> trajectories{};

    /// Whether enough trajectories are known for the clip to be recognised.
    bool is_recognisable() const;
};

/// Whether both show the same: equal lengths, and at least 3 trajectories in common, which are half of those known of the
/// clip that has fewer.
bool show_the_same(const ClipPrint& a, const ClipPrint& b);

/// Computes fingerprints of clips of one data set. Several threads may call at once.
class ClipPrinter {
public:
    /// @param coordinates  of each point; x and y come first
    ClipPrinter(const std::vector<std::string>& point_names, std::int64_t coordinates);

    /// @param landmarks  of one clip, [frames, P, C]
    ClipPrint operator()(std::span<const float> landmarks) const;

private:
    std::uint32_t trajectory(std::span<const float> landmarks, std::size_t column) const;

    std::size_t frame_values_;
    std::array<std::int64_t, printed_points.size()> columns_{};  ///< of x within a frame, -1: no such point
};

/// The fingerprint of each of the clips. Reads them once. @throws DataError  a bulk block is damaged
std::vector<ClipPrint> prints_of(const ClipStore& store, std::span<const std::int64_t> clips);

/// Finds clips that show the same among many.
class PrintIndex {
public:
    explicit PrintIndex(std::vector<ClipPrint> prints);

    /// The number of a clip that shows the same, -1 if there is none.
    std::int64_t find(const ClipPrint& print) const;

private:
    struct Entry {
        std::uint32_t trajectory;
        std::uint32_t clip;
    };
    std::span<const Entry> entries_of(std::uint32_t trajectory) const;

    std::vector<ClipPrint> prints_;
    std::vector<Entry> entries_;  ///< by trajectory, then clip
};

/// How many clips show the same as one of an index, and the first of them.
struct Repeated {
    std::int64_t count = 0;
    std::size_t first = 0;     ///< its place among the clips
    std::size_t original = 0;  ///< the place in the index of the clip that it repeats
};

Repeated repeated_in(const PrintIndex& index, std::span<const ClipPrint> prints);

}  // namespace sslslr::io
