#include "src/boundary/clip_report.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace sslslr {

nlohmann::json clip_rows(const StudyPlan& plan, const OwnBoundaries& start, const OwnBoundaries& end) {
    auto rows = nlohmann::json::array();
    for (std::size_t i = 0; i < plan.validation.size(); ++i) {
        rows.push_back({{"clip", plan.validation[i]},
                        {"sign", plan.class_names[static_cast<std::size_t>(plan.classes[i])]},
                        {"k1", start.best[i]},
                        {"k2", end.best[i]},
                        {"prefers_k1", static_cast<bool>(start.has_preference[i])},
                        {"prefers_k2", static_cast<bool>(end.has_preference[i])},
                        {"loss", (start.loss[i] + end.loss[i]) / 2},
                        {"inflated_loss", (start.inflated_loss[i] + end.inflated_loss[i]) / 2}});
    }
    return rows;
}

nlohmann::json sign_rows(const nlohmann::json& clips) {
    std::map<std::string, std::vector<double>> losses;
    for (const auto& clip : clips) {
        losses[clip.at("sign").get<std::string>()].push_back(clip.at("loss").get<double>());
    }
    std::vector<std::pair<double, std::string>> order;
    for (const auto& [sign, values] : losses) {
        const auto sum = std::accumulate(values.begin(), values.end(), 0.0);
        order.emplace_back(-sum / static_cast<double>(values.size()), sign);
    }
    std::ranges::sort(order);
    auto rows = nlohmann::json::array();
    for (const auto& [negative_loss, sign] : order) {
        rows.push_back({{"sign", sign}, {"clips", losses[sign].size()}, {"loss", -negative_loss}});
    }
    return rows;
}

}  // namespace sslslr
