#include "src/boundary/report.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/boundary/clip_report.hpp"
#include "src/boundary/observations.hpp"

namespace sslslr {
namespace {

using Json = nlohmann::json;

Json json_of(const Interval& interval) {
    return {{"mean", interval.mean}, {"low", interval.low}, {"high", interval.high}};
}

/// A study and its results, as the report looks at them.
class Reporter {
public:
    Reporter(const StudyPlan& plan, const BoundaryJobs& jobs, const LedgerFiles& files)
        : plan_{plan}, jobs_{jobs}, files_{files}, lookup_{jobs.lookup(files.state())} {}

    Json report() const {
        const auto start = jobs_.search(Side::start, files_.state());
        const auto end = jobs_.search(Side::end, files_.state());
        const auto k1 = answer_of(start);
        const auto k2 = answer_of(end);
        Json report{{"k1", k1 && jobs_.searches(Side::start) ? Json(*k1) : Json(nullptr)},
                    {"k2", k2 && jobs_.searches(Side::end) ? Json(*k2) : Json(nullptr)},
                    {"code", plan_.code},
                    {"frames", search().frames},
                    {"step", search().step},
                    {"mode", search().mode},
                    {"halving", search().halving},
                    {"repeats", search().repeats},
                    {"validated_by", plan_.validated_by},
                    {"validation_clips", plan_.validation.size()},
                    {"start", side(Side::start, start)},
                    {"end", side(Side::end, end)},
                    {"other_modes", other_modes()},
                    {"comparisons", comparisons(k1, k2)},
                    {"clips", nullptr},
                    {"signs", nullptr},
                    {"cost", cost()}};
        if (k1 && k2 && *k1 + *k2 > search().frames) {
            report["warning"] =
                fmt::format("k1 + k2 exceed the {} frames: k2 is cut to what k1 leaves", search().frames);
        }
        if (k1 && k2) {
            report["clips"] = clips(*k1, *k2);
        }
        if (!report["clips"].is_null()) {
            report["signs"] = sign_rows(report["clips"]);
        }
        return report;
    }

private:
    const SearchConfig& search() const { return jobs_.search(); }

    static std::optional<std::int64_t> answer_of(const SideSearch& side) {
        return side.progress == SideSearch::Progress::answered ? std::optional{side.k} : std::nullopt;
    }

    std::vector<std::int64_t> lengths() const {
        auto lengths = grid_of(search());
        lengths.insert(lengths.begin(), 0);
        return lengths;
    }

    Json side(Side which, const SideSearch& found) const {
        Json curve = Json::array();
        const auto reference = point_of(which, 0, search().repeats, lookup_);
        for (const auto k : lengths()) {
            const auto point = point_of(which, k, search().repeats, lookup_);
            const auto accuracies = point.known();
            if (accuracies.empty()) {
                continue;
            }
            Json row{{"k", k}, {"accuracies", accuracies}, {"mean", point.mean()}};
            if (accuracies.size() >= 2) {
                row["interval"] = json_of(student_interval(accuracies));
            }
            if (const auto difference = paired_difference(point, reference); difference && k > 0) {
                row["against_reference"] = json_of(*difference);
            }
            curve.push_back(row);
        }
        Json json{{"curve", curve}, {"why", io::as_options(found.why)}};
        if (const auto k = answer_of(found); k && jobs_.searches(which)) {
            json["verdict"] = verdict(which, *k);
        }
        return json;
    }

    Json verdict(Side which, std::int64_t k) const {
        const auto verdict = verdict_of(which, search(), k, lookup_);
        Json json{{"is_supported", verdict.is_supported},
                  {"against_reference", json_of(verdict.against_reference)},
                  {"larger_k_compared", verdict.compared}};
        if (verdict.worse_k > 0) {
            json["worse_k"] = verdict.worse_k;
            json["worse_by"] = json_of(verdict.worse_by);
        }
        return json;
    }

    /// What the other modes would answer by the results there are, and how many trainings each rests on.
    Json other_modes() const {
        Json rows = Json::array();
        for (const auto& [mode, halving] : {std::pair{"tolerant", false}, std::pair{"strict", false},
                                            std::pair{"full", false}, std::pair{"full", true}}) {
            auto config = search();
            config.mode = mode;
            config.halving = halving;
            Json row{{"mode", mode}, {"halving", halving}, {"trainings", search().repeats}};
            for (const auto& [which, name] : {std::pair{Side::start, "k1"}, std::pair{Side::end, "k2"}}) {
                const auto found = search_side(which, config, lookup_);
                const auto k = answer_of(found);
                row[name] = k ? Json(*k) : Json(nullptr);
                row["trainings"] = row["trainings"].get<std::int64_t>() + found.rests_on;
            }
            if (row["k1"].is_null() || row["k2"].is_null()) {
                row["trainings"] = nullptr;  // not known by these results
            }
            rows.push_back(row);
        }
        return rows;
    }

    /// The accuracies of a kind of trial, by repeat.
    Point point_of_kind(Trial trial) const {
        Point point;
        for (trial.repeat = 0; trial.repeat < search().repeats; ++trial.repeat) {
            const auto known = lookup_(trial);
            point.accuracies.push_back(known.status == Known::Status::done ? std::optional{known.accuracy}
                                                                           : std::nullopt);
        }
        return point;
    }

