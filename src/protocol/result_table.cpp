#include "src/protocol/result_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "src/evaluate/metrics.hpp"

namespace sslslr {

void ResultTable::add(const std::string& row, const std::string& classifier, const ProtocolScores& scores,
                      bool is_control) {
    const auto result = outcome(scores.test, test_.truth);
    Scores run;
    run.correct = per_clip(result.top1);
    run.correct5 = per_clip(result.top5);
    run.top1 = share_right(result.top1);
    run.top5 = share_right(result.top5);
    run.predicted = whole_numbers(result.predicted);
    run.confusion = confusion_matrix(result.predicted, test_.truth, std::ssize(test_.classes));
    run.macro_f1 = macro_f1(run.confusion);
    run.validation_top1 = scores.validation_top1;
    run.chosen = scores.chosen;
    run.chosen_epochs = scores.chosen_epochs;
    rows_.push_back({row, classifier, is_control, {std::move(run)}});
}

void ResultTable::append(const ResultTable& run) {
    if (rows_.empty()) {
        rows_ = run.rows_;
        return;
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        rows_[i].runs.push_back(run.rows_[i].runs.front());
    }
}

Interval ResultTable::interval_over_runs(const Row& row, double Scores::*figure) const {
    std::vector<double> values;
    for (const auto& run : row.runs) {
        values.push_back(run.*figure);
    }
    return student_interval(values);
}

Interval ResultTable::interval(const Row& row, double Scores::*figure,
                               std::vector<double> Scores::*per_clip) const {
    return row.runs.size() > 1
               ? interval_over_runs(row, figure)
               : bootstrap_interval(row.runs.front().*per_clip, {.resamples = test_.resamples});
}

Interval ResultTable::difference(const Row& row, const Row& control) const {
    if (row.runs.size() == 1) {
        return bootstrap_interval(sslslr::differences(row.runs.front().correct, control.runs.front().correct),
                                  {.resamples = test_.resamples});
    }
    std::vector<double> values;
    for (std::size_t run = 0; run < row.runs.size(); ++run) {
        values.push_back(row.runs[run].top1 - control.runs[run].top1);
    }
    return student_interval(values);
}

/// Compares each row with the controls of the same classifier and with those whose classifier no row has;
/// with all controls if compares_all is set.
std::vector<ResultTable::Difference> ResultTable::differences() const {
    std::vector<Difference> all;
    for (const auto& row : rows_) {
        for (const auto& control : rows_) {
            const bool is_read_alike = std::ranges::any_of(rows_, [&](const Row& other) {
                return !other.is_control && other.classifier == control.classifier;
            });
            if (!row.is_control && control.is_control &&
                (test_.compares_all || control.classifier == row.classifier || !is_read_alike)) {
                all.push_back({&row, &control, difference(row, control)});
            }
        }
    }
    return all;
}

torch::Tensor ResultTable::confusion_of(const Row& row) {
    auto sum = torch::zeros_like(row.runs.front().confusion);
    for (const auto& run : row.runs) {
        sum += run.confusion;
    }
    return sum;
}

std::string ResultTable::text() const {
    constexpr auto line = "{:<34} {:<24} {:<22} {:<22} {}\n";
    auto text = fmt::format(line, "", "", "top-1", "top-5", "macro F1");
    for (const auto& row : rows_) {
        text += fmt::format(line, row.name, row.classifier,
                            interval_text(interval(row, &Scores::top1, &Scores::correct)),
                            interval_text(interval(row, &Scores::top5, &Scores::correct5)),
                            row.runs.size() > 1 ? interval_text(interval_over_runs(row, &Scores::macro_f1))
                                                : fmt::format("{:.3f}", row.runs.front().macro_f1));
    }
    const auto pairs = differences_text();
    if (!pairs.empty()) {
        text += fmt::format("\n{:<59} {}\n", "paired differences of top-1 to the controls", "");
    }
    return text + pairs;
}

std::string ResultTable::differences_text() const {
    std::string text;
    for (const auto& [row, control, top1] : differences()) {
        text += fmt::format("{:<34} {:<24} {}\n", control->name, row->classifier, signed_interval_text(top1));
    }
    return text;
}

std::vector<ResultTable::Mean> ResultTable::means() const {
    std::vector<Mean> means;
    for (const auto& row : rows_) {
        means.push_back({row.name, row.classifier, interval(row, &Scores::top1, &Scores::correct).mean});
    }
    return means;
}

std::string ResultTable::per_class_text() const {
    std::string text;
    for (const auto& row : rows_) {
        if (row.is_control) {
            continue;
        }
        text += fmt::format("\n{}, {}\n{:<24} {:>6} {:>9} {:>10} {:>7} {:>6}\n", row.name, row.classifier,
                            "class", "clips", "predicted", "precision", "recall", "F1");
        const auto scores = per_gloss(confusion_of(row));
        for (std::size_t i = 0; i < scores.size(); ++i) {
            text += fmt::format("{:<24} {:>6} {:>9} {:>10.3f} {:>7.3f} {:>6.3f}\n", test_.classes[i],
                                scores[i].clips, scores[i].predicted, scores[i].precision, scores[i].recall,
                                scores[i].f1);
        }
    }
    return text;
}

nlohmann::json ResultTable::json_of(const Scores& run) {
    nlohmann::json json{{"top1", run.top1},       {"top5", run.top5},         {"macro_f1", run.macro_f1},
                        {"correct", run.correct}, {"correct5", run.correct5}, {"predicted", run.predicted},
                        {"chosen", nullptr}};
    auto& chosen = json["chosen"];
    if (run.validation_top1) {
        chosen["validation_top1"] = *run.validation_top1;
    }
    if (run.chosen_epochs > 0) {
        chosen["epochs"] = run.chosen_epochs;
    } else if (run.validation_top1) {
        chosen["learning_rate"] = run.chosen.learning_rate;
        chosen["weight_decay"] = run.chosen.weight_decay;
    }
    return json;
}

nlohmann::json ResultTable::json_of(const Row& row) const {
    const auto confusion = confusion_of(row);
    nlohmann::json classes = nlohmann::json::array();
    const auto scores = per_gloss(confusion);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        classes.push_back({{"name", test_.classes[i]},
                           {"clips", scores[i].clips},
                           {"predicted", scores[i].predicted},
                           {"precision", scores[i].precision},
                           {"recall", scores[i].recall},
                           {"f1", scores[i].f1}});
    }
    nlohmann::json json{{"name", row.name},
                        {"classifier", row.classifier},
                        {"control", row.is_control},
                        {"top1", interval(row, &Scores::top1, &Scores::correct)},
                        {"top5", interval(row, &Scores::top5, &Scores::correct5)},
                        {"confusion", rows_of(confusion)},
                        {"per_class", classes}};
    if (row.runs.size() > 1) {
        const auto f1 = interval_over_runs(row, &Scores::macro_f1);
        json["macro_f1"] = f1.mean;
        json["macro_f1_interval"] = f1;
        for (const auto& run : row.runs) {
            json["runs"].push_back(json_of(run));
        }
        return json;
    }
    auto own = json_of(row.runs.front());
    own.update(json);  // its "top1" and "top5" have intervals
    return own;
}

nlohmann::json ResultTable::json() const {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        rows.push_back(json_of(row));
    }
    nlohmann::json pairs = nlohmann::json::array();
    for (const auto& [row, control, top1] : differences()) {
        pairs.push_back({{"name", row->name},
                         {"classifier", row->classifier},
                         {"control", control->name},
                         {"control_classifier", control->classifier},
                         {"top1", top1}});
    }
    const auto runs = rows_.empty() ? 1 : rows_.front().runs.size();
    return {{"rows", rows},
            {"differences", pairs},
            {"truth", whole_numbers(test_.truth)},
            {"interval", runs > 1 ? fmt::format("95 % Student t over {} runs", runs)
                                  : "95 % bootstrap over the test clips of one seed"}};
}

}  // namespace sslslr
