#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace sslslr {

struct NamedMeasure {
    std::string name;
    double value = 0;
};

/// In the order in which they are shown.
using NamedMeasures = std::vector<NamedMeasure>;

/// What embeddings are like, of one run or of several.
class MeasureTable {
public:
    /// Adds a run to a row; a new row if there is none of this name. Rows may have different measures, the
    /// runs of a row the same.
    void add(const std::string& row, const NamedMeasures& measures);

    /// For the terminal: a line a measure, a column a row; mean and 95 % Student interval over several runs.
    std::string text() const;
    /// {"rows": [{"name", "measures": {NAME: {"mean", "low", "high", "runs": [...]}}}], "interval"}; of one
    /// run without bounds.
    nlohmann::json json() const;

private:
    struct Row {
        std::string name;
        std::vector<NamedMeasures> runs;
    };

    /// Of every run; none if the row has no such measure.
    static std::vector<double> values_of(const Row& row, const std::string& measure);
    /// Those of any row, in their order.
    std::vector<std::string> names() const;

    std::vector<Row> rows_;
};

}  // namespace sslslr
