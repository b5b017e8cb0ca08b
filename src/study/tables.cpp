#include "src/study/tables.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sslslr {
namespace {

ReportCell cell_of(const PlannedCell& cell, const Measure& measure, const StudyResults& results) {
    if (cell.empty()) {
        return {};
    }
    ReportCell found{.values = results.values(cell, measure.name)};
    if (found.values.runs.empty()) {
        const bool is_done = std::ranges::all_of(cell, [&](const auto& run) {
            return std::ranges::all_of(run, [&](const auto& id) { return results.record(id) != nullptr; });
        });
        // Jobs may be done without a value, for example without a validation accuracy if nothing was chosen.
        found.status = is_done ? ReportCell::Status::none : ReportCell::Status::missing;
        return found;
    }
    found.status = ReportCell::Status::done;
    found.figure = figure_of(found.values);
    if (measure.source == Measure::Source::labels) {
        for (const std::string other : {"top1", "top5", "macro_f1"}) {
            if (const auto figure = results.figure(cell, other)) {
                found.accuracies[other] = *figure;
            }
        }
    }
    return found;
}

/// Finds the best and the second-best method, and whether the results distinguish them.
std::optional<Ranking> ranking_of(const std::vector<ReportCell>& cells, const PlannedTable& table,
                                  std::size_t row, const Measure& measure, const StudyResults& results) {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t column = 0; column < cells.size(); ++column) {
        if (!table.columns[column].control && cells[column].status == ReportCell::Status::done &&
            measure.sign != 0) {
            order.emplace_back(-measure.sign * cells[column].figure.mean, column);
        }
    }
    if (order.size() < 2) {
        return std::nullopt;
    }
    std::ranges::sort(order);
    Ranking ranking{.best = order[0].second, .second = order[1].second};
    const auto& planned = table.cells[row];
    ranking.difference = results.difference(planned[ranking.best], planned[ranking.second], measure.name);
    if (const auto& difference = ranking.difference) {
        ranking.is_better =
            measure.sign * difference->mean > 0 && (difference->low > 0 || difference->high < 0);
    }
    return ranking;
}

const char* verdict_of(const Ranking& ranking) {
    return ranking.is_better ? "better" : "not distinguishable";
}

std::string cell_text(const ReportCell& cell, const Measure& measure) {
    if (cell.status != ReportCell::Status::done) {
        return cell.status == ReportCell::Status::none ? "-" : "(not yet)";
    }
    const auto scale = measure.scale;
    const auto& [mean, interval] = cell.figure;
    return interval
               ? interval_text({scale * mean, scale * interval->low, scale * interval->high}, measure.digits)
               : fmt::format("{:.{}f}", scale * mean, measure.digits);
}

nlohmann::json json_of(const Figure& figure) {
    nlohmann::json json{{"mean", figure.mean}, {"low", nullptr}, {"high", nullptr}};
    if (figure.interval) {
        json["low"] = figure.interval->low;
        json["high"] = figure.interval->high;
    }
    return json;
}

nlohmann::json json_of(const ReportCell& cell) {
    if (cell.status != ReportCell::Status::done) {
        return {{"status", cell.status == ReportCell::Status::none ? "none" : "missing"}};
    }
    auto json = json_of(cell.figure);
    json["status"] = "done";
    json["runs"] = cell.values.runs.size();
    json["clips"] = cell.values.clips.size();
    json["values"] = cell.values.runs;
    for (const auto& [name, figure] : cell.accuracies) {
        json[name] = json_of(figure);
    }
    return json;
}

nlohmann::json json_of(const ReportRow& row, const PlannedRow& planned,
                       const std::vector<PlannedColumn>& columns) {
    nlohmann::json json = planned;
    json.update({{"cells", nlohmann::json::array()},
                 {"best", nullptr},
                 {"second", nullptr},
                 {"best_over_second", nullptr}});
    for (const auto& cell : row.cells) {
        json["cells"].push_back(json_of(cell));
    }
    if (row.ranking) {
        const auto& [best, second, difference, is_better] = *row.ranking;
        json["best"] = columns[best].name;
        json["second"] = columns[second].name;
        if (difference) {
            json["best_over_second"] = {{"difference", difference->mean},
                                        {"low", difference->low},
                                        {"high", difference->high},
                                        {"verdict", verdict_of(*row.ranking)}};
        }
    }
    return json;
}

}  // namespace

ReportTable table_of(const PlannedTable& planned, const StudyResults& results) {
    ReportTable table{planned, measure_named(planned.spec.measure), {}};
    for (std::size_t number = 0; number < planned.rows.size(); ++number) {
        auto& row = table.rows.emplace_back();
        for (const auto& cell : planned.cells[number]) {
            row.cells.push_back(cell_of(cell, table.measure, results));
        }
        row.ranking = ranking_of(row.cells, planned, number, table.measure, results);
    }
    return table;
}

std::string text_of_table(const ReportTable& table) {
    const auto& [planned, measure, rows] = table;
    const std::string unit = measure.unit;
    auto text = fmt::format("\nTable {}. {}{}\n", planned.spec.name, planned.spec.title,
                            unit.empty() ? "" : fmt::format(" ({})", unit));
    for (std::size_t number = 0; number < rows.size(); ++number) {
        const auto& [cells, ranking] = rows[number];
        text += fmt::format("  {}\n", planned.rows[number].title);
        for (std::size_t column = 0; column < cells.size(); ++column) {
            text += fmt::format("    {:<28} {}{}\n", planned.columns[column].title,
                                cell_text(cells[column], measure),
                                ranking && ranking->best == column ? "  best" : "");
        }
        if (ranking && ranking->difference) {
            text += fmt::format("    best and second: {}\n", verdict_of(*ranking));
        }
    }
    return text;
}

void to_json(nlohmann::json& json, const ReportTable& table) {
    const auto& [planned, measure, rows] = table;
    json = {{"name", planned.spec.name},
            {"title", planned.spec.title},
            {"layout", planned.spec.layout},
            {"measure", planned.spec.measure},
            {"unit", measure.unit},
            {"scale", measure.scale},
            {"digits", measure.digits},
            {"higher_is_better", nullptr},
            {"note", planned.spec.note},
            {"columns", planned.columns},
            {"rows", nlohmann::json::array()},
            {"published", nlohmann::json::array()}};
    if (measure.sign != 0) {
        json["higher_is_better"] = measure.sign > 0;
    }
    for (std::size_t number = 0; number < rows.size(); ++number) {
        json["rows"].push_back(json_of(rows[number], planned.rows[number], planned.columns));
    }
}

}  // namespace sslslr
