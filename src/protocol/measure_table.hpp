#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/evaluate/measures.hpp"

namespace sslslr {

/// What embeddings are like, of one run or of several.
class MeasureTable {
public:
    /// Adds a run to a row; a new row if there is none of this name.
    /// @param order_sensitivity  of its encoder
    void add(const std::string& row, const EmbeddingMeasures& measures, double order_sensitivity);

    /// For the terminal: a line a measure, a column a row; mean and 95 % Student interval over several runs.
    std::string text() const;
    /// {"rows": [{"name", "measures": {NAME: {"mean", "low", "high", "runs": [...]}}}], "interval"}; of one run without
    /// bounds.
    nlohmann::json json() const;

private:
    struct Measure {
        std::string name;
        std::vector<double> runs;
    };
    struct Row {
        std::string name;
        std::vector<Measure> measures;
    };

    std::vector<Row> rows_;
};

}  // namespace sslslr
