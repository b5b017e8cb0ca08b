#include "src/evaluate/knn.hpp"

#include <algorithm>
#include <functional>

#include "src/evaluate/nearness.hpp"

namespace sslslr {
namespace {

void check_neighbours(std::int64_t k) {
    TORCH_CHECK_VALUE(k >= 1, "knn: k must be positive, got ", k);
}

/// Lets the k nearest references of each query vote with `weight(nearness)`, from the nearest to the
/// farthest.
torch::Tensor vote(const torch::Tensor& queries, const LabelledFeatures& references, std::int64_t k,
                   Nearness nearness, const std::function<torch::Tensor(torch::Tensor)>& weight) {
    // References are ordered by gloss and sorted stably: of equally near ones the smaller gloss id comes
    // first. Votes are added from the nearest outwards, so that not even rounding depends on the given order.
    const auto order = references.labels.argsort(/*stable=*/true, 0, /*descending=*/false);
    const auto labels = references.labels.index_select(0, order);
    const auto features = references.features.index_select(0, order);
    const auto voters = std::min(k, labels.size(0));

    auto votes =
        torch::zeros({queries.size(0), references.glosses}, features.options().dtype(torch::kFloat64));
    for_each_block(queries, features, nearness, [&](std::int64_t first, const torch::Tensor& to_all) {
        const auto [near, place] = to_all.sort(/*stable=*/true, 1, /*descending=*/true);
        votes.narrow(0, first, to_all.size(0))
            .scatter_add_(1, labels.index_select(0, place.narrow(1, 0, voters).flatten()).view({-1, voters}),
                          weight(near.narrow(1, 0, voters)));
    });
    return votes;
}

}  // namespace

torch::Tensor knn_cosine_votes(const torch::Tensor& queries, const LabelledFeatures& references,
                               const CosineVote& cosine) {
    references.check(queries);
    check_neighbours(cosine.k);
    TORCH_CHECK_VALUE(cosine.temperature > 0, "knn: temperature must be positive, got ", cosine.temperature);
    return vote(queries, references, cosine.k, Nearness::cosine,
                [&](const torch::Tensor& near) { return (near / cosine.temperature).exp(); });
}

torch::Tensor knn_euclidean_votes(const torch::Tensor& queries, const LabelledFeatures& references,
                                  std::int64_t k) {
    references.check(queries);
    check_neighbours(k);
    return vote(queries, references, k, Nearness::euclidean, [](const torch::Tensor& near) {
        const auto nearest = near.narrow(1, 0, 1);
        return torch::where(near == nearest, 1.0, nearest / near).pow(8);
    });
}

}  // namespace sslslr
