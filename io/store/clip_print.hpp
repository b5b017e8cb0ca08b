#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr::io {

/// The points whose trajectories are fingerprinted, body first. All sets of training points include them.
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

/// A fingerprint of a clip's motion. It does not change when a store is split, merged or repacked as float16,
/// or when other points or z are dropped. Resampling or cutting a clip changes it.
struct ClipPrint {
    std::uint32_t frames = 0;
    /// Whether any value of any point is a number.
    bool is_detected = false;
    /// Hash of each point's x and y as float16 over all frames; 0 for a point that identifies no clip,
    /// because it was detected in few frames or hardly moves.
    std::array<std::uint32_t, printed_points.size()> trajectories{};

    /// Whether enough trajectories have a hash for the clip to be recognised (at least 3).
    bool is_recognisable() const;
};

/// Whether two clips show the same: they have equal lengths and at least 3 different trajectories in common,
/// which are at least half of the known trajectories of the clip that has fewer of them.
bool show_the_same(const ClipPrint& a, const ClipPrint& b);

/// Computes fingerprints of clips of one data set. Thread-safe.
class ClipPrinter {
public:
    /// @param coordinates  number per point; x and y come first
    ClipPrinter(const std::vector<std::string>& point_names, std::int64_t coordinates);

    /// @param landmarks  of one clip, [frames, P, C]
    ClipPrint operator()(std::span<const float> landmarks) const;

private:
    std::uint32_t trajectory(std::span<const float> landmarks, std::size_t column) const;

    std::size_t frame_values_;
    std::array<std::int64_t, printed_points.size()> columns_{};  ///< of x within a frame, -1: none
};

/// Returns the fingerprint of each of the clips. Cost: reads them once.
/// @throws DataError  a bulk block is damaged
std::vector<ClipPrint> prints_of(const ClipStore& store, std::span<const std::int64_t> clips);

/// Finds clips that show the same as a given one, among many.
class PrintIndex {
public:
    explicit PrintIndex(std::vector<ClipPrint> prints);

    /// Returns the number of a clip that shows the same, or -1 if there is none.
    std::int64_t find(const ClipPrint& print) const;

private:
    struct Entry {
        std::uint32_t trajectory;
        std::uint32_t clip;
    };
    std::span<const Entry> entries_of(std::uint32_t trajectory) const;

    std::vector<ClipPrint> prints_;
    std::vector<Entry> entries_;  ///< sorted by trajectory, then clip
};

/// Clips that repeat one of an index: their number, and the first of them.
struct Repeated {
    std::int64_t count = 0;
    std::size_t first = 0;     ///< position of the first among the clips
    std::size_t original = 0;  ///< number in the index of the clip that it repeats
};

/// Counts the clips of `prints` that show the same as a clip of the index.
Repeated repeated_in(const PrintIndex& index, std::span<const ClipPrint> prints);

}  // namespace sslslr::io
