#pragma once

#include <numeric>
#include <vector>

#include "src/augment/augmentation.hpp"
#include "src/data/gather.hpp"

namespace sslslr {

using Numbers = std::vector<std::int64_t>;

/// Skeleton views that change nothing; a test enables the operations that it checks.
inline constexpr SkeletonViewsConfig nothing{.time_crop = 1,
                                             .speed_warp = 0,
                                             .mirror = 0,
                                             .rotation_degrees = 0,
                                             .scale = 0,
                                             .shear = 0,
                                             .shift = 0,
                                             .jitter_body = 0,
                                             .jitter_hands = 0,
                                             .hide_hand = 0,
                                             .hide_points = 0,
                                             .hide_frames = 0};
/// All operations enabled.
inline constexpr SkeletonViewsConfig everything{.time_crop = 0.5,
                                                .speed_warp = 0.6,
                                                .mirror = 0.5,
                                                .rotation_degrees = 25,
                                                .scale = 0.3,
                                                .shear = 0.25,
                                                .shift = 0.2,
                                                .jitter_body = 0.02,
                                                .jitter_hands = 0.05,
                                                .hide_hand = 0.5,
                                                .hide_points = 0.1,
                                                .hide_frames = 0.4};

inline Augmentation skeleton_views(const SkeletonViewsConfig& views, const FeatureLayout& layout,
                                   std::uint64_t seed = 3) {
    return {{.kind = AugmentationKind::skeleton, .skeleton = views}, layout, seed};
}

inline Numbers first_numbers(std::int64_t count) {
    Numbers numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
    return numbers;
}

inline PackedClips all_clips(const Features& features) {
    return gather(features, first_numbers(features.clips()));
}

inline torch::Tensor frames_of(const PackedClips& batch, std::int64_t at) {
    return batch.frames.slice(0, batch.offsets[static_cast<std::size_t>(at)],
                              batch.offsets[static_cast<std::size_t>(at) + 1]);
}

/// Clips of one layout and one length. @param frames  [clips * length, F]
inline Features clips_of(FeatureLayout layout, std::int64_t length, torch::Tensor frames) {
    const auto clips = frames.size(0) / length;
    Features features{.frames = std::move(frames),
                      .offsets = {0},
                      .labels = Numbers(static_cast<std::size_t>(clips), 0),
                      .signers = Numbers(static_cast<std::size_t>(clips), 0),
                      .layout = std::move(layout)};
    for (std::int64_t clip = 0; clip < clips; ++clip) {
        features.offsets.push_back(features.offsets.back() + length);
    }
    return features;
}

}  // namespace sslslr
