#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/protocol/labelled_clips.hpp"
#include "src/protocol/result_table.hpp"

namespace sslslr {

/// Returns the amount as text: "5 clips per class", "10 %".
std::string text_of(const LabelAmount& amount);

/// A point of a label curve: how many labels were asked for, and how many are used.
struct LabelPoint {
    LabelAmount asked;
    std::int64_t labels = 0;             ///< labels used, of training and validation clips together
    std::int64_t validation_labels = 0;  ///< labels used to choose settings by
    /// Classes with fewer training clips than were asked for, which use all of theirs.
    std::int64_t fewer = 0;
};

/// Counts the labels of a point. @param seed  of the draws
LabelPoint label_point(const EvaluationClips& clips, const LabelAmount& amount, std::uint64_t seed);

/// Accuracies of the same classifiers with increasing numbers of labels, of one run or several: a ResultTable
/// per point, with each row compared with each control.
class LabelCurve {
public:
    LabelCurve(TestSet test, std::vector<LabelPoint> points);

    ResultTable& at(std::size_t point) { return tables_.at(point); }

    /// Adds another run's figures of the same rows.
    void append(const LabelCurve& run);

    /// Returns a text for the terminal: mean top-1 of each row (lines) at each point (columns), then paired
    /// differences to the controls at each point.
    std::string text() const;
    /// Returns {"points": [{"clips_a_class" or "share", "labels", "validation_labels", "classes_with_fewer",
    /// "rows", "differences"}], "interval", "truth"}, rows and differences as in ResultTable::json().
    nlohmann::json json() const;

private:
    std::vector<LabelPoint> points_;
    std::vector<ResultTable> tables_;  ///< one per point
};

}  // namespace sslslr
