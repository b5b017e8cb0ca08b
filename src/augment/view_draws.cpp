#include "src/augment/view_draws.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/data/mirror.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr double pi = std::numbers::pi;

/// Draws uniformly from [middle - reach, middle + reach).
double around(double middle, double reach, KeyedRandom& random) {
    return middle + reach * (2 * random.uniform() - 1);
}

ViewTime time_of(const SkeletonViewsConfig& config, KeyedRandom random) {
    ViewTime time;
    time.share = config.time_crop + (1 - config.time_crop) * random.uniform();
    time.start = (1 - time.share) * random.uniform();
    time.depth = config.speed_warp * random.uniform();
    time.phase = 2 * pi * random.uniform();
    return time;
}

/// Returns the map of scale, then shear, then rotation about the body centre, then the shift.
Affine affine_of(const SkeletonViewsConfig& config, double centre, bool is_mirrored, KeyedRandom random) {
    const double angle = around(0, config.rotation_degrees, random) * pi / 180;
    const double scale_x = around(1, config.scale, random) * (is_mirrored ? -1 : 1);
    const double scale_y = around(1, config.scale, random);
    const double shear = around(0, config.shear, random);
    const double shift_x = around(0, config.shift, random);
    const double shift_y = around(0, config.shift, random);

    const double cosine = std::cos(angle);
    const double sine = std::sin(angle);
    Affine affine{.xx = cosine * scale_x,
                  .xy = (cosine * shear - sine) * scale_y,
                  .yx = sine * scale_x,
                  .yy = (sine * shear + cosine) * scale_y};
    affine.x0 = centre + shift_x - (affine.xx + affine.xy) * centre;
    affine.y0 = centre + shift_y - (affine.yx + affine.yy) * centre;
    return affine;
}

}  // namespace

void check(const SkeletonViewsConfig& config, const FeatureLayout& layout) {
    const auto expect = [](io::Setting setting, double value, double least, double most, const char* range) {
        require(value >= least && value <= most, setting, value, range);
    };
    require(config.time_crop > 0 && config.time_crop <= 1, "time-crop", config.time_crop,
            "a share of more than 0 and at most 1");
    expect("speed-warp", config.speed_warp, 0, 0.9, "0 to 0.9");
    expect("mirror-views", config.mirror, 0, 1, "a probability, 0 to 1");
    expect("view-rotation", config.rotation_degrees, 0, 180, "0 to 180 degrees");
    expect("view-scale", config.scale, 0, 0.9, "0 to 0.9");
    expect("view-shear", config.shear, 0, 1, "0 to 1");
    expect("view-shift", config.shift, 0, 5, "0 to 5 shoulder widths");
    expect("jitter-body", config.jitter_body, 0, 1, "0 to 1 shoulder widths");
    expect("jitter-hands", config.jitter_hands, 0, 1, "0 to 1 shoulder widths");
    expect("hide-hand", config.hide_hand, 0, 1, "a probability, 0 to 1");
    require(config.hide_points >= 0 && config.hide_points < 1, "hide-points", config.hide_points,
            "a share of at least 0 and less than 1");
    expect("hide-frames", config.hide_frames, 0, 1, "a share, 0 to 1");
    require(
        layout.centred || (config.shift == 0 && config.jitter_body == 0 && config.jitter_hands == 0),
        fmt::format(
            "{}, {} and {} are in shoulder widths, a unit that raw coordinates ({}) do not have: expected 0",
            io::setting("view-shift", config.shift), io::setting("jitter-body", config.jitter_body),
            io::setting("jitter-hands", config.jitter_hands), io::setting("normalise", "false")));
}

double ViewTime::operator()(double at) const {
    return start + share * (at + depth / (2 * pi) * (std::sin(2 * pi * at + phase) - std::sin(phase)));
}

ViewDraw::ViewDraw(const SkeletonViewsConfig& config, const FeatureLayout& layout, std::uint64_t seed,
                   const ViewKey& key, std::int64_t frames) {
    const auto random_for = [&](Purpose purpose) {
        return KeyedRandom{seed, purpose, {key.epoch, key.clip, key.view}};
    };
    time = time_of(config, random_for(Purpose::view_time));
    is_mirrored = random_for(Purpose::view_mirror).uniform() < config.mirror;
    affine = affine_of(config, body_centre(layout), is_mirrored, random_for(Purpose::view_affine));
    jitter = random_for(Purpose::view_jitter).bits();

    auto hand = random_for(Purpose::hidden_hand);
    const bool is_hidden = hand.uniform() < config.hide_hand;
    lacks_hand[hand.below(2)] = is_hidden;

    auto stretch = random_for(Purpose::hidden_frames);
    const auto longest = static_cast<std::int64_t>(config.hide_frames * static_cast<double>(frames));
    const std::int64_t length = stretch.below(static_cast<std::uint32_t>(longest + 1));
    stretch_begin = stretch.below(static_cast<std::uint32_t>(frames - length + 1));
    stretch_end = stretch_begin + length;

    if (config.hide_points > 0) {
        auto points = random_for(Purpose::hidden_points);
        for (std::size_t point = 0; point < layout.points.size(); ++point) {
            lacks_point.push_back(points.uniform() < config.hide_points ? 1 : 0);
        }
    }
}

}  // namespace sslslr
