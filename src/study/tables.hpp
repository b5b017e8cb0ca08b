#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/study/measure.hpp"
#include "src/study/study_results.hpp"

namespace sslslr {

struct ReportCell {
    enum class Status {
        none,     ///< there is no such figure: not planned, or not what its protocol measures
        missing,  ///< its jobs are not done
        done
    };
    Status status = Status::none;
    CellValues values{};
    Figure figure{};
    std::map<std::string, Figure> accuracies{};  ///< for a measure of labels: top1, top5 and macro_f1
};

/// The best and the second-best method of a row that has two or more.
struct Ranking {
    std::size_t best = 0;  ///< column of the best method
    std::size_t second = 0;
    std::optional<Interval> difference;  ///< best - second, paired
    bool is_better = false;              ///< the interval of the difference excludes 0
};

struct ReportRow {
    std::vector<ReportCell> cells;
    std::optional<Ranking> ranking;
};

/// A table of the report.
struct ReportTable {
    const PlannedTable& planned;
    const Measure& measure;
    std::vector<ReportRow> rows;
};

/// Computes the cells and rankings of a table. @param table  must outlive the result
ReportTable table_of(const PlannedTable& table, const StudyResults& results);

/// Returns the table as text for the terminal.
std::string text_of_table(const ReportTable& table);

/// Writes the table as src/report/study reads it.
void to_json(nlohmann::json& json, const ReportTable& table);

}  // namespace sslslr
