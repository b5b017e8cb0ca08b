#include "src/study/study_results.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "src/study/measure.hpp"

namespace sslslr {
namespace {

double mean_over(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool is_share(const std::string& measure) {
    return measure_named(measure).of_clips != nullptr;
}

/// How often each clip was right, as the mean over the folds that it tests in, by data set and clip.
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

}  // namespace

StudyResults::StudyResults(const ExperimentPlan& plan, ResultOf result_of)
    : plan_{plan}, result_of_{std::move(result_of)} {
    for (const auto& job : plan.evaluations) {
        evaluations_.emplace(job.id, &job);
    }
}

const FoldFacts& StudyResults::fold(const EvaluationJob& job) const {
    return plan_.data[static_cast<std::size_t>(job.data)].folds[static_cast<std::size_t>(job.fold)];
}

const JobRecord* StudyResults::record(const std::string& id) const {
    auto found = records_.find(id);
    if (found == records_.end()) {
        found = records_.emplace(id, result_of_(id)).first;
    }
    return found->second ? &*found->second : nullptr;
}

CellValues StudyResults::values(const PlannedCell& cell, const std::string& measure) const {
    CellValues values;
    for (const auto& jobs : cell) {
        const auto of_run = run_values(jobs, measure);
        if (of_run.empty()) {
            continue;
        }
        values.runs.push_back(mean_over(of_run));
        if (values.clips.empty() && is_share(measure)) {
            values.clips = of_run;
        }
    }
    return values;
}

/// Returns one value per test clip, or one per fold; none if a job is missing.
std::vector<double> StudyResults::run_values(const std::vector<std::string>& jobs,
                                             const std::string& measure) const {
    ClipMeans means;
    std::vector<double> folds;
    for (const auto& id : jobs) {
        const auto* const found = record(id);
        if (found == nullptr) {
            return {};
        }
        if (is_share(measure)) {
            const auto& job = evaluation(id);
            means.add(job, fold(job).test, found->detail[measure_named(measure).of_clips].get<std::string>());
        } else if (const auto value = found->outcome.find(measure); value != found->outcome.end()) {
            folds.push_back(value->get<double>());
        }
    }
    return is_share(measure) ? means.values() : folds;
}

std::optional<Figure> StudyResults::figure(const PlannedCell& cell, const std::string& measure) const {
    const auto found = values(cell, measure);
    return found.runs.empty() ? std::nullopt : std::optional{figure_of(found)};
}

std::optional<Interval> StudyResults::difference(const PlannedCell& first, const PlannedCell& second,
                                                 const std::string& measure) const {
    CellValues found;
    if (first.empty() || second.empty()) {
        return std::nullopt;
    }
    // A control without a seed was done once and is compared with every run of the other cell.
    const auto runs = first.size() == 1 || second.size() == 1 ? std::max(first.size(), second.size())
                                                              : std::min(first.size(), second.size());
    for (std::size_t run = 0; run < runs; ++run) {
        const auto a = run_values(first[std::min(run, first.size() - 1)], measure);
        const auto b = run_values(second[std::min(run, second.size() - 1)], measure);
        if (a.empty() || b.empty()) {
            continue;
        }
        found.runs.push_back(mean_over(a) - mean_over(b));
        if (found.clips.empty() && is_share(measure) && a.size() == b.size()) {
            found.clips = differences(a, b);
        }
    }
    return found.runs.empty() ? std::nullopt : figure_of(found).interval;
}

Figure figure_of(const CellValues& values) {
    Figure figure{.mean = mean_over(values.runs), .interval = std::nullopt};
    if (values.runs.size() >= 2) {
        figure.interval = student_interval(values.runs);
    } else if (!values.clips.empty()) {
        figure.interval = bootstrap_interval(values.clips);
    }
    return figure;
}

}  // namespace sslslr
