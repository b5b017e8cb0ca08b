#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace sslslr {

struct NamedMeasure {
    std::string name;
    double value = 0;
};

/// Measures in the order in which they are shown.
using NamedMeasures = std::vector<NamedMeasure>;

/// Measures of embeddings, of one run or several.
class MeasureTable {
public:
    /// Adds a run to the row of this name, or to a new row. Rows may have different measures; the runs of a
    /// row must have the same.
    void add(const std::string& row, const NamedMeasures& measures);

    /// Returns a text for the terminal: a line per measure and a column per row; the mean and 95 % Student
    /// interval over several runs.
    std::string text() const;
    /// Returns {"rows": [{"name", "measures": {NAME: {"mean", "low", "high", "runs": [...]}}}], "interval"};
    /// one run has no "low" and "high".
    nlohmann::json json() const;

private:
    struct Row {
        std::string name;
        std::vector<NamedMeasures> runs;
    };

    /// Returns the value of every run; none if the row has no such measure.
    static std::vector<double> values_of(const Row& row, const std::string& measure);
    /// Returns the names that any row has, in the order of the rows.
    std::vector<std::string> names() const;

    std::vector<Row> rows_;
};

}  // namespace sslslr
