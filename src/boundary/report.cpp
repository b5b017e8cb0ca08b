#include "src/boundary/report.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/boundary/race.hpp"

namespace sslslr {
namespace {

/// Returns the interval of two accuracies or more.
std::optional<Interval> interval_of(const std::vector<double>& accuracies) {
    return accuracies.size() >= 2 ? std::optional{student_interval(accuracies)} : std::nullopt;
}

/// Builds the report of a search from its plan and its ledger.
class Reporter {
public:
    Reporter(const SearchPlan& plan, const SearchJobs& jobs, const LedgerFiles& files)
        : plan_{plan}, jobs_{jobs}, files_{files}, lookup_{jobs.lookup(files.state())} {}

    BoundaryReport report() const {
        const auto start = jobs_.search(Side::start, files_.state());
        const auto end = jobs_.search(Side::end, files_.state());
        const auto k1 = answer_of(start);
        const auto k2 = answer_of(end);
        BoundaryReport report{.k1 = jobs_.searches(Side::start) ? k1 : std::nullopt,
                              .k2 = jobs_.searches(Side::end) ? k2 : std::nullopt,
                              .warning = {},
                              .code = plan_.code,
                              .search = search(),
                              .validated_by = plan_.validated_by,
                              .validation_clips = plan_.validation.size(),
                              .start = side(Side::start, start),
                              .end = side(Side::end, end),
                              .other_modes = other_modes(),
                              .comparisons = comparisons(k1, k2),
                              .clips = k1 && k2 ? clips(*k1, *k2) : std::nullopt,
                              .signs = {},
                              .cost = cost()};
        if (k1 && k2 && *k1 + *k2 > search().frames) {
            report.warning =
                fmt::format("k1 + k2 exceed the {} frames: k2 is cut to what k1 leaves", search().frames);
        }
        if (learns_nothing(report)) {
            report.warning += std::string{report.warning.empty() ? "" : "; "} +
                              "no training is better than random weights, so none can show a boundary: train "
                              "longer, or on more clips";
        }
        if (report.clips && report.clips->front().pair) {
            report.signs = sign_rows(*report.clips);
        }
        return report;
    }

private:
    const SearchConfig& search() const { return jobs_.search(); }

    static std::optional<std::int64_t> answer_of(const SideSearch& side) {
        return side.progress == SideSearch::Progress::answered ? std::optional{side.k} : std::nullopt;
    }

    /// Returns whether the best k is not above random weights; false before both are known.
    bool learns_nothing(const BoundaryReport& report) const {
        const auto& random =
            *std::ranges::find(report.comparisons, std::string{"random weights"}, &Comparison::what);
        double best = -1;
        for (const auto* const side : {&report.start, &report.end}) {
            for (const auto& point : side->curve) {
                best = std::max(best, point.mean);
            }
        }
        const bool is_answered =
            (report.k1 || !jobs_.searches(Side::start)) && (report.k2 || !jobs_.searches(Side::end));
        return is_answered && random.interval && best <= random.interval->mean;
    }

    std::vector<std::int64_t> lengths() const {
        auto lengths = grid_of(search());
        lengths.insert(lengths.begin(), 0);
        return lengths;
    }

    SideReport side(Side which, const SideSearch& found) const {
        SideReport side{.curve = {}, .verdict = {}, .is_decided = {}, .why = io::as_options(found.why)};
        const auto verdicts = verdicts_of(which, found, search(), lookup_);
        const auto reference = point_of(which, 0, search().repeats, lookup_);
        for (const auto k : lengths()) {
            const auto point = point_of(which, k, search().repeats, lookup_);
            const auto accuracies = point.known();
            if (accuracies.empty()) {
                continue;
            }
            auto& row = side.curve.emplace_back(
                CurvePoint{k, accuracies, point.mean(), interval_of(accuracies), {}, {}});
            if (k > 0) {
                row.against_reference = paired_difference(point, reference);
                const auto verdict = std::ranges::find(verdicts, k, &KVerdict::k);
                row.verdict = verdict == verdicts.end() ? std::nullopt : std::optional{*verdict};
            }
        }
        if (answer_of(found) && jobs_.searches(which)) {
            side.is_decided = found.is_decided;
            side.verdict = verdict_of(found, verdicts, search());
        }
        return side;
    }

