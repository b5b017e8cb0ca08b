#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "src/evaluate/intervals.hpp"
#include "src/protocol/protocol.hpp"

namespace sslslr {

/// The test clips' classes, and how results on them are compared.
struct TestSet {
    torch::Tensor truth;               ///< [Q] int64 class of each test clip
    std::vector<std::string> classes;  ///< names
    std::int64_t resamples = 10'000;   ///< of the bootstrap
    /// Compares every row with every control, not only with those of the same classifier.
    bool compares_all = false;
};

/// Accuracies of several classifiers on the same test clips, of one run or several.
///
/// Intervals are 95 % bootstraps over the test clips for one run, and 95 % Student intervals over several
/// runs.
class ResultTable {
public:
    explicit ResultTable(TestSet test) : test_{std::move(test)} {}

    /// Adds a row of one run.
    /// @param row         what was trained
    /// @param classifier  what classified its features
    /// @param is_control  whether other rows are compared with it
    void add(const std::string& row, const std::string& classifier, const ProtocolScores& scores,
             bool is_control);

    /// Adds another run's figures of the same rows.
    void append(const ResultTable& run);

    /// Returns a text for the terminal: a line per classifier, then paired differences to the controls.
    std::string text() const;
    /// Returns the scores of each class for every row that is no control. Counts of several runs are summed.
    std::string per_class_text() const;
    /// Returns {"rows": [{"name", "classifier", "control", "top1": {mean, low, high}, "top5": {...},
    /// "macro_f1", "confusion", "per_class": [...], ...}], "differences": [...], "interval", "truth"}. A row
    /// of one run has "correct", "correct5" (bits) and "predicted". A row of several has these in "runs",
    /// with the figures of each run.
    nlohmann::json json() const;

    /// A row's mean accuracy.
    struct Mean {
        std::string row;
        std::string classifier;
        double top1 = 0;
    };
    std::vector<Mean> means() const;
    /// Returns a text for the terminal: the paired differences of top-1 to the controls, a line each.
    std::string differences_text() const;

private:
    /// The scores of one classifier in one run. To add a figure, add a field here, compute it in add() and
    /// write it in text() and both json_of(). Studies compute theirs in src/study/study_work.cpp and list
    /// them in measure.cpp, tables.cpp and src/report/study/cells.py.
    struct Scores {
        double top1 = 0;
        double top5 = 0;
        double macro_f1 = 0;
        std::vector<double> correct;          ///< [Q] 1 right, 0 wrong
        std::vector<double> correct5;         ///< likewise, among the best five
        std::vector<std::int64_t> predicted;  ///< [Q]
        torch::Tensor confusion;              ///< [G, G]
        std::optional<double> validation_top1;
        ProbeTrial chosen;               ///< set if clips validated
        std::int64_t chosen_epochs = 0;  ///< of a whole network, if several numbers were asked for
    };
    struct Row {
        std::string name;
        std::string classifier;
        bool is_control;
        std::vector<Scores> runs;
    };
    struct Difference {
        const Row* row;
        const Row* control;
        Interval top1;
    };

    Interval interval(const Row& row, double Scores::*figure, std::vector<double> Scores::*per_clip) const;
    Interval interval_over_runs(const Row& row, double Scores::*figure) const;
    Interval difference(const Row& row, const Row& control) const;
    std::vector<Difference> differences() const;
    static torch::Tensor confusion_of(const Row& row);
    static nlohmann::json json_of(const Scores& run);
    nlohmann::json json_of(const Row& row) const;

    TestSet test_;
    std::vector<Row> rows_;
};

}  // namespace sslslr
