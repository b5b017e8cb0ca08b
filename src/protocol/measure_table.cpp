#include "src/protocol/measure_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/evaluate/intervals.hpp"

namespace sslslr {
namespace {

/// To four digits: measures differ by powers of ten.
std::string text_of(const std::vector<double>& runs) {
    if (runs.size() == 1) {
        return fmt::format("{:.4g}", runs.front());
    }
    const auto over_runs = student_interval(runs);
    return fmt::format("{:.4g} [{:.4g}, {:.4g}]", over_runs.mean, over_runs.low, over_runs.high);
}

}  // namespace

void MeasureTable::add(const std::string& row, const EmbeddingMeasures& measures, double order_sensitivity) {
    auto found = std::ranges::find(rows_, row, &Row::name);
    if (found == rows_.end()) {
        found = rows_.insert(rows_.end(), {row, {}});
        for (const auto& [name, measure] : named_measures()) {
            found->measures.push_back({name, {}});
        }
        found->measures.push_back({"order_sensitivity", {}});
    }
    auto at = found->measures.begin();
    for (const auto& [name, measure] : named_measures()) {
        at++->runs.push_back(measures.*measure);
    }
    at->runs.push_back(order_sensitivity);
}

std::string MeasureTable::text() const {
    auto text = fmt::format("{:<22}", "");
    for (const auto& row : rows_) {
        text += fmt::format(" {:<32}", row.name);
    }
    for (std::size_t at = 0; !rows_.empty() && at < rows_.front().measures.size(); ++at) {
        text += fmt::format("\n{:<22}", rows_.front().measures[at].name);
        for (const auto& row : rows_) {
            text += fmt::format(" {:<32}", text_of(row.measures[at].runs));
        }
    }
    return text + "\n";
}

nlohmann::json MeasureTable::json() const {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        nlohmann::json measures;
        for (const auto& [name, values] : row.measures) {
            auto& entry = measures[name];
            entry = {{"mean", values.front()}, {"runs", values}};
            if (values.size() > 1) {
                entry.update(nlohmann::json(student_interval(values)));
            }
        }
        rows.push_back({{"name", row.name}, {"measures", measures}});
    }
    const auto runs = rows_.empty() ? 1 : rows_.front().measures.front().runs.size();
    return {{"rows", rows},
            {"interval", runs > 1 ? fmt::format("95 % Student t over {} runs", runs) : "none: one run"}};
}

}  // namespace sslslr
