#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include "src/data/features.hpp"
#include "src/data/points.hpp"

namespace sslslr::planted {

/// The frames where the phases of a clip begin after an initial rest; `end` is the length of the clip.
struct Phases {
    std::int64_t raise;
    std::int64_t sign;
    std::int64_t lower;
    std::int64_t rest;
    std::int64_t end;
};

/// A minimum-jerk movement from 0 at `begin` to 1 at `end`. Source: Flash and Hogan 1985.
inline double reach(double time, std::int64_t begin, std::int64_t end) {
    const auto first = static_cast<double>(begin);
    const double s = std::clamp((time - first) / std::max(static_cast<double>(end) - first, 1e-9), 0.0, 1.0);
    return s * s * s * (10 - 15 * s + 6 * s * s);
}

/// Clips in which the right hand rests, is raised, circles and is lowered; the left hand rests. Lengths are
/// in shoulder widths.
///
/// @param noise  standard deviation of every coordinate in every frame
inline Features clips_of(const std::vector<Phases>& clips, double noise) {
    Features features{.frames = {},
                      .offsets = {0},
                      .labels = std::vector<std::int64_t>(clips.size(), 0),
                      .signers = std::vector<std::int64_t>(clips.size(), 0),
                      .layout = {.points = points_of(PointSet::upper_body)}};
    for (const auto& clip : clips) {
        features.offsets.push_back(features.offsets.back() + clip.end);
    }
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(11);
    features.frames = 1 + noise * torch::randn({features.offsets.back(), features.layout.width()}, generator,
                                               torch::kFloat64);
    const auto wrists = positions_of({"pose.right_wrist", "right_hand.wrist"}, features.layout.points);
    for (std::size_t at = 0; at < clips.size(); ++at) {
        const auto& [raise, sign, lower, rest, end] = clips[at];
        for (std::int64_t frame = 0; frame < end; ++frame) {
            const auto time = static_cast<double>(frame);
            const double height = reach(time, raise, sign) - reach(time, lower, rest);
            const double turns = static_cast<double>(std::clamp(frame, sign, lower) - sign) / 12;
            const double angle = 2 * std::numbers::pi * turns;
            const auto row = features.frames[features.offsets[at] + frame];
            for (const auto wrist : wrists) {
                row[2 * wrist] += 0.25 * (1 - std::cos(angle));
                row[2 * wrist + 1] += 0.25 * std::sin(angle) - 1.2 * height;
            }
        }
    }
    return features;
}

}  // namespace sslslr::planted
