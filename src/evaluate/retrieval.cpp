#include "src/evaluate/retrieval.hpp"

#include <limits>

namespace sslslr {
namespace {

constexpr double rounding = 1e-12;
constexpr double infinity = std::numeric_limits<double>::infinity();

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
    auto places = torch::empty({queries.size(0)}, gallery.features.options().dtype(torch::kFloat64));
    for_each_block(queries, gallery.features, nearness, [&](std::int64_t first, const torch::Tensor& to_all) {
        const auto rows = to_all.size(0);
        const auto near = to_all.view({rows, copies, labels.size(0)}).amax(1);
        const auto is_own = truth.narrow(0, first, rows).unsqueeze(1) == labels.unsqueeze(0);
        const auto best = near.masked_fill(~is_own, -infinity).amax(1, /*keepdim=*/true);
        const auto as_near = near >= best - rounding * best.abs().clamp_min(1);
        const auto before = as_near.logical_and(~is_own).sum(1).to(torch::kFloat64);
        places.narrow(0, first, rows).copy_(torch::where(best.squeeze(1) == -infinity, infinity, before + 1));
    });
    return places;
}

Retrieval retrieval_of(const torch::Tensor& places) {
    TORCH_CHECK_VALUE(places.dim() == 1 && places.size(0) > 0,
                      "retrieval: places must be [Q] with Q at least 1, got ", places.sizes());
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
