#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <torch/types.h>

#include "dist/group.hpp"
#include "src/augment/clip_boundary.hpp"
#include "src/data/features.hpp"
#include "src/method/method.hpp"

namespace sslslr {

// Shapes: K clips, R regions of equal length (up to a frame) that tile a clip, W feature width.

struct SensitivityConfig {
    std::int64_t regions = 16;  ///< R
    std::int64_t draws = 4;     ///< permutations that each value averages over
    std::int64_t batch = 64;    ///< sequences per forward pass
    std::uint64_t seed = 0;     ///< of the permutations
    /// Maps features [N, W] to the values whose change is measured, [N, any]; empty: the features themselves.
    /// The features show which frames matter to the encoder, and to an encoder trained without labels even
    /// frames before and after the sign do. To find a boundary, use a ClassReadout, which needs labels of
    /// some clips.
    std::function<torch::Tensor(const torch::Tensor&)> readout{};
};

/// How far features move when an end of a clip is permuted: the squared Euclidean distance from the features
/// of the clip as recorded. Float64, on the CPU.
struct Sensitivity {
    torch::Tensor head;  ///< [K, R + 1] column j: frames of the first j regions permuted; column 0 is 0
    torch::Tensor tail;  ///< [K, R + 1] the same for the last j regions
};

/// Measures the sensitivity of each clip with 2 R draws permuted sequences, in eval mode and without
/// gradient. Every module's mode is restored. Collective: the ranks share the clips.
///
/// Draws are keyed by (seed, clip, end, j, draw), and a forward pass holds sequences of one clip only, so the
/// values are bit-identical on any number of ranks with equal CPUs.
///
/// @param method  trained with views whose ends vary in length (AugmentationConfig::boundary "drawn"), so
///                that it has seen every length of permuted ends
/// @param clips   clip numbers, the same on every rank, any order
/// @throws c10::ValueError  regions, draws or batch below 1, or a clip number out of range or of a clip
///                          without frames
Sensitivity permutation_sensitivity(Method& method, const Features& features,
                                    std::span<const std::int64_t> clips, dist::Group& group,
                                    const SensitivityConfig& config = {});

/// Returns each clip's boundary: the most regions at either end such that permuting them, or any fewer, costs
/// at most `tolerance` times what permuting all frames costs. The default was chosen on signs with known
/// boundaries.
///
/// @param clips  the clips of the sensitivity, in the same order
/// @throws c10::ValueError  a tolerance outside [0, 1], or not K clips
std::vector<ClipBoundary> boundaries_of(const Sensitivity& sensitivity, const Features& features,
                                        std::span<const std::int64_t> clips, double tolerance = 0.1);

/// Returns one boundary for the data set: the same rule applied to the costs summed over clips.
/// @throws c10::ValueError  a tolerance outside [0, 1]
BoundaryShares shares_of(const Sensitivity& sensitivity, double tolerance = 0.1);

}  // namespace sslslr
