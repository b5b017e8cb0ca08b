#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "src/data/features.hpp"
#include "src/data/points.hpp"

namespace sslslr {

/// Upper-body features (x and y) of clips of the given lengths. All values differ.
inline Features numbered_features(const std::vector<std::int64_t>& lengths, std::int64_t flags = 0,
                                  torch::Dtype dtype = torch::kFloat32) {
    Features features{.frames = {},
                      .offsets = {0},
                      .labels = std::vector<std::int64_t>(lengths.size(), 0),
                      .signers = std::vector<std::int64_t>(lengths.size(), 0),
                      .layout = {.points = points_of(PointSet::upper_body), .flags = flags}};
    for (const auto length : lengths) {
        features.offsets.push_back(features.offsets.back() + length);
    }
    const auto width = features.layout.width();
    features.frames = torch::arange(1, features.offsets.back() * width + 1, dtype).view({-1, width}) / 100;
    return features;
}

}  // namespace sslslr