    /// Returns what each mode answers on the results so far, and how many trainings each answer needs.
    std::vector<ModeAnswer> other_modes() const {
        std::vector<ModeAnswer> answers;
        for (const auto mode : {SearchMode::racing, SearchMode::tolerant, SearchMode::strict}) {
            auto config = search();
            config.mode = mode;
            const auto start = search_side(Side::start, config, lookup_);
            const auto end = search_side(Side::end, config, lookup_);
            ModeAnswer answer{mode, answer_of(start), answer_of(end), {}};
            if (answer.k1 && answer.k2) {
                answer.trainings = trainings_of(start, end);
            }
            answers.push_back(answer);
        }
        return answers;
    }

    /// Returns how many trainings the answers of both sides need.
    static std::int64_t trainings_of(const SideSearch& start, const SideSearch& end) {
        auto trials = start.rests_on;
        trials.insert(end.rests_on.begin(), end.rests_on.end());
        return std::ssize(trials);
    }

    /// Returns the accuracies of all repeats of a trial.
    Point point_of_kind(Trial trial) const {
        Point point;
        for (trial.repeat = 0; trial.repeat < search().repeats; ++trial.repeat) {
            const auto known = lookup_(trial);
            point.accuracies.push_back(known.status == Known::Status::done ? std::optional{known.accuracy}
                                                                           : std::nullopt);
        }
        return point;
    }

    Comparison comparison(const std::string& name, const Trial& trial, std::int64_t trainings) const {
        const auto point = point_of_kind(trial);
        Comparison row{.what = name, .accuracies = point.known(), .trainings = trainings};
        row.interval = interval_of(row.accuracies);
        if (trial != Trial{}) {
            row.against_none = paired_difference(point, point_of_kind({}));
        }
        return row;
    }

    std::vector<Comparison> comparisons(std::optional<std::int64_t> k1,
                                        std::optional<std::int64_t> k2) const {
        const auto trainings =
            trainings_of(jobs_.search(Side::start, files_.state()), jobs_.search(Side::end, files_.state()));
        std::vector rows{comparison("no permutation", {}, 0),
                         comparison("random weights", {.kind = Trial::Kind::random}, 0)};
        if (k1 && k2) {
            rows.push_back(comparison("the search's k1 and k2", {.k1 = *k1, .k2 = *k2}, trainings));
        }
        if (plan_.differing.size() == 2) {
            rows.push_back({.what = "frames in which classes differ",
                            .k1 = static_cast<double>(plan_.differing[0]),
                            .k2 = static_cast<double>(plan_.differing[1])});
        }
        auto drawn = comparison("random lengths, then sensitivity", {.kind = Trial::Kind::drawn}, 1);
        add_estimate(drawn, k1, k2);
        rows.push_back(drawn);
        return rows;
    }

    /// Adds the boundary that was estimated without a search, and how well it agrees with the search's.
    void add_estimate(Comparison& row, std::optional<std::int64_t> k1, std::optional<std::int64_t> k2) const {
        const auto* const detail = detail_of({.kind = Trial::Kind::drawn});
        if (detail == nullptr || !detail->contains("estimate")) {
            return;
        }
        const auto& estimate = detail->at("estimate");
        for (const auto& [name, k, of_data, near_k] :
             {std::tuple{"k1", k1, &Comparison::k1, &Comparison::near_k1},
              std::tuple{"k2", k2, &Comparison::k2, &Comparison::near_k2}}) {
            row.*of_data = estimate.at(name).get<double>();
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
            row.*near_k = near / static_cast<double>(of_clips.size());
        }
    }

