#include "src/boundary/clip_report.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

namespace sslslr {

nlohmann::json clip_rows(const StudyPlan& plan, const std::optional<OwnBoundaries>& start,
                         const std::optional<OwnBoundaries>& end) {
    auto rows = nlohmann::json::array();
    for (std::size_t i = 0; i < plan.validation.size(); ++i) {
        nlohmann::json row{{"clip", plan.validation[i]},
                           {"sign", plan.class_names[static_cast<std::size_t>(plan.classes[i])]}};
        double loss = 0;
        double inflated = 0;
        double sides = 0;
        for (const auto& [name, own] : {std::pair{"k1", &start}, std::pair{"k2", &end}}) {
            const auto& side = *own;
            row[name] = side ? nlohmann::json(side->best[i]) : nlohmann::json{};
            row[fmt::format("prefers_{}", name)] = side && side->has_preference[i];
            if (side) {
                loss += side->loss[i];
                inflated += side->inflated_loss[i];
                ++sides;
            }
        }
        row["loss"] = loss / sides;
        row["inflated_loss"] = inflated / sides;
        rows.push_back(std::move(row));
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
