#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <torch/types.h>

#include "dist/group.hpp"

namespace sslslr {

enum class RegulariserKind { none, sigreg, vicreg };
constexpr auto words(RegulariserKind /*of*/) {
    return std::array{"none", "sigreg", "vicreg"};
}

/// A term, added to the loss of any method, that keeps projections apart.
struct RegulariserConfig {
    RegulariserKind kind = RegulariserKind::none;
    double weight = 1;  ///< of the term, more than 0
};

/// Checks a configuration.
/// @throws ConfigError  the weight is out of range
void check(const RegulariserConfig& config);

// Each regulariser is a statistic of the global batch, which every rank computes alike from sums over all
// ranks. The functions return this rank's share of its mean over the views: the mean divided by the number of
// ranks, so that the shares of all ranks add up to it, and their gradients to its gradient. Collective, in
// backward too. A rank's share may hold no clip.

/// SIGReg: the distance of projections from a standard normal distribution, measured by the Epps-Pulley
/// statistic of their components along each of the directions a:
///
///     integral of |mean_n exp(i t a.z_n) - exp(-t^2 / 2)|^2 exp(-t^2 / 2) dt, mean over the directions
///
/// computed by the trapezoidal rule on 17 points of [-5, 5]. The source multiplies it by the number of clips
/// of the batch; we do not. For normal projections its mean falls as 1 / N: below about 64 clips that is most
/// of the term.
/// Source: Balestriero and LeCun 2025, "LeJEPA", arXiv:2511.08544, section 4.
/// @param views        [B, D] each, projections of this rank's share, not normalised
/// @param directions   [D, K] unit columns, the same on all ranks
/// @param global_size  clips of the global batch
torch::Tensor sigreg_share(std::span<const torch::Tensor> views, const torch::Tensor& directions,
                           std::int64_t global_size, dist::Group& group);

/// Returns [D, count] float64, uniformly random unit columns; a pure function of the arguments.
torch::Tensor random_directions(std::int64_t width, std::int64_t count, std::uint64_t seed);

/// VICReg's terms of a single view:
///
///     mean_d max(0, 1 - sqrt(var_d + 1e-4)) + 1 / 25 sum_{d != e} cov_de^2 / D
///
/// with the source's ratio of 25 to 1. Variances and covariances are divided by the number of clips less one.
/// Source: Bardes et al. 2022, "VICReg", arXiv:2105.04906, equations 1 to 4 and section 4.2.
/// @param views, global_size  as in sigreg_share
torch::Tensor vicreg_share(std::span<const torch::Tensor> views, std::int64_t global_size,
                           dist::Group& group);

/// Returns this rank's share of the configured term, times its weight. Not for RegulariserKind::none.
/// @param step_seed  a function of (seed, step), the same on all ranks: it draws SIGReg's directions
torch::Tensor regulariser_share(const RegulariserConfig& config, std::span<const torch::Tensor> views,
                                std::int64_t global_size, std::uint64_t step_seed, dist::Group& group);

}  // namespace sslslr
