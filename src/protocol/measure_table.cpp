#include "src/protocol/measure_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/evaluate/intervals.hpp"

namespace sslslr {
namespace {

/// Writes four significant digits, because measures differ by powers of ten.
std::string figures_text(const std::vector<double>& runs) {
    if (runs.size() == 1) {
        return fmt::format("{:.4g}", runs.front());
    }
    const auto over_runs = student_interval(runs);
    return fmt::format("{:.4g} [{:.4g}, {:.4g}]", over_runs.mean, over_runs.low, over_runs.high);
}

}  // namespace

std::vector<double> MeasureTable::values_of(const Row& row, const std::string& measure) {
    std::vector<double> values;
    for (const auto& run : row.runs) {
        const auto found = std::ranges::find(run, measure, &NamedMeasure::name);
        if (found != run.end()) {
            values.push_back(found->value);
        }
    }
    return values;
}

std::vector<std::string> MeasureTable::names() const {
    std::vector<std::string> names;
    for (const auto& row : rows_) {
        for (const auto& [name, value] : row.runs.front()) {
            if (std::ranges::find(names, name) == names.end()) {
                names.push_back(name);
            }
        }
    }
    return names;
}

void MeasureTable::add(const std::string& row, const NamedMeasures& measures) {
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
    for (const auto& name : names()) {
        text += fmt::format("\n{:<22}", name);
        for (const auto& row : rows_) {
            const auto values = values_of(row, name);
            text += fmt::format(" {:<32}", values.empty() ? "" : figures_text(values));
        }
    }
    return text + "\n";
}

nlohmann::json MeasureTable::json() const {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        nlohmann::json measures;
        for (const auto& [name, value] : row.runs.front()) {
            const auto values = values_of(row, name);
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