    Json comparison(const std::string& name, const Trial& trial, std::int64_t trainings) const {
        const auto point = point_of_kind(trial);
        Json row{{"what", name}, {"accuracies", point.known()}, {"trainings", trainings}};
        if (point.known().size() >= 2) {
            row["interval"] = json_of(student_interval(point.known()));
        }
        if (const auto difference = paired_difference(point, point_of_kind({}));
            difference && trial != Trial{}) {
            row["against_none"] = json_of(*difference);
        }
        return row;
    }

    Json comparisons(std::optional<std::int64_t> k1, std::optional<std::int64_t> k2) const {
        const auto trainings = jobs_.search(Side::start, files_.state()).rests_on +
                               jobs_.search(Side::end, files_.state()).rests_on + search().repeats;
        Json rows{comparison("no permutation", {}, 0),
                  comparison("random weights", {.kind = Trial::Kind::random}, 0)};
        if (k1 && k2) {
            rows.push_back(comparison("the search's k1 and k2", {.k1 = *k1, .k2 = *k2}, trainings));
        }
        for (const auto& [kind, name, cost] :
             {std::tuple{Trial::Kind::adaptive, "clips' own, by the motion of the wrists", 0},
              std::tuple{Trial::Kind::drawn, "lengths drawn anew, then sensitivity", 1}}) {
            auto row = comparison(name, {.kind = kind}, cost);
            add_estimate(row, {.kind = kind}, k1, k2);
            rows.push_back(row);
        }
        return rows;
    }

    /// How a boundary without a search agrees with the search's.
    void add_estimate(Json& row, const Trial& trial, std::optional<std::int64_t> k1,
                      std::optional<std::int64_t> k2) const {
        const auto* const detail = detail_of(trial);
        if (detail == nullptr || !detail->contains("estimate")) {
            return;
        }
        const auto& estimate = detail->at("estimate");
        for (const auto& [name, k] : {std::pair{"k1", k1}, std::pair{"k2", k2}}) {
            row[name] = estimate.at(name);
            const auto& of_clips = estimate.at(std::string{"clips_"} + name);
            if (!k || of_clips.size() != plan_.lengths.size()) {
                continue;
            }
            double near = 0;
            for (std::size_t clip = 0; clip < of_clips.size(); ++clip) {
                const double scaled = of_clips[clip].get<double>() * static_cast<double>(search().frames) /
                                      static_cast<double>(plan_.lengths[clip]);
                near +=
                    std::fabs(scaled - static_cast<double>(*k)) <= static_cast<double>(search().step) ? 1 : 0;
            }
            row[fmt::format("clips_within_a_step_of_{}", name)] = near / static_cast<double>(of_clips.size());
        }
    }

    const Json* detail_of(const Trial& trial) const {
        const auto id = jobs_.id_of(trial);
        const auto& job = files_.state().of(id);
        const auto* const result = files_.result(id, job.attempt);
        return job.status == JobStatus::done && result != nullptr ? &result->record.at("detail") : nullptr;
    }

    /// The k whose repeats are all there.
    SideCorrectness correctness(Side which) const {
        SideCorrectness data;
        for (const auto k : lengths()) {
            std::vector<std::vector<bool>> repeats;
            for (std::int64_t repeat = 0; repeat < search().repeats; ++repeat) {
                if (const auto* const detail = detail_of(trial_of(which, k, repeat))) {
                    repeats.push_back(
                        bits_of_hex(detail->at("correct").get<std::string>(), plan_.validation.size()));
                }
            }
            if (static_cast<std::int64_t>(repeats.size()) == search().repeats) {
                data.k.push_back(k);
                data.correct.push_back(std::move(repeats));
            }
        }
        return data;
    }

    Json clips(std::int64_t k1, std::int64_t k2) const {
        const auto starts = correctness(Side::start);
        const auto ends = correctness(Side::end);
        const auto has = [](const SideCorrectness& data, std::int64_t k) {
            return std::ranges::find(data.k, k) != data.k.end();
        };
        if (search().repeats < 2 || !has(starts, k1) || !has(ends, k2)) {
            return nullptr;  // the analysis chooses on one half of the repeats and scores on the other
        }
        const auto own = [&](Side side, const SideCorrectness& data, std::int64_t k) {
            return jobs_.searches(side) ? std::optional{own_boundaries(data, k)} : std::nullopt;
        };
        return clip_rows(plan_, own(Side::start, starts, k1), own(Side::end, ends, k2));
    }

    Json cost() const {
        double seconds = 0;
        std::int64_t done = 0;
        for (const auto& [id, job] : files_.state().jobs()) {
            if (job.status == JobStatus::done) {
                seconds += job.seconds * static_cast<double>(plan_.ranks_per_job);
                ++done;
            }
        }
        const auto& counts = files_.state().counts();
        const double alive = files_.state().alive_seconds();
        return {{"jobs", done},
                {"most_jobs", jobs_.most_jobs()},
                {"rank_seconds", seconds},
                {"cancelled_jobs", counts.cancelled},
                {"cancelled_seconds", counts.cancelled_seconds},
                {"lost_attempts", counts.lost},
                {"busy_share", alive > 0 ? Json(files_.state().busy_seconds() / alive) : Json(nullptr)}};
    }

    const StudyPlan& plan_;
    const BoundaryJobs& jobs_;
    const LedgerFiles& files_;
    Lookup lookup_;
};

}  // namespace

nlohmann::json report_of(const StudyPlan& plan, const BoundaryJobs& jobs, const LedgerFiles& files) {
    return Reporter{plan, jobs, files}.report();
}

}  // namespace sslslr