    const nlohmann::json* detail_of(const Trial& trial) const {
        const auto* const result = files_.accepted(jobs_.id_of(trial));
        return result == nullptr ? nullptr : &result->record.at("detail");
    }

    /// Collects correctness at those of the boundaries that have all of the first `repeats` repeats.
    Correctness correctness(const std::vector<ClipBoundary>& boundaries, std::int64_t repeats) const {
        Correctness data;
        for (const auto& [k1, k2] : boundaries) {
            std::vector<std::vector<bool>> bits;
            for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
                if (const auto* const detail = detail_of({.k1 = k1, .k2 = k2, .repeat = repeat})) {
                    bits.push_back(
                        bits_of_hex(detail->at("correct").get<std::string>(), plan_.validation.size()));
                }
            }
            if (std::ssize(bits) == repeats) {
                data.boundaries.push_back({k1, k2});
                data.correct.push_back(std::move(bits));
            }
        }
        return data;
    }

    /// Returns the clips' own k of one side, from the repeats that every k of a search has.
    std::optional<OwnBoundaries> own(Side which, std::int64_t k) const {
        const auto repeats = search().mode == SearchMode::racing ? search().first_repeats : search().repeats;
        std::vector<ClipBoundary> boundaries;
        for (const auto length : lengths()) {
            const auto trial = trial_of(which, length, 0);
            boundaries.push_back({trial.k1, trial.k2});
        }
        const auto global = trial_of(which, k, 0);
        return own_of(correctness(boundaries, repeats), {global.k1, global.k2}, repeats);
    }

    /// Returns the clips' own of these boundaries, as far as their results are there; nothing before those of
    /// the global one are.
    std::optional<OwnBoundaries> own_of(const Correctness& data, const ClipBoundary& global,
                                        std::int64_t repeats) const {
        if (repeats < 2 || std::ranges::find(data.boundaries, global) == data.boundaries.end()) {
            return std::nullopt;  // one half of the repeats chooses and the other scores
        }
        return own_boundaries(data, global);
    }

    std::optional<std::vector<ClipRow>> clips(std::int64_t k1, std::int64_t k2) const {
        const auto start = jobs_.searches(Side::start) ? own(Side::start, k1) : std::nullopt;
        const auto end = jobs_.searches(Side::end) ? own(Side::end, k2) : std::nullopt;
        if (jobs_.searches(Side::start) != start.has_value() ||
            jobs_.searches(Side::end) != end.has_value()) {
            return std::nullopt;
        }
        const auto around = pairs_around(search(), {k1, k2});
        const auto data = correctness(around, pair_repeats(search()));
        return clip_rows(plan_, start, end,
                         data.boundaries.size() < around.size()
                             ? std::nullopt
                             : own_of(data, {k1, k2}, pair_repeats(search())));
    }

    SearchCost cost() const {
        const auto& counts = files_.state().counts();
        SearchCost cost{.most_jobs = jobs_.most_jobs(),
                        .cancelled_jobs = counts.cancelled,
                        .cancelled_seconds = counts.cancelled_seconds,
                        .lost_attempts = counts.lost};
        for (const auto& [id, job] : files_.state().jobs()) {
            if (job.status == JobStatus::done) {
                cost.rank_seconds += job.seconds * static_cast<double>(plan_.ranks_per_job);
                ++cost.jobs;
            }
        }
        if (const double alive = files_.state().alive_seconds(); alive > 0) {
            cost.busy_share = files_.state().busy_seconds() / alive;
        }
        return cost;
    }

    const SearchPlan& plan_;
    const SearchJobs& jobs_;
    const LedgerFiles& files_;
    Lookup lookup_;
};

}  // namespace

BoundaryReport report_of(const SearchPlan& plan, const SearchJobs& jobs, const LedgerFiles& files) {
    return Reporter{plan, jobs, files}.report();
}

}  // namespace sslslr
