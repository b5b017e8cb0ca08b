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
    std::map<std::string, Figure> accuracies{};  ///< of a measure of labels: top1, top5 and macro_f1
};

/// The methods of a row that are best and second best, where there are two.
struct Ranking {
    std::size_t best = 0;  ///< its column
    std::size_t second = 0;
    std::optional<Interval> difference;  ///< best - second, paired
    bool is_better = false;              ///< the interval of the difference says so
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

/// @param table  must outlive the result
ReportTable table_of(const PlannedTable& table, const StudyResults& results);

/// For the terminal.
std::string text_of_table(const ReportTable& table);

/// As src/report/study reads it.
void to_json(nlohmann::json& json, const ReportTable& table);

}  // namespace sslslr
