#include "src/evaluate/knn.hpp"

#include <algorithm>
#include <functional>

#include "src/method/losses.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t similarities_at_once = 1 << 24;  // 128 MB of float64
constexpr std::int64_t exact = 2;  // cdist without the matrix product: equal rows are at distance 0

void check_neighbours(std::int64_t k) {
    TORCH_CHECK_VALUE(k >= 1, "knn: k must be positive, got ", k);
}

/// The k most similar references of each query vote with `weight(similarities)`, the most similar first.
torch::Tensor vote(const torch::Tensor& queries, const LabelledFeatures& references, std::int64_t k,
                   const std::function<torch::Tensor(torch::Tensor, torch::Tensor)>& similarity,
                   const std::function<torch::Tensor(torch::Tensor)>& weight) {
    // Ordered by gloss and sorted stably: of equally near references the smaller gloss id comes first, and
    // votes are added from the nearest outwards, so that not even rounding depends on the order given.
    const auto [labels, order] = references.labels.sort(/*stable=*/true, 0, /*descending=*/false);
    const auto features = references.features.to(torch::kFloat64).index_select(0, order);
    const auto voters = std::min(k, labels.size(0));

    auto votes = torch::zeros({queries.size(0), references.glosses}, features.options());
    const auto block = std::max<std::int64_t>(1, similarities_at_once / labels.size(0));
    for (std::int64_t first = 0; first < queries.size(0); first += block) {
        const auto rows =
            queries.narrow(0, first, std::min(block, queries.size(0) - first)).to(torch::kFloat64);
        const auto [nearness, place] =
            similarity(rows, features).sort(/*stable=*/true, 1, /*descending=*/true);
        votes.narrow(0, first, rows.size(0))
            .scatter_add_(1, labels.index_select(0, place.narrow(1, 0, voters).flatten()).view({-1, voters}),
                          weight(nearness.narrow(1, 0, voters)));
    }
    return votes;
}

}  // namespace

torch::Tensor knn_cosine_votes(const torch::Tensor& queries, const LabelledFeatures& references,
                               const CosineVote& cosine) {
    references.check(queries);
    check_neighbours(cosine.k);
    TORCH_CHECK_VALUE(cosine.temperature > 0, "knn: temperature must be positive, got ", cosine.temperature);
    return vote(
        queries, references, cosine.k,
        [](const torch::Tensor& rows, const torch::Tensor& all) {
            return unit_rows(rows).mm(unit_rows(all).t());
        },
        [&](const torch::Tensor& similarity) { return (similarity / cosine.temperature).exp(); });
}

torch::Tensor knn_euclidean_votes(const torch::Tensor& queries, const LabelledFeatures& references,
                                  std::int64_t k) {
    references.check(queries);
    check_neighbours(k);
    return vote(
        queries, references, k,
        [](const torch::Tensor& rows, const torch::Tensor& all) {
            return -torch::cdist(rows, all, 2, exact);
        },
        [](const torch::Tensor& similarity) {
            const auto nearest = similarity.narrow(1, 0, 1);
            return torch::where(similarity == nearest, 1.0, nearest / similarity).pow(8);
        });
}

}  // namespace sslslr
