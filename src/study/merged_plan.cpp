#include "src/study/merged_plan.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

namespace sslslr {
namespace {

/// Adds to `data` the data sets of `before` that it lacks. Returns the place in `data` of each one of
/// `before`; nothing if one has changed.
std::optional<std::vector<std::int64_t>> added(const std::vector<DataFacts>& before,
                                               std::vector<DataFacts>& data) {
    std::vector<std::int64_t> places;
    for (const auto& facts : before) {
        const auto found = std::ranges::find(data, facts.name, &DataFacts::name);
        if (found != data.end() && nlohmann::json(*found) != nlohmann::json(facts)) {
            return std::nullopt;
        }
        places.push_back(found - data.begin());
        if (found == data.end()) {
            data.push_back(facts);
        }
    }
    return places;
}

/// Adds to `jobs` the jobs of `before` that it lacks.
template <class Job>
void add_jobs(std::vector<Job>& jobs, const std::vector<Job>& before,
              const std::vector<std::int64_t>& places) {
    std::set<std::string> known;
    std::ranges::transform(jobs, std::inserter(known, known.end()), &Job::id);
    for (auto job : before) {
        if (known.insert(job.id).second) {
            job.data = places[static_cast<std::size_t>(job.data)];
            jobs.push_back(std::move(job));
        }
    }
}

}  // namespace

ExperimentPlan merged(const ExperimentPlan& now, const ExperimentPlan& before) {
    auto both = now;
    const auto places = added(before.data, both.data);
    if (!places) {
        return now;
    }
    add_jobs(both.pretrainings, before.pretrainings, *places);
    add_jobs(both.evaluations, before.evaluations, *places);
    const auto add_lacking = [](auto& to, const auto& from, const auto& name) {
        for (const auto& each : from) {
            if (std::ranges::find(to, name(each), name) == to.end()) {
                to.push_back(each);
            }
        }
    };
    add_lacking(both.tables, before.tables, [](const PlannedTable& table) { return table.spec.name; });
    add_lacking(both.panels, before.panels, [](const PlannedPanel& panel) { return panel.evaluation; });
    return both;
}

}  // namespace sslslr
