#include "src/boundary/clip_report.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace sslslr {

std::vector<ClipRow> clip_rows(const SearchPlan& plan, const std::optional<OwnBoundaries>& start,
                               const std::optional<OwnBoundaries>& end,
                               const std::optional<OwnBoundaries>& pairs) {
    std::vector<ClipRow> rows;
    for (std::size_t i = 0; i < plan.validation.size(); ++i) {
        ClipRow row{.clip = plan.validation[i],
                    .sign = plan.class_names[static_cast<std::size_t>(plan.classes[i])]};
        if (start) {
            row.k1 = start->best[i].k1;
            row.prefers_k1 = start->has_preference[i];
        }
        if (end) {
            row.k2 = end->best[i].k2;
            row.prefers_k2 = end->has_preference[i];
        }
        if (pairs) {
            row.pair = pairs->best[i];
            row.prefers_pair = pairs->has_preference[i];
            row.loss = pairs->loss[i];
            row.inflated_loss = pairs->inflated_loss[i];
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<SignRow> sign_rows(const std::vector<ClipRow>& clips) {
    std::map<std::string, std::vector<double>> losses;
    for (const auto& clip : clips) {
        losses[clip.sign].push_back(clip.loss.value());
    }
    std::vector<SignRow> rows;
    for (const auto& [sign, values] : losses) {
        const auto sum = std::accumulate(values.begin(), values.end(), 0.0);
        rows.push_back({sign, values.size(), sum / static_cast<double>(values.size())});
    }
    std::ranges::stable_sort(rows, std::ranges::greater{}, &SignRow::loss);  // ties stay in order of name
    return rows;
}

}  // namespace sslslr
