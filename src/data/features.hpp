#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

namespace sslslr {

/// How a frame's F features are laid out: points x coordinates, points outermost.
struct FeatureLayout {
    std::vector<std::string> points;  ///< names, in order ("pose.nose", "left_hand.wrist", ...)
    std::int64_t coordinates = 2;     ///< 2 (x, y) or 3 (x, y, z)
    std::int64_t masks = 0;           ///< trailing features that flag parts missing throughout the clip
    bool centred = true;              ///< relative to the shoulders' midpoint; false: as recorded

    std::int64_t landmark_width() const { return static_cast<std::int64_t>(points.size()) * coordinates; }
    std::int64_t width() const { return landmark_width() + masks; }
};

/// Every clip of a data set after preprocessing, resident and packed; read-only, shared by a node's ranks.
struct Features {
    torch::Tensor frames;               ///< [sum of lengths, F]
    std::vector<std::int64_t> offsets;  ///< [clips + 1]
    std::vector<std::int64_t> labels;   ///< [clips] class number, -1 unlabelled
    std::vector<std::int64_t> signers;  ///< [clips]
    FeatureLayout layout;

    std::int64_t clips() const { return static_cast<std::int64_t>(labels.size()); }
    std::int64_t length(std::int64_t clip) const {
        return offsets[static_cast<std::size_t>(clip) + 1] - offsets[static_cast<std::size_t>(clip)];
    }
};

}  // namespace sslslr
