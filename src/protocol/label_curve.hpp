#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/protocol/labelled_clips.hpp"
#include "src/protocol/result_table.hpp"

namespace sslslr {

/// "5 clips a class", "10 %".
std::string text_of(const LabelAmount& amount);

/// A point of a label curve: how many labels were asked for, and what that came to.
struct LabelPoint {
    LabelAmount asked;
    std::int64_t labels = 0;             ///< that are used, of training and validation clips together
    std::int64_t validation_labels = 0;  ///< those of them that settings are chosen by
    std::int64_t fewer =
        0;  ///< classes with fewer training clips than were asked for; all of theirs are used
};

/// @param seed  of the draws
LabelPoint label_point(const EvaluationClips& clips, const LabelAmount& amount, std::uint64_t seed);

/// Accuracies of the same classifiers from more and more labels, of one run or of several: a ResultTable a
/// point, each row compared with each control.
class LabelCurve {
public:
    LabelCurve(TestSet test, std::vector<LabelPoint> points);

    ResultTable& at(std::size_t point) { return tables_.at(point); }

    /// Takes in another run's figures of the same rows.
    void append(const LabelCurve& run);

    /// For the terminal: mean top-1 of each row (lines) at each point (columns), then paired differences to
    /// the controls at each point.
    std::string text() const;
    /// {"points": [{"clips_a_class" or "share", "labels", "validation_labels", "classes_with_fewer", "rows",
    /// "differences"}], "interval", "truth"}, rows and differences as in ResultTable::json().
    nlohmann::json json() const;

private:
    std::vector<LabelPoint> points_;
    std::vector<ResultTable> tables_;  ///< a point each
};

}  // namespace sslslr
