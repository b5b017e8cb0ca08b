#include "src/protocol/measure_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/evaluate/intervals.hpp"

namespace sslslr {
namespace {

std::vector<double> values_of(const std::vector<EmbeddingMeasures>& runs,
                              double EmbeddingMeasures::*measure) {
    std::vector<double> values;
    for (const auto& run : runs) {
        values.push_back(run.*measure);
    }
    return values;
}

}  // namespace

void MeasureTable::add(const std::string& row, const EmbeddingMeasures& measures) {
    auto found = std::ranges::find(rows_, row, &Row::name);
    if (found == rows_.end()) {
        found = rows_.insert(rows_.end(), {row, {}});
    }
    found->runs.push_back(measures);
}

std::string MeasureTable::text() const {
    auto text = fmt::format("{:<22}", "");
    for (const auto& row : rows_) {
        text += fmt::format(" {:<32}", row.name);
    }
    for (const auto& [name, measure] : named_measures()) {
        text += fmt::format("\n{:<22}", name);
        for (const auto& row : rows_) {
            const auto values = values_of(row.runs, measure);
            text += fmt::format(" {:<32}", values.size() == 1 ? fmt::format("{:.4f}", values.front())
                                                              : interval_text(student_interval(values), 4));
        }
    }
    return text + "\n";
}

nlohmann::json MeasureTable::json() const {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        nlohmann::json measures;
        for (const auto& [name, measure] : named_measures()) {
            const auto values = values_of(row.runs, measure);
            auto& entry = measures[name];
            entry = {{"mean", values.front()}, {"runs", values}};
            if (values.size() > 1) {
                entry.update(nlohmann::json(student_interval(values)));
            }
        }
        rows.push_back({{"name", row.name}, {"measures", measures}});
    }
    const auto runs = rows_.empty() ? 1 : rows_.front().runs.size();
    return {{"rows", rows},
            {"interval", runs > 1 ? fmt::format("95 % Student t over {} runs", runs) : "none: one run"}};
}

}  // namespace sslslr
