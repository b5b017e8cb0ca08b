#include "src/method/regulariser.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include <fmt/format.h>
#include <torch/nn/functional/normalization.h>

#include "dist/collectives.hpp"
#include "io/file/setting.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

// V views, B clips on this rank, D embedding width, K directions.

constexpr std::int64_t directions_a_step = 256;
constexpr double largest_t = 5;
constexpr std::int64_t intervals = 8;      ///< of [0, largest_t]
constexpr double variance_epsilon = 1e-4;  // VICReg's
constexpr double covariance_weight = 1 / 25.0;

/// [V, B, D]
torch::Tensor stacked(std::span<const torch::Tensor> views) {
    return torch::stack(std::vector<torch::Tensor>{views.begin(), views.end()});
}

/// Returns this rank's share of the mean of a statistic [V] that all ranks hold.
torch::Tensor share_of_mean(const torch::Tensor& statistic, const dist::Group& group) {
    return statistic.mean() / group.size();
}

}  // namespace

void check(const RegulariserConfig& config) {
    require(config.weight > 0 && std::isfinite(config.weight),
            fmt::format("{}: expected more than 0", io::setting("regulariser-weight", config.weight)));
}

torch::Tensor sigreg_share(std::span<const torch::Tensor> views, const torch::Tensor& directions,
                           std::int64_t global_size, dist::Group& group) {
    const auto z = stacked(views);
    // The integrand is even in t and 0 at t = 0, where every characteristic function is 1.
    constexpr double step = largest_t / intervals;
    const auto t = torch::arange(1, intervals + 1, z.options()) * step;  // [T]
    const auto normal = torch::exp(-t.square() / 2);
    auto weights = 2 * step * normal;
    weights = torch::cat({weights.slice(0, 0, intervals - 1), weights.slice(0, intervals - 1) / 2});

    const auto angles = torch::matmul(z, directions.to(z.options())).unsqueeze(3) * t;  // [V, B, K, T]
    const auto sums = torch::stack({angles.cos().sum(1), angles.sin().sum(1)});         // [2, V, K, T]
    const auto mean = dist::sum_over_ranks(sums, group) / static_cast<double>(global_size);
    const auto distance = (mean[0] - normal).square() + mean[1].square();
    return share_of_mean(torch::matmul(distance, weights).mean(1), group);
}

torch::Tensor random_directions(std::int64_t width, std::int64_t count, std::uint64_t seed) {
    KeyedRandom random{seed, Purpose::directions, {}};
    auto uniform = torch::empty({2, width, count}, torch::kFloat64);
    for (auto* at = uniform.data_ptr<double>(); at != uniform.data_ptr<double>() + uniform.numel(); ++at) {
        *at = random.uniform();
    }
    // Box and Muller's normal numbers; 1 - u is in (0, 1].
    const auto normal =
        torch::sqrt(-2 * torch::log(1 - uniform[0])) * torch::cos(2 * std::numbers::pi * uniform[1]);
    return torch::nn::functional::normalize(normal, torch::nn::functional::NormalizeFuncOptions{}.dim(0));
}

torch::Tensor vicreg_share(std::span<const torch::Tensor> views, std::int64_t global_size,
                           dist::Group& group) {
    const auto z = stacked(views);
    const auto width = z.size(2);
    torch::Tensor mean;  // a constant: the sum of squares is least about it, so its gradient is 0
    {
        const torch::NoGradGuard no_grad;
        mean = dist::sum_over_ranks(z.sum(1, /*keepdim=*/true), group) / static_cast<double>(global_size);
    }
    const auto centred = z - mean;
    const auto products = dist::sum_over_ranks(torch::bmm(centred.transpose(1, 2), centred), group);
    const auto covariance = products / static_cast<double>(std::max<std::int64_t>(global_size - 1, 1));
    const auto variance = covariance.diagonal(0, 1, 2);  // [V, D]
    const auto hinge = torch::relu(1 - torch::sqrt(variance + variance_epsilon)).mean(1);
    const auto beside = (covariance.square().sum({1, 2}) - variance.square().sum(1)) / width;
    return share_of_mean(hinge + covariance_weight * beside, group);
}

torch::Tensor regulariser_share(const RegulariserConfig& config, std::span<const torch::Tensor> views,
                                std::int64_t global_size, std::uint64_t step_seed, dist::Group& group) {
    if (config.kind == RegulariserKind::vicreg) {
        return config.weight * vicreg_share(views, global_size, group);
    }
    const auto directions = random_directions(views.front().size(1), directions_a_step, step_seed);
    return config.weight * sigreg_share(views, directions, global_size, group);
}

}  // namespace sslslr
