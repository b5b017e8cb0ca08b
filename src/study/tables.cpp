#include "src/study/tables.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <torch/torch.h>

#include "src/evaluate/intervals.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/study/measure.hpp"

namespace sslslr {
namespace {

/// A figure's sources: a number a run and, of shares of test clips, a number a clip of the first run.
struct Values {
    std::vector<double> runs;
    std::vector<double> clips;
};

double mean_over(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Whether each clip was right, in the mean over the folds that it tests in, by data set and clip.
class ClipMeans {
public:
    void add(const EvaluationJob& job, const std::vector<std::int64_t>& clips, const std::string& bits) {
        for (std::size_t i = 0; i < clips.size(); ++i) {
            auto& [sum, count] = means_[{job.data, clips[i]}];
            sum += bits[i] == '1';
            ++count;
        }
    }
    std::vector<double> values() const {
        std::vector<double> values;
        for (const auto& [clip, mean] : means_) {
            values.push_back(mean.first / static_cast<double>(mean.second));
        }
        return values;
    }

private:
    std::map<std::pair<std::int64_t, std::int64_t>, std::pair<double, std::int64_t>> means_;
};

/// Looks jobs up and makes values of them.
class Results {
public:
    Results(const ExperimentPlan& plan, const ResultOf& result_of) : plan_{plan}, result_of_{result_of} {
        for (const auto& job : plan.evaluations) {
            evaluations_.emplace(job.id, &job);
        }
    }

    const EvaluationJob& evaluation(const std::string& id) const { return *evaluations_.at(id); }
    const FoldFacts& fold(const EvaluationJob& job) const {
        return plan_.data[static_cast<std::size_t>(job.data)].folds[static_cast<std::size_t>(job.fold)];
    }
    std::optional<JobRecord> record(const std::string& id) const { return result_of_(id); }

    /// The runs of a cell of which every fold is done.
    Values values(const PlannedCell& cell, const std::string& measure) const {
        Values values;
        for (const auto& jobs : cell) {
            const auto clips = run_values(jobs, measure);
            if (clips.empty()) {
                continue;
            }
            values.runs.push_back(mean_over(clips));
            if (values.clips.empty() && is_share(measure)) {
                values.clips = clips;
            }
        }
        return values;
    }

private:
    static bool is_share(const std::string& measure) { return measure == "top1" || measure == "top5"; }

    /// A number a test clip, or a number a fold; none if a job is missing.
    std::vector<double> run_values(const std::vector<std::string>& jobs, const std::string& measure) const {
        ClipMeans means;
        std::vector<double> folds;
        for (const auto& id : jobs) {
            const auto found = record(id);
            if (!found) {
                return {};
            }
            if (is_share(measure)) {
                const auto& job = evaluation(id);
                means.add(job, fold(job).test,
                          found->detail[measure == "top1" ? "correct" : "correct5"].get<std::string>());
            } else if (const auto value = found->outcome.find(measure); value != found->outcome.end()) {
                folds.push_back(value->get<double>());
            }
        }
        return is_share(measure) ? means.values() : folds;
    }

    const ExperimentPlan& plan_;
    const ResultOf& result_of_;
    std::map<std::string, const EvaluationJob*> evaluations_;
};

nlohmann::json interval_json(const Values& values) {
    nlohmann::json json{{"mean", mean_over(values.runs)}, {"low", nullptr}, {"high", nullptr}};
    std::optional<Interval> interval;
    if (values.runs.size() >= 2) {
        interval = student_interval(values.runs);
    } else if (!values.clips.empty()) {
        interval = bootstrap_interval(values.clips);
    }
    if (interval) {
        json["low"] = interval->low;
        json["high"] = interval->high;
    }
    return json;
}

nlohmann::json cell_json(const PlannedCell& cell, const Measure& measure, const Results& results) {
    if (cell.empty()) {
        return {{"status", "none"}};
    }
    const auto values = results.values(cell, measure.name);
    if (values.runs.empty()) {
        return {{"status", "missing"}};
    }
    auto json = interval_json(values);
    json["status"] = "done";
    json["runs"] = values.runs.size();
    json["clips"] = values.clips.size();
    json["values"] = values.runs;
    if (measure.source == Measure::Source::labels) {
        for (const auto* const other : {"top1", "top5", "macro_f1"}) {
            json[other] = interval_json(results.values(cell, other));
        }
    }
    return json;
}

std::optional<Interval> difference_of(const PlannedCell& first, const PlannedCell& second,
                                      const std::string& measure, const Results& results) {
    const auto a = results.values(first, measure);
    const auto b = results.values(second, measure);
    if (a.runs.size() >= 2 && a.runs.size() == b.runs.size()) {
        return student_interval(differences(a.runs, b.runs));
    }
    if (!a.clips.empty() && a.clips.size() == b.clips.size()) {
        return bootstrap_interval(differences(a.clips, b.clips));
    }
    return std::nullopt;
}

/// Which of the methods is best, which second, and whether the results tell them apart.
void add_comparison(nlohmann::json& row, const PlannedTable& table, std::size_t number,
                    const Measure& measure, const Results& results) {
    row["best"] = nullptr;
    row["second"] = nullptr;
    row["best_over_second"] = nullptr;
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const auto& cell = row["cells"][column];
        if (table.columns[column].kind == "method" && cell["status"] == "done" && measure.sign != 0) {
            order.emplace_back(-measure.sign * cell["mean"].get<double>(), column);
        }
    }
    if (order.size() < 2) {
        return;
    }
    std::ranges::sort(order);
    const auto best = order[0].second;
    const auto second = order[1].second;
    row["best"] = table.columns[best].name;
    row["second"] = table.columns[second].name;
    const auto difference =
        difference_of(table.cells[number][best], table.cells[number][second], measure.name, results);
    if (difference) {
        const bool is_better =
            measure.sign * difference->mean > 0 && (difference->low > 0 || difference->high < 0);
        row["best_over_second"] = {{"difference", difference->mean},
                                   {"low", difference->low},
                                   {"high", difference->high},
                                   {"verdict", is_better ? "better" : "not distinguishable"}};
    }
}

std::string cell_text(const nlohmann::json& cell, double scale, int digits) {
    if (cell["status"] != "done") {
        return cell["status"] == "none" ? "-" : "(not yet)";
    }
    const auto mean = fmt::format("{:.{}f}", scale * cell["mean"].get<double>(), digits);
    return cell["low"].is_null()
               ? mean
               : fmt::format("{} [{:.{}f}, {:.{}f}]", mean, scale * cell["low"].get<double>(), digits,
                             scale * cell["high"].get<double>(), digits);
}

}  // namespace

nlohmann::json table_of(const PlannedTable& table, const ExperimentPlan& plan, const ResultOf& result_of) {
    const Results results{plan, result_of};
    const auto& measure = measure_named(table.spec.measure);
    nlohmann::json json{{"name", table.spec.name},
                        {"title", table.spec.title},
                        {"layout", table.spec.layout},
                        {"measure", table.spec.measure},
                        {"unit", measure.unit},
                        {"scale", measure.scale},
                        {"digits", measure.digits},
                        {"higher_is_better", nullptr},
                        {"note", table.spec.note},
                        {"columns", table.columns},
                        {"rows", nlohmann::json::array()},
                        {"published", nlohmann::json::array()}};
    if (measure.sign != 0) {
        json["higher_is_better"] = measure.sign > 0;
    }
    for (std::size_t number = 0; number < table.rows.size(); ++number) {
        nlohmann::json row = table.rows[number];
        row["cells"] = nlohmann::json::array();
        for (const auto& cell : table.cells[number]) {
            row["cells"].push_back(cell_json(cell, measure, results));
        }
        add_comparison(row, table, number, measure, results);
        json["rows"].push_back(std::move(row));
    }
    return json;
}

std::optional<Interval> paired_difference(const PlannedCell& a, const PlannedCell& b,
                                          const std::string& measure, const ExperimentPlan& plan,
                                          const ResultOf& result_of) {
    return difference_of(a, b, measure, Results{plan, result_of});
}

nlohmann::json classes_of(const PlannedTable& table, const ExperimentPlan& plan, const ResultOf& result_of) {
    nlohmann::json all = nlohmann::json::array();
    const Results results{plan, result_of};
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        for (std::size_t column = 0; column < table.columns.size(); ++column) {
            torch::Tensor confusion;
            std::vector<std::string> names;
            for (const auto& jobs : table.cells[row][column]) {
                for (const auto& id : jobs) {
                    const auto found = results.record(id);
                    if (!found || !found->detail.contains("predicted")) {
                        continue;
                    }
                    const auto& fold = results.fold(results.evaluation(id));
                    const auto matrix = confusion_matrix(
                        torch::tensor(found->detail["predicted"].get<std::vector<std::int64_t>>()),
                        torch::tensor(fold.test_classes), std::ssize(fold.class_names));
                    confusion = confusion.defined() ? confusion + matrix : matrix;
                    names = fold.class_names;
                }
            }
            if (!confusion.defined()) {
                continue;
            }
            nlohmann::json entry{{"table", table.spec.name},
                                 {"data", table.rows[row].target},
                                 {"column", table.columns[column].name},
                                 {"column_title", table.columns[column].title},
                                 {"augmentation", table.rows[row].augmentation},
                                 {"names", names}};
            for (std::int64_t gloss = 0; gloss < confusion.size(0); ++gloss) {
                const auto counts = confusion[gloss].contiguous();
                entry["confusion"].push_back(std::vector<std::int64_t>(
                    counts.data_ptr<std::int64_t>(), counts.data_ptr<std::int64_t>() + counts.numel()));
            }
            for (const auto& scores : per_gloss(confusion)) {
                entry["per_class"].push_back({{"clips", scores.clips},
                                              {"precision", scores.precision},
                                              {"recall", scores.recall},
                                              {"f1", scores.f1}});
            }
            all.push_back(std::move(entry));
        }
    }
    return all;
}

std::string text_of_table(const nlohmann::json& table) {
    const auto scale = table["scale"].get<double>();
    const auto digits = table["digits"].get<int>();
    auto text =
        fmt::format("\nTable {}. {}{}\n", table["name"].get<std::string>(), table["title"].get<std::string>(),
                    table["unit"] == "" ? "" : fmt::format(" ({})", table["unit"].get<std::string>()));
    for (const auto& row : table["rows"]) {
        text += fmt::format("  {}\n", row["title"].get<std::string>());
        for (std::size_t column = 0; column < table["columns"].size(); ++column) {
            text += fmt::format("    {:<28} {}{}\n", table["columns"][column]["title"].get<std::string>(),
                                cell_text(row["cells"][column], scale, digits),
                                row["best"] == table["columns"][column]["name"] ? "  best" : "");
        }
        if (!row["best_over_second"].is_null()) {
            text += fmt::format("    best and second: {}\n",
                                row["best_over_second"]["verdict"].get<std::string>());
        }
    }
    return text;
}

}  // namespace sslslr
