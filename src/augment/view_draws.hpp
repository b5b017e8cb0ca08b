#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "src/data/features.hpp"
#include "src/data/keyed_random.hpp"

namespace sslslr {

/// Magnitudes of the operations that make a skeleton view; see SkeletonViews. They are our choice. Lengths
/// are in the unit of the features: shoulder widths, or palms if a clip shows no shoulders.
struct SkeletonViewsConfig {
    double time_crop = 0.6;  ///< least share of a clip's duration that a view keeps, in (0, 1]; 1: all of it
    double speed_warp = 0;   ///< largest change of speed, relative, 0 to 0.9
    double mirror = 0.5;     ///< probability
    double rotation_degrees = 20;  ///< largest angle, to either side, 0 to 180
    double scale = 0.25;           ///< largest change of the scale of each axis, relative, 0 to 0.9
    double shear = 0.2;            ///< largest shift of x per unit of y, 0 to 1
    double shift = 0.15;           ///< largest shift of each axis, 0 to 5 units
    double jitter_body = 0.01;     ///< standard deviation, 0 to 1 unit
    double jitter_hands = 0.01;    ///< likewise
    double hide_hand = 0;          ///< probability that one hand is hidden throughout the view
    double hide_points = 0;  ///< probability of each point being hidden throughout the view, less than 1
    double hide_frames = 0;  ///< longest stretch without hands, as a share of the clip, 0 to 1
};

/// @throws ConfigError  an option out of range, or a length for features without a unit (raw coordinates)
void check(const SkeletonViewsConfig& config, const FeatureLayout& layout);

/// The key of all draws for one view of one clip.
struct ViewKey {
    std::uint64_t epoch;
    std::uint64_t clip;
    std::uint64_t view;
};

/// The part of a clip that a view shows. Times run from 0 to 1, from the first frame to the last.
struct ViewTime {
    double start = 0;  ///< time of the clip at which the view starts
    double share = 1;  ///< share of the clip's duration that the view shows
    double depth = 0;  ///< the speed varies between 1 - depth and 1 + depth times its mean
    double phase = 0;  ///< radians: where in the view it is fast

    /// Returns the time of the clip that the view shows at its own time `at`:
    /// start + share * (at + depth / (2 pi) * (sin(2 pi at + phase) - sin(phase))).
    double operator()(double at) const;
};

/// (x, y) -> (xx x + xy y + x0, yx x + yy y + y0).
struct Affine {
    double xx = 1, xy = 0, x0 = 0;
    double yx = 0, yy = 1, y0 = 0;
};

/// The draws for one view of one clip. Every operation has a stream of its own, whatever the magnitudes are,
/// so no operation changes the draws of another.
struct ViewDraw {
    ViewTime time;
    bool is_mirrored = false;
    Affine affine;                     ///< includes the reflection of a mirrored view
    std::uint32_t jitter = 0;          ///< key of the jitter
    std::array<bool, 2> lacks_hand{};  ///< left, right: hidden throughout the view
    std::int64_t stretch_begin = 0;    ///< frames [begin, end) of the view show neither hand
    std::int64_t stretch_end = 0;
    std::vector<std::uint8_t> lacks_point;  ///< [P] whether it is hidden; empty if no points are hidden

    /// @param frames  of the clip
    ViewDraw(const SkeletonViewsConfig& config, const FeatureLayout& layout, std::uint64_t seed,
             const ViewKey& key, std::int64_t frames);
};

}  // namespace sslslr
