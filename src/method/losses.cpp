#include "src/method/losses.hpp"

#include <limits>

#include <torch/nn/functional/loss.h>
#include <torch/nn/functional/normalization.h>

#include "dist/collectives.hpp"
#include "src/method/method.hpp"

namespace sslslr {
namespace {

namespace functional = torch::nn::functional;

constexpr double never = -std::numeric_limits<double>::infinity();

torch::Tensor cross_entropy_sum(const torch::Tensor& scores, const torch::Tensor& answers) {
    return functional::cross_entropy(scores, answers,
                                     functional::CrossEntropyFuncOptions{}.reduction(torch::kSum));
}

}  // namespace

torch::Tensor unit_rows(const torch::Tensor& x) {
    return functional::normalize(x, functional::NormalizeFuncOptions{}.dim(1));
}

torch::Tensor cosine_sum(const torch::Tensor& a, const torch::Tensor& b) {
    return (unit_rows(a) * unit_rows(b)).sum();
}

torch::Tensor nt_xent_sum(const torch::Tensor& first, const torch::Tensor& second, const Batch& batch,
                          double temperature, dist::Group& group) {
    // Both views are gathered together: a row holds the two projections of a clip.
    const auto width = first.size(1);
    const auto here = torch::cat({unit_rows(first), unit_rows(second)}, 1);  // [B, 2 D]
    const auto gathered = [&](const torch::Tensor& rows) {
        return dist::gather_rows(rows, batch.first, batch.global_size, group);
    };
    const auto all = gathered(here).split(width, 1);  // two of [N, D]
    const auto ids = torch::tensor(batch.ids(), torch::kInt64).to(here.device());
    const auto own = torch::arange(batch.first, batch.first + first.size(0), ids.options());
    const auto is_same = ids.unsqueeze(1) == gathered(ids).unsqueeze(0);    // [B, N]
    const auto is_elsewhere = is_same.scatter(1, own.unsqueeze(1), false);  // the same clip at another place

    const auto sum_of_view = [&](const torch::Tensor& view, const torch::Tensor& same,
                                 const torch::Tensor& other) {
        const auto to_other = torch::mm(view, other.t()).masked_fill(is_elsewhere, never);
        const auto to_same = torch::mm(view, same.t()).masked_fill(is_same, never);
        return cross_entropy_sum(torch::cat({to_other, to_same}, 1) / temperature, own);
    };
    return sum_of_view(here.slice(1, 0, width), all[0], all[1]) +
           sum_of_view(here.slice(1, width), all[1], all[0]);
}

torch::Tensor info_nce_sum(const torch::Tensor& queries, const torch::Tensor& positives,
                           const torch::Tensor& negatives, const torch::Tensor& is_same, double temperature) {
    const auto to_positive = (queries * positives).sum(1, /*keepdim=*/true);
    const auto to_negatives = torch::mm(queries, negatives.t()).masked_fill(is_same, never);
    const auto scores = torch::cat({to_positive, to_negatives}, 1) / temperature;
    return cross_entropy_sum(scores, torch::zeros({queries.size(0)}, scores.options().dtype(torch::kInt64)));
}

}  // namespace sslslr
