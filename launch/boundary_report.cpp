#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "launch/boundary.hpp"
#include "launch/boundary_study.hpp"
#include "launch/result_table.hpp"
#include "launch/terminal.hpp"
#include "src/boundary/observations.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger_files.hpp"

namespace sslslr {
namespace {

constexpr const char* report_usage =
    "usage: sslslr boundary report --study FOLDER [--json]\n\n"
    "What a search has found, at any moment: k1 and k2, whether the data support them, accuracy against k, what\n"
    "single clips prefer, other modes by the same results, boundaries without a search, and what all that cost.\n"
    "Writes FOLDER/report/report.json; src/report/boundary.py FOLDER draws the figures.";

nlohmann::json json_of(const Interval& interval) {
    return {{"mean", interval.mean}, {"low", interval.low}, {"high", interval.high}};
}

/// A study and its results, as the report looks at them.
class Reporter {
public:
    Reporter(const PlannedStudy& study, const LedgerFiles& files)
        : study_{study}, files_{files}, jobs_{study.jobs()}, lookup_{jobs_.lookup(files.state())} {}

    nlohmann::json report() const {
        const auto start = jobs_.search(Side::start, files_.state());
        const auto end = jobs_.search(Side::end, files_.state());
        const bool is_answered = start.progress == SideSearch::Progress::answered &&
                                 end.progress == SideSearch::Progress::answered;
        nlohmann::json report{{"k1", nullptr},
                              {"k2", nullptr},
                              {"frames", search().frames},
                              {"mode", search().mode},
                              {"halving", search().halving},
                              {"repeats", search().repeats},
                              {"validated_by", study_.plan.validated_by},
                              {"validation_clips", study_.plan.validation.size()},
                              {"start", side(Side::start, start)},
                              {"end", side(Side::end, end)},
                              {"controls", controls()},
                              {"other_modes", other_modes()},
                              {"cost", cost()}};
        if (start.progress == SideSearch::Progress::answered) {
            report["k1"] = start.k;
        }
        if (end.progress == SideSearch::Progress::answered) {
            report["k2"] = end.k;
        }
        if (is_answered && start.k + end.k > search().frames) {
            report["warning"] = fmt::format("k1 + k2 exceed the {} frames: k2 is cut to what k1 leaves",
                                            search().frames);
        }
        if (is_answered) {
            report["clips"] = clips(start.k, end.k);
        }
        return report;
    }

private:
    const SearchConfig& search() const { return jobs_.search(); }

    nlohmann::json side(Side which, const SideSearch& found) const {
        nlohmann::json curve = nlohmann::json::array();
        auto lengths = grid_of(search());
        lengths.insert(lengths.begin(), 0);
        const auto reference = point_of(which, 0, search().repeats, lookup_);
        for (const auto k : lengths) {
            const auto point = point_of(which, k, search().repeats, lookup_);
            const auto accuracies = point.known();
            if (accuracies.empty()) {
                continue;
            }
            nlohmann::json row{{"k", k}, {"accuracies", accuracies}, {"mean", point.mean()}};
            if (accuracies.size() >= 2) {
                row["interval"] = json_of(student_interval(accuracies));
            }
            if (const auto difference = paired_difference(point, reference); difference && k > 0) {
                row["against_reference"] = json_of(*difference);
            }
            curve.push_back(row);
        }
        nlohmann::json json{{"curve", curve}, {"why", found.why}};
        if (found.progress == SideSearch::Progress::answered) {
            json["k"] = found.k;
            json["verdict"] = verdict(which, found.k);
        }
        return json;
    }

    nlohmann::json verdict(Side which, std::int64_t k) const {
        const auto verdict = verdict_of(which, search(), k, lookup_);
        nlohmann::json json{{"is_supported", verdict.is_supported},
                            {"against_reference", json_of(verdict.against_reference)}};
        if (verdict.worse_k > 0) {
            json["worse_k"] = verdict.worse_k;
            json["worse_by"] = json_of(verdict.worse_by);
        }
        return json;
    }

    /// Accuracies by repeat of a kind of trial.
    std::vector<double> accuracies_of(Trial trial) const {
        std::vector<double> accuracies;
        for (trial.repeat = 0; trial.repeat < search().repeats; ++trial.repeat) {
            if (const auto known = lookup_(trial); known.status == Known::Status::done) {
                accuracies.push_back(known.accuracy);
            }
        }
        return accuracies;
    }

    nlohmann::json row_of(const Trial& trial) const {
        const auto accuracies = accuracies_of(trial);
        nlohmann::json row{{"accuracies", accuracies}};
        if (accuracies.size() >= 2) {
            row["interval"] = json_of(student_interval(accuracies));
        }
        return row;
    }

    nlohmann::json controls() const {
        return {{"random_weights", row_of({.kind = Trial::Kind::random})}, {"no_permutation", row_of({})}};
    }

