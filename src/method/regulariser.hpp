#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <torch/torch.h>

#include "dist/group.hpp"

namespace sslslr {

enum class RegulariserKind { none, sigreg, vicreg };
constexpr auto words(RegulariserKind /*of*/) {
    return std::array{"none", "sigreg", "vicreg"};
}

/// A term that keeps projections apart, beside any method's loss.
struct RegulariserConfig {
    RegulariserKind kind = RegulariserKind::none;
    double weight = 1;  ///< of its term, more than 0
};

/// @throws ConfigError  a weight out of range
void check(const RegulariserConfig& config);

// Each regulariser is a statistic of the global batch, which every rank computes alike from sums over all
// ranks. What is returned is this rank's share of the mean over the views: the statistic over the number of
// ranks, so that the ranks' values add up to it, and their gradients to its gradient. Collective, in backward
// too; a share may hold no clip.

/// SIGReg: how far projections are from a standard normal distribution, by the Epps-Pulley statistic of their
/// components along each of the directions a:
///
///     integral of |mean_n exp(i t a.z_n) - exp(-t^2 / 2)|^2 exp(-t^2 / 2) dt, mean over the directions
///
/// by the trapezoidal rule on 17 points of [-5, 5]. The source multiplies it by the clips of the batch; it is
/// left out here. Of normal projections the mean falls as 1 / N: below about 64 clips that is most of the
/// term.
/// Source: Balestriero and LeCun 2025, "LeJEPA", arXiv:2511.08544, section 4.
/// @param views        [B, D] each, projections of this rank's share, not normalised
/// @param directions   [D, K] unit columns, the same on all ranks
/// @param global_size  clips of the global batch
torch::Tensor sigreg_share(std::span<const torch::Tensor> views, const torch::Tensor& directions,
                           std::int64_t global_size, dist::Group& group);

/// [D, count] float64: uniformly random unit columns, a pure function of the arguments.
torch::Tensor random_directions(std::int64_t width, std::int64_t count, std::uint64_t seed);

/// VICReg's terms that act on a single view:
///
///     mean_d max(0, 1 - sqrt(var_d + 1e-4)) + 1 / 25 sum_{d != e} cov_de^2 / D
///
/// with the source's ratio of 25 to 1; variances and covariances divide by the clips less one.
/// Source: Bardes et al. 2022, "VICReg", arXiv:2105.04906, equations 1 to 4 and section 4.2.
/// @param views, global_size  as in sigreg_share
torch::Tensor vicreg_share(std::span<const torch::Tensor> views, std::int64_t global_size,
                           dist::Group& group);

/// This rank's share of the configured term, weighted. Not for RegulariserKind::none.
/// @param step_seed  a function of (seed, step), the same on all ranks: it draws SIGReg's directions
torch::Tensor regulariser_share(const RegulariserConfig& config, std::span<const torch::Tensor> views,
                                std::int64_t global_size, std::uint64_t step_seed, dist::Group& group);

}  // namespace sslslr
