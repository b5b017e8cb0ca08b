#include "src/evaluate/metrics.hpp"

#include "src/evaluate/labelled_features.hpp"

namespace sslslr {
namespace {

double share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

torch::Tensor top_k_correct(const torch::Tensor& scores, const torch::Tensor& truth, std::int64_t k) {
    TORCH_CHECK_VALUE(scores.dim() >= 2 && scores.size(-2) == truth.numel(), "scores ", scores.sizes(),
                      " must be [.., Q, G] for ", truth.numel(), " labels");
    const auto glosses = scores.size(-1);
    check_labels(truth, glosses);

    const auto gloss = torch::arange(glosses, truth.options());                         // [G]
    const auto own = scores.masked_fill(gloss != truth.unsqueeze(1), 0).sum(-1, true);  // [.., Q, 1]
    // Counts the glosses that rank lower, not those that rank higher, so that NaN scores count as wrong.
    const auto behind = (scores < own).logical_or((scores == own).logical_and(gloss > truth.unsqueeze(1)));
    return behind.sum(-1) >= glosses - k;
}

Outcome outcome(const torch::Tensor& scores, const torch::Tensor& truth) {
    return {.predicted = scores.argmax(-1),
            .top1 = top_k_correct(scores, truth, 1),
            .top5 = top_k_correct(scores, truth, 5)};
}

double share_right(const torch::Tensor& correct) {
    return correct.to(torch::kFloat64).mean().item<double>();
}

std::vector<double> per_clip(const torch::Tensor& correct) {
    const auto values = correct.to(torch::kCPU, torch::kFloat64).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

torch::Tensor confusion_matrix(const torch::Tensor& predicted, const torch::Tensor& truth,
                               std::int64_t glosses) {
    check_labels(predicted, glosses);
    check_labels(truth, glosses);
    TORCH_CHECK_VALUE(predicted.numel() == truth.numel(), predicted.numel(), " predictions for ",
                      truth.numel(), " labels");
    return torch::bincount(truth * glosses + predicted, {}, glosses * glosses).view({glosses, glosses});
}

std::vector<GlossScores> per_gloss(const torch::Tensor& confusion) {
    std::vector<GlossScores> table;
    for (std::int64_t gloss = 0; gloss < confusion.size(0); ++gloss) {
        const auto hits = confusion[gloss][gloss].item<std::int64_t>();
        const auto clips = confusion[gloss].sum().item<std::int64_t>();
        const auto predicted = confusion.select(1, gloss).sum().item<std::int64_t>();
        table.push_back({.clips = clips,
                         .predicted = predicted,
                         .precision = share(hits, predicted),
                         .recall = share(hits, clips),
                         .f1 = share(2 * hits, clips + predicted)});
    }
    return table;
}

std::vector<std::int64_t> whole_numbers(const torch::Tensor& values) {
    const auto here = values.to(torch::kCPU, torch::kInt64).contiguous();
    return {here.data_ptr<std::int64_t>(), here.data_ptr<std::int64_t>() + here.numel()};
}

std::vector<std::vector<std::int64_t>> rows_of(const torch::Tensor& counts) {
    std::vector<std::vector<std::int64_t>> rows;
    for (std::int64_t row = 0; row < counts.size(0); ++row) {
        rows.push_back(whole_numbers(counts[row]));
    }
    return rows;
}

double macro_f1(const torch::Tensor& confusion) {
    double sum = 0;
    std::int64_t occurring = 0;
    for (const auto& gloss : per_gloss(confusion)) {
        sum += gloss.f1;
        occurring += gloss.clips + gloss.predicted > 0 ? 1 : 0;
    }
    return occurring == 0 ? 0 : sum / static_cast<double>(occurring);
}

}  // namespace sslslr
