#include "src/evaluate/retrieval.hpp"

#include <algorithm>
#include <limits>

#include "src/method/losses.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t similarities_at_once = 1 << 24;  // 128 MB of float64
constexpr double rounding = 1e-12;
constexpr std::int64_t exact = 2;  // cdist without the matrix product: equal rows are at distance 0
constexpr double infinity = std::numeric_limits<double>::infinity();

torch::Tensor similarity(const torch::Tensor& rows, const torch::Tensor& gallery, Nearness nearness) {
    return nearness == Nearness::cosine ? unit_rows(rows).mm(unit_rows(gallery).t())
                                        : -torch::cdist(rows, gallery, 2, exact);
}

}  // namespace

torch::Tensor retrieval_places(const torch::Tensor& queries, const torch::Tensor& truth,
                               const LabelledFeatures& gallery, Nearness nearness, std::int64_t copies) {
    gallery.check(queries);
    check_labels(truth, gallery.glosses);
    TORCH_CHECK_VALUE(truth.size(0) == queries.size(0), "retrieval: ", truth.size(0), " glosses for queries ",
                      queries.sizes());
    TORCH_CHECK_VALUE(copies >= 1 && gallery.labels.size(0) % copies == 0, "retrieval: ", copies,
                      " copies of each clip in a gallery of ", gallery.labels.size(0));
    const torch::NoGradGuard no_grad;
    const auto labels = gallery.labels.narrow(0, 0, gallery.labels.size(0) / copies);
    const auto features = gallery.features.to(torch::kFloat64);
    auto places = torch::empty({queries.size(0)}, features.options());
    const auto block = std::max<std::int64_t>(1, similarities_at_once / features.size(0));
    for (std::int64_t first = 0; first < queries.size(0); first += block) {
        const auto rows = std::min(block, queries.size(0) - first);
        const auto near = similarity(queries.narrow(0, first, rows).to(torch::kFloat64), features, nearness)
                              .view({rows, copies, labels.size(0)})
                              .amax(1);
        const auto is_own = truth.narrow(0, first, rows).unsqueeze(1) == labels.unsqueeze(0);
        const auto best = near.masked_fill(~is_own, -infinity).amax(1, /*keepdim=*/true);
        const auto as_near = near >= best - rounding * best.abs().clamp_min(1);
        const auto before = as_near.logical_and(~is_own).sum(1).to(torch::kFloat64);
        places.narrow(0, first, rows).copy_(torch::where(best.squeeze(1) == -infinity, infinity, before + 1));
    }
    return places;
}

Retrieval retrieval_of(const torch::Tensor& places) {
    TORCH_CHECK_VALUE(places.dim() == 1 && places.size(0) > 0, "retrieval: no places, but ", places.sizes());
    const auto share_within = [&](double place) {
        return (places <= place).to(torch::kFloat64).mean().item<double>();
    };
    return {.r1 = share_within(1),
            .r5 = share_within(5),
            .r10 = share_within(10),
            .mrr = places.reciprocal().mean().item<double>()};
}

std::array<std::pair<const char*, double Retrieval::*>, 4> named_figures_of_retrieval() {
    return {
        {{"r1", &Retrieval::r1}, {"r5", &Retrieval::r5}, {"r10", &Retrieval::r10}, {"mrr", &Retrieval::mrr}}};
}

}  // namespace sslslr
