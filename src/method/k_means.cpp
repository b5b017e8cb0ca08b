#include "src/method/k_means.hpp"

#include <algorithm>

#include "dist/collectives.hpp"
#include "src/data/epoch_order.hpp"

namespace sslslr {
namespace {

/// Returns K random points, the same on every rank.
torch::Tensor first_centres(const torch::Tensor& points, std::int64_t begin, std::int64_t total,
                            std::int64_t clusters, std::uint64_t seed, dist::Group& group) {
    auto centres = torch::zeros({clusters, points.size(1)}, points.options());
    const auto order = epoch_order(seed, 0, total);
    for (std::int64_t k = 0; k < clusters; ++k) {
        const auto chosen = order[static_cast<std::size_t>(k)] - begin;
        if (chosen >= 0 && chosen < points.size(0)) {
            centres[k].copy_(points[chosen]);
        }
    }
    return dist::sum_over_ranks(centres, group);  // every row is zero on all ranks but one
}

/// Returns the mean of each cluster's points; the old centre if it has none.
torch::Tensor means(const torch::Tensor& points, const Clusters& now, dist::Group& group) {
    const auto width = points.size(1);
    auto sums =
        torch::zeros({now.centres.size(0), width + 1}, points.options());  // last column: number of points
    const auto rows = torch::cat({points, torch::ones({points.size(0), 1}, points.options())}, 1);
    sums.index_add_(0, now.assignment, rows);
    sums = dist::sum_over_ranks(sums, group);
    const auto count = sums.slice(1, width);
    return torch::where(count > 0, sums.slice(1, 0, width) / count.clamp_min(1), now.centres);
}

}  // namespace

Clusters k_means(const torch::Tensor& points, std::int64_t begin, std::int64_t total, std::int64_t clusters,
                 std::int64_t iterations, std::uint64_t seed, dist::Group& group) {
    TORCH_CHECK_VALUE(clusters >= 1 && clusters <= total, "k_means: ", clusters, " clusters of ", total,
                      " points");
    const torch::NoGradGuard no_grad;
    const auto whole = points.to(torch::kFloat64);  // so that rounding over ranks changes no assignment
    Clusters now{first_centres(whole, begin, total, clusters, seed, group),
                 torch::full({points.size(0)}, -1, points.options().dtype(torch::kInt64)),
                 {}};
    bool moved = true;
    for (std::int64_t round = 0; round <= iterations && moved; ++round) {
        if (round > 0) {
            now.centres = means(whole, now, group);
        }
        const auto nearest = torch::cdist(whole, now.centres).min(1);
        const auto changes = (std::get<1>(nearest) != now.assignment).sum().to(torch::kFloat64).view({1});
        std::tie(now.distance, now.assignment) = nearest;
        moved = dist::sum_over_ranks(changes, group).item<double>() > 0;
    }
    now.centres = now.centres.to(points.scalar_type());
    now.distance = now.distance.to(points.scalar_type());
    return now;
}

}  // namespace sslslr
