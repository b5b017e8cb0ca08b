#include "src/study/tables.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/study/measure.hpp"

namespace sslslr {
namespace {

nlohmann::json json_of(const Figure& figure) {
    nlohmann::json json{{"mean", figure.mean}, {"low", nullptr}, {"high", nullptr}};
    if (figure.interval) {
        json["low"] = figure.interval->low;
        json["high"] = figure.interval->high;
    }
    return json;
}

nlohmann::json cell_json(const PlannedCell& cell, const Measure& measure, const StudyResults& results) {
    if (cell.empty()) {
        return {{"status", "none"}};
    }
    const auto values = results.values(cell, measure.name);
    if (values.runs.empty()) {
        const bool is_done = std::ranges::all_of(cell, [&](const auto& run) {
            return std::ranges::all_of(run, [&](const auto& id) { return results.record(id) != nullptr; });
        });
        return {{"status", is_done ? "none" : "missing"}};  // such as the validation of what chooses nothing
    }
    const auto own = json_of(figure_of(values));
    auto json = own;
    json["status"] = "done";
    json["runs"] = values.runs.size();
    json["clips"] = values.clips.size();
    json["values"] = values.runs;
    if (measure.source == Measure::Source::labels) {
        for (const std::string other : {"top1", "top5", "macro_f1"}) {
            json[other] = other == measure.name ? own : json_of(*results.figure(cell, other));
        }
    }
    return json;
}

/// Which of the methods is best, which second, and whether the results tell them apart.
void add_comparison(nlohmann::json& row, const PlannedTable& table, std::size_t number,
                    const Measure& measure, const StudyResults& results) {
    row["best"] = nullptr;
    row["second"] = nullptr;
    row["best_over_second"] = nullptr;
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const auto& cell = row["cells"][column];
        if (table.columns[column].kind == "method" && cell["status"] == "done" && measure.sign != 0) {
            order.emplace_back(-measure.sign * cell["mean"].get<double>(), column);
        }
    }
    if (order.size() < 2) {
        return;
    }
    std::ranges::sort(order);
    const auto best = order[0].second;
    const auto second = order[1].second;
    row["best"] = table.columns[best].name;
    row["second"] = table.columns[second].name;
    const auto difference =
        results.difference(table.cells[number][best], table.cells[number][second], measure.name);
    if (difference) {
        const bool is_better =
            measure.sign * difference->mean > 0 && (difference->low > 0 || difference->high < 0);
        row["best_over_second"] = {{"difference", difference->mean},
                                   {"low", difference->low},
                                   {"high", difference->high},
                                   {"verdict", is_better ? "better" : "not distinguishable"}};
    }
}

std::string cell_text(const nlohmann::json& cell, double scale, int digits) {
    if (cell["status"] != "done") {
        return cell["status"] == "none" ? "-" : "(not yet)";
    }
    const auto mean = fmt::format("{:.{}f}", scale * cell["mean"].get<double>(), digits);
    return cell["low"].is_null()
               ? mean
               : fmt::format("{} [{:.{}f}, {:.{}f}]", mean, scale * cell["low"].get<double>(), digits,
                             scale * cell["high"].get<double>(), digits);
}

}  // namespace

nlohmann::json table_of(const PlannedTable& table, const StudyResults& results) {
    const auto& measure = measure_named(table.spec.measure);
    nlohmann::json json{{"name", table.spec.name},
                        {"title", table.spec.title},
                        {"layout", table.spec.layout},
                        {"measure", table.spec.measure},
                        {"unit", measure.unit},
                        {"scale", measure.scale},
                        {"digits", measure.digits},
                        {"higher_is_better", nullptr},
                        {"note", table.spec.note},
                        {"columns", table.columns},
                        {"rows", nlohmann::json::array()},
                        {"published", nlohmann::json::array()}};
    if (measure.sign != 0) {
        json["higher_is_better"] = measure.sign > 0;
    }
    for (std::size_t number = 0; number < table.rows.size(); ++number) {
        nlohmann::json row = table.rows[number];
        row["cells"] = nlohmann::json::array();
        for (const auto& cell : table.cells[number]) {
            row["cells"].push_back(cell_json(cell, measure, results));
        }
        add_comparison(row, table, number, measure, results);
        json["rows"].push_back(std::move(row));
    }
    return json;
}

std::string text_of_table(const nlohmann::json& table) {
    const auto scale = table["scale"].get<double>();
    const auto digits = table["digits"].get<int>();
    auto text =
        fmt::format("\nTable {}. {}{}\n", table["name"].get<std::string>(), table["title"].get<std::string>(),
                    table["unit"] == "" ? "" : fmt::format(" ({})", table["unit"].get<std::string>()));
    for (const auto& row : table["rows"]) {
        text += fmt::format("  {}\n", row["title"].get<std::string>());
        for (std::size_t column = 0; column < table["columns"].size(); ++column) {
            text += fmt::format("    {:<28} {}{}\n", table["columns"][column]["title"].get<std::string>(),
                                cell_text(row["cells"][column], scale, digits),
                                row["best"] == table["columns"][column]["name"] ? "  best" : "");
        }
        if (!row["best_over_second"].is_null()) {
            text += fmt::format("    best and second: {}\n",
                                row["best_over_second"]["verdict"].get<std::string>());
        }
    }
    return text;
}

}  // namespace sslslr
