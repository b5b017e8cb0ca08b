#include "src/evaluate/measures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <torch/nn/functional/normalization.h>

#include "src/evaluate/labelled_features.hpp"
#include "src/evaluate/spread.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t pairs_at_once = 1 << 24;  // 128 MB of float64

/// Sums over the clips of each of C classes, some of which may have no clips.
struct ClassSums {
    torch::Tensor features;  ///< [C, W]
    torch::Tensor clips;     ///< [C] float64
};

ClassSums class_sums(const torch::Tensor& features, const torch::Tensor& labels) {
    const auto classes = labels.max().item<std::int64_t>() + 1;
    return {torch::zeros({classes, features.size(1)}, features.options()).index_add_(0, labels, features),
            torch::bincount(labels, {}, classes).to(features.options())};
}

double mean_squared_distance(const torch::Tensor& features, const torch::Tensor& centres) {
    return (features - centres).square().sum(1).mean().item<double>();
}

double within_classes(const torch::Tensor& features, const torch::Tensor& labels) {
    const auto sums = class_sums(features, labels);
    const auto means = sums.features / sums.clips.clamp_min(1).unsqueeze(1);
    return mean_squared_distance(features, means.index_select(0, labels));
}

/// Largest squared distance between equal unit vectors after rounding.
constexpr double rounding_of_equals = 1e-24;

double share_within_classes(const torch::Tensor& unit, double within) {
    const double total = mean_squared_distance(unit, unit.mean(0, true));
    return total > rounding_of_equals ? std::min(1.0, within / total) : 1;
}

/// Computed from sums alone: the squared distances over the pairs of n clips add up to
/// n sum |x|^2 - |sum x|^2.
double alignment_of(const torch::Tensor& unit, const torch::Tensor& labels) {
    const auto sums = class_sums(unit, labels);
    const auto squares = torch::zeros_like(sums.clips).index_add_(0, labels, unit.square().sum(1));
    const auto distances = (sums.clips * squares - sums.features.square().sum(1)).clamp_min(0).sum();
    const auto pairs = (sums.clips * (sums.clips - 1)).sum().item<double>() / 2;
    return pairs > 0 ? distances.item<double>() / pairs : 0;
}

double uniformity_of(const torch::Tensor& unit) {
    const auto clips = unit.size(0);
    const auto squares = unit.square().sum(1);
    const auto block = std::max<std::int64_t>(1, pairs_at_once / clips);
    double sum = 0;  // of exp(-2 d^2) over all ordered pairs, including each clip with itself
    for (std::int64_t first = 0; first < clips; first += block) {
        const auto rows = std::min(block, clips - first);
        const auto distances = torch::addmm(squares.narrow(0, first, rows).unsqueeze(1) + squares,
                                            unit.narrow(0, first, rows), unit.t(), 1, -2)
                                   .clamp_min_(0);
        distances.diagonal(first).zero_();
        sum += distances.mul_(-2).exp_().sum().item<double>();
    }
    const auto pairs = static_cast<double>(clips) * static_cast<double>(clips - 1);
    return pairs > 0 ? std::log((sum - static_cast<double>(clips)) / pairs) : 0;
}

double effective_rank_of(const torch::Tensor& features) {
    const auto singular = torch::linalg_svdvals(features - features.mean(0, true));
    const auto sum = singular.sum();
    // For equal rows, rounding of the mean leaves residuals that have a rank of their own.
    const auto scale = features.norm().item<double>() * std::numeric_limits<double>::epsilon();
    if (!(sum.item<double>() > scale * static_cast<double>(std::max(features.size(0), features.size(1))))) {
        return 0;
    }
    const auto shares = singular / sum;
    return std::exp(-torch::xlogy(shares, shares).sum().item<double>());
}

/// Returns the mean cosine over pairs of different classes, from sums alone: all pairs less those within
/// classes.
double negative_similarity_of(const torch::Tensor& unit, const torch::Tensor& labels) {
    const auto sums = class_sums(unit, labels);
    const auto clips = static_cast<double>(unit.size(0));
    const auto pairs = clips * clips - sums.clips.square().sum().item<double>();
    const auto similarity = sums.features.sum(0).square().sum() - sums.features.square().sum();
    return pairs > 0 ? similarity.item<double>() / pairs : 0;
}

}  // namespace

EmbeddingMeasures measure_embedding(const torch::Tensor& features, const torch::Tensor& labels) {
    TORCH_CHECK_VALUE(features.dim() == 2 && features.is_floating_point() && features.numel() > 0,
                      "measures: features must be floating [N, W] with N and W at least 1, got ",
                      features.sizes(), " ", features.scalar_type());
    check_labels(labels, std::numeric_limits<std::int64_t>::max());
    TORCH_CHECK_VALUE(labels.numel() == features.size(0), "measures: ", labels.numel(),
                      " labels for features ", features.sizes());
    const torch::NoGradGuard no_grad;
    const auto x = features.to(torch::kFloat64);
    TORCH_CHECK_VALUE(x.isfinite().all().item<bool>(), "measures: a feature is not finite");
    const auto unit = torch::nn::functional::normalize(x);
    EmbeddingMeasures measures;
    measures.inertia = within_classes(x, labels);
    measures.inertia_normalised = within_classes(unit, labels);
    measures.within_share = share_within_classes(unit, measures.inertia_normalised);
    const auto spread = spread_of(x);
    measures.spread = spread.raw;
    measures.spread_normalised = spread.normalised;
    measures.alignment = alignment_of(unit, labels);
    measures.uniformity = uniformity_of(unit);
    measures.effective_rank = effective_rank_of(x);
    measures.negative_similarity = negative_similarity_of(unit, labels);
    return measures;
}

std::vector<std::pair<std::string, double EmbeddingMeasures::*>> named_measures() {
    return {{"inertia", &EmbeddingMeasures::inertia},
            {"inertia_normalised", &EmbeddingMeasures::inertia_normalised},
            {"within_share", &EmbeddingMeasures::within_share},
            {"spread", &EmbeddingMeasures::spread},
            {"spread_normalised", &EmbeddingMeasures::spread_normalised},
            {"alignment", &EmbeddingMeasures::alignment},
            {"uniformity", &EmbeddingMeasures::uniformity},
            {"effective_rank", &EmbeddingMeasures::effective_rank},
            {"negative_similarity", &EmbeddingMeasures::negative_similarity}};
}

}  // namespace sslslr
