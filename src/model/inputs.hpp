#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <torch/torch.h>

#include "src/data/features.hpp"

namespace sslslr {

// Shapes: B clips, S frames of all of them, F features a frame (FeatureLayout), D inputs a frame.

/// What the encoder reads of a frame.
enum class InputPart {
    positions,   ///< the landmarks as preprocessed
    velocities,  ///< their change from the frame before, in frames; 0 at a clip's first frame
    bones,       ///< each joint relative to the one that it hangs on
    hands,       ///< each hand's points relative to its wrist, in palms
    validity     ///< for each part of the body whether the frame showed it
};
constexpr auto words(InputPart /*of*/) {
    return std::array{"positions", "velocities", "bones", "hands", "validity"};
}

/// Derives the encoder's inputs from frames, by tensor operations: differentiable, on any device.
class Inputs {
public:
    Inputs(const FeatureLayout& layout, std::vector<InputPart> parts);

    std::int64_t width() const noexcept { return width_; }

    /// @param frames   [S, F]
    /// @param offsets  [B + 1] where in frames each clip begins
    /// @return [S, D]
    torch::Tensor operator()(const torch::Tensor& frames, std::span<const std::int64_t> offsets) const;

private:
    std::int64_t width_ = 0;
};

}  // namespace sslslr