    /// What the other modes would answer by the results there are, and how many trainings each rests on.
    nlohmann::json other_modes() const {
        nlohmann::json rows = nlohmann::json::array();
        for (const auto& [mode, halving] : {std::pair{"tolerant", false}, std::pair{"strict", false},
                                            std::pair{"full", false}, std::pair{"full", true}}) {
            auto config = search();
            config.mode = mode;
            config.halving = halving;
            nlohmann::json row{{"mode", mode}, {"halving", halving}};
            std::int64_t rests_on = 0;
            for (const auto& [which, name] : {std::pair{Side::start, "k1"}, std::pair{Side::end, "k2"}}) {
                const auto found = search_side(which, config, lookup_);
                row[name] = found.progress == SideSearch::Progress::answered ? nlohmann::json(found.k)
                                                                             : nlohmann::json(nullptr);
                rests_on += found.rests_on;
            }
            row["trainings"] = row["k1"].is_null() || row["k2"].is_null() ? nlohmann::json(nullptr)
                                                                          : nlohmann::json(rests_on);
            rows.push_back(row);
        }
        return rows;
    }

    std::optional<std::vector<bool>> bits_of(const Trial& trial) const {
        const auto& job = files_.state().of(jobs_.id_of(trial));
        const auto* const result = files_.result(jobs_.id_of(trial), job.attempt);
        if (job.status != JobStatus::done || result == nullptr) {
            return std::nullopt;
        }
        return bits_of_hex(result->record.at("detail").at("correct").get<std::string>(),
                           study_.plan.validation.size());
    }

    /// The k whose repeats are all there.
    SideCorrectness correctness(Side which) const {
        SideCorrectness data;
        auto lengths = grid_of(search());
        lengths.insert(lengths.begin(), 0);
        for (const auto k : lengths) {
            std::vector<std::vector<bool>> repeats;
            for (std::int64_t repeat = 0; repeat < search().repeats; ++repeat) {
                if (auto bits = bits_of(trial_of(which, k, repeat))) {
                    repeats.push_back(std::move(*bits));
                }
            }
            if (static_cast<std::int64_t>(repeats.size()) == search().repeats) {
                data.k.push_back(k);
                data.correct.push_back(std::move(repeats));
            }
        }
        return data;
    }

    nlohmann::json clips(std::int64_t k1, std::int64_t k2) const {
        const auto starts = correctness(Side::start);
        const auto ends = correctness(Side::end);
        const auto has = [](const SideCorrectness& data, std::int64_t k) {
            return std::ranges::find(data.k, k) != data.k.end();
        };
        if (search().repeats < 2 || !has(starts, k1) || !has(ends, k2)) {
            return nullptr;  // the analysis chooses on one half of the repeats and scores on the other
        }
        const auto start = own_boundaries(starts, k1);
        const auto end = own_boundaries(ends, k2);
        nlohmann::json rows = nlohmann::json::array();
        for (std::size_t i = 0; i < study_.plan.validation.size(); ++i) {
            rows.push_back({{"clip", study_.plan.validation[i]},
                            {"sign", study_.plan.class_names[static_cast<std::size_t>(study_.plan.classes[i])]},
                            {"k1", start.best[i]},
                            {"k2", end.best[i]},
                            {"prefers_k1", static_cast<bool>(start.has_preference[i])},
                            {"prefers_k2", static_cast<bool>(end.has_preference[i])},
                            {"loss", (start.loss[i] + end.loss[i]) / 2},
                            {"inflated_loss", (start.inflated_loss[i] + end.inflated_loss[i]) / 2}});
        }
        return rows;
    }

    nlohmann::json cost() const {
        double seconds = 0;
        std::int64_t trainings = 0;
        for (const auto& [id, job] : files_.state().jobs()) {
            if (job.status == JobStatus::done) {
                seconds += job.seconds * static_cast<double>(study_.plan.ranks_per_job);
                ++trainings;
            }
        }
        const auto& counts = files_.state().counts();
        return {{"jobs", trainings},
                {"most_jobs", jobs_.most_jobs()},
                {"rank_seconds", seconds},
                {"cancelled_jobs", counts.cancelled},
                {"cancelled_seconds", counts.cancelled_seconds},
                {"busy_share_of_workers_that_left",
                 files_.state().alive_seconds() > 0
                     ? nlohmann::json(files_.state().busy_seconds() / files_.state().alive_seconds())
                     : nlohmann::json(nullptr)}};
    }

    const PlannedStudy& study_;
    const LedgerFiles& files_;
    BoundaryJobs jobs_;
    Lookup lookup_;
};

}  // namespace

int boundary_report(Arguments arguments, const Ranks& ranks) {
    std::string folder;
    bool json = false;
    Options options{report_usage};
    options.section("Options");
    options.add("study", folder, "folder of the study");
    options.add("json", json, "prints the report as one JSON object");
    if (!read_or_help(options, arguments, ranks) || !ranks.is_first()) {
        return exit_done;
    }
    const auto study = read_study(folder);
    LedgerFiles files{folder};
    files.refresh();
    files.read_journals();
    files.tell_self();
    const auto report = Reporter{study, files}.report();
    write_json(std::filesystem::path{folder} / "report" / "report.json", report);
    fmt::print("{}\n", report.dump(json ? 2 : 1));
    return exit_done;
}

}  // namespace sslslr
