#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <torch/torch.h>

#include "dist/group.hpp"
#include "src/augment/clip_boundary.hpp"
#include "src/data/features.hpp"
#include "src/method/method.hpp"

namespace sslslr {

// Shapes: K clips, R regions of equal length (up to a frame) that tile a clip, W feature width.

struct SensitivityConfig {
    std::int64_t regions = 16;  ///< R
    std::int64_t draws = 4;     ///< permutations that each value is the mean of
    std::int64_t batch = 64;    ///< sequences a forward pass
    std::uint64_t seed = 0;     ///< of the permutations
    /// What of features counts: [N, W] to [N, any]; empty: all of them. Features alone tell which frames matter
    /// to the encoder, and to an encoder trained without labels all do, those before and after the sign too:
    /// a boundary takes a ClassReadout, so labels of some clips.
    std::function<torch::Tensor(const torch::Tensor&)> readout{};
};

/// How far features move when the ends of a clip are permuted: squared Euclidean distance from those of the
/// clip as recorded. Float64, on the CPU.
struct Sensitivity {
    torch::Tensor head;  ///< [K, R + 1] the first j regions permuted among themselves; column 0 is 0
    torch::Tensor tail;  ///< [K, R + 1] the last j
};

/// Measures it for each clip by 2 R draws forward passes of a sequence, in eval mode, without gradient; every
/// module's mode is as before afterwards. Collective: the ranks share the clips.
///
/// Draws are keyed by (seed, clip, end, j, draw), and a pass holds sequences of one clip alone, so the values
/// are the same bits on any number of ranks of equal CPUs.
///
/// @param method  trained once with views whose ends vary (AugmentationConfig::boundary "drawn"), so that no
///                length of permuted ends is foreign to it
/// @param clips   clip numbers, the same on every rank, any order
Sensitivity permutation_sensitivity(Method& method, const Features& features,
                                    std::span<const std::int64_t> clips, dist::Group& group,
                                    const SensitivityConfig& config = {});

/// Each clip's boundary: the most regions at either end such that permuting them, or fewer, costs at most
/// `tolerance` of what permuting all frames costs. The default is ours, from signs with known boundaries.
///
/// @param clips  those of the sensitivity, in order
/// @throws c10::ValueError  a tolerance outside [0, 1], or other than K clips
std::vector<ClipBoundary> boundaries_of(const Sensitivity& sensitivity, const Features& features,
                                        std::span<const std::int64_t> clips, double tolerance = 0.1);

/// One value for the data set: the same rule on the clips' summed costs.
BoundaryShares shares_of(const Sensitivity& sensitivity, double tolerance = 0.1);

}  // namespace sslslr
