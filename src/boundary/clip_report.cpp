#include "src/boundary/clip_report.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace sslslr {

std::vector<ClipRow> clip_rows(const SearchPlan& plan, const std::optional<OwnBoundaries>& start,
                               const std::optional<OwnBoundaries>& end) {
    std::vector<ClipRow> rows;
    for (std::size_t i = 0; i < plan.validation.size(); ++i) {
        ClipRow row{.clip = plan.validation[i],
                    .sign = plan.class_names[static_cast<std::size_t>(plan.classes[i])]};
        double sides = 0;
        for (const auto& [own, k, prefers] : {std::tuple{&start, &ClipRow::k1, &ClipRow::prefers_k1},
                                              std::tuple{&end, &ClipRow::k2, &ClipRow::prefers_k2}}) {
            if (const auto& side = *own) {
                row.*k = side->best[i];
                row.*prefers = side->has_preference[i];
                row.loss += side->loss[i];
                row.inflated_loss += side->inflated_loss[i];
                ++sides;
            }
        }
        row.loss /= sides;
        row.inflated_loss /= sides;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<SignRow> sign_rows(const std::vector<ClipRow>& clips) {
    std::map<std::string, std::vector<double>> losses;
    for (const auto& clip : clips) {
        losses[clip.sign].push_back(clip.loss);
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
