#include <algorithm>
#include <chrono>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "io/file/counted.hpp"
#include "io/file/json_text.hpp"
#include "launch/commands/boundary.hpp"
#include "launch/commands/search_forecast.hpp"
#include "launch/terminal.hpp"
#include "src/boundary/planned_search.hpp"
#include "src/errors.hpp"
#include "src/run/run_folder.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

constexpr const char* plan_usage =
    "usage: [mpirun -n G] sslslr boundary plan --study FOLDER --data STORE.h5 [OPTIONS]\n"
    "       [mpirun -n G] sslslr boundary plan --dry-run [--data STORE.h5] [OPTIONS]\n\n"
    "Plans a boundary search: which k are tested, and by which training. Prints the frames in which signs\n"
    "differ, only by their labels, and what the search will take, by timing one training and simulating\n"
    "the rest. Then start workers: sslslr boundary work --study FOLDER.\n"
    "Without --data, plans the search in FOLDER again, with the given values of options marked *.";

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

void check(const PlanOptions& o, const ForecastOptions& forecast, const Ranks& ranks) {
    check(forecast);
    if (o.study.empty() && !forecast.is_dry) {
        throw ConfigError{"--study FOLDER is required: it holds the plan and the results"};
    }
    if (o.training.epochs < 1 || o.training.max_steps < 0 || o.training.threads < 1) {
        throw ConfigError{"--epochs and --threads must be 1 or more, --max-steps 0 or more"};
    }
    if (!permutes(o.training.augmentation)) {
        throw ConfigError{
            fmt::format("--augmentation {}: expected boundary, both or skeleton-boundary, because a search "
                        "permutes frames",
                        word_of(o.training.augmentation))};
    }
    check(probe_of(o));
    if (o.ranks_per_job < 1 || o.training.global_batch < o.ranks_per_job) {
        throw ConfigError{fmt::format("--ranks-per-job {}: expected 1 to the clips of a global batch, {}",
                                      o.ranks_per_job, o.training.global_batch)};
    }
    if (ranks.world.size() != 1 && ranks.world.size() != o.ranks_per_job) {
        throw ConfigError{fmt::format("{} ranks: expected 1 or the {} of a job, which planning times",
                                      ranks.world.size(), o.ranks_per_job)};
    }
}

/// Estimates the seconds of a whole trial on these ranks, by running a shortened one and timing its steps.
/// Collective.
double timed_trial(const TrialSetting& setting, const Ranks& ranks) {
    constexpr std::int64_t timed_steps = 12;
    const auto all_steps = steps_of(setting);
    auto shortened = setting.options;
    shortened.training.max_steps = std::min(all_steps, timed_steps);
    dist::Group group{ranks.world.duplicate(), dist::default_device(ranks.node)};
    std::vector<Clock::time_point> times;  // before each step
    const auto start = Clock::now();
    run_trial({shortened, setting.data, setting.clips}, {.k1 = shortened.search.frames}, group, [&] {
        times.push_back(Clock::now());
        return false;
    });
    const double whole = seconds_between(start, Clock::now());
    std::vector<double> steps;
    for (std::size_t i = 1; i < times.size(); ++i) {
        steps.push_back(seconds_between(times[i - 1], times[i]));
    }
    if (steps.empty()) {
        return whole;
    }
    std::ranges::nth_element(steps, steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2));
    return whole + steps[steps.size() / 2] * static_cast<double>(all_steps - shortened.training.max_steps);
}

/// Rejects planning a search again if that would mix results of other settings, or of other code that is not
/// accepted.
/// @return identities of the code whose results count
std::string codes_of(const PlanOptions& options, const SearchPlan& plan, const Ranks& ranks) {
    const auto folder = search_folder(options.study);
    SearchPlan before;
    const auto stored = readable_plan(folder.path, before);
    if (stored) {
        refuse_older_plan(folder, stored->code);
        check_same(folder.path, before, plan);
    }
    return codes_with_own(folder, stored, options.accepts_other_code, [&](const std::string& text) {
        if (ranks.is_first()) {
            print_warning(text);
        }
    });
}

/// A summary of the plan, for the terminal or as JSON.
struct PlanSummary {
    std::string study;
    std::vector<std::int64_t> k;
    std::int64_t frames;
    std::int64_t repeats;
    std::string mode;
    std::size_t train_clips;
    std::size_t validation_clips;
    std::string validated_by;
    std::int64_t steps_per_job;
    std::int64_t ranks_per_job;
    std::int64_t most_jobs;
    double seconds_per_job;
    std::vector<std::int64_t> differing;  ///< see SearchPlan
    std::vector<ForecastRow> forecast;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlanSummary, study, k, frames, repeats, mode, train_clips,
                                   validation_clips, validated_by, steps_per_job, ranks_per_job, most_jobs,
                                   seconds_per_job, differing, forecast)

/// Returns the summary as far as no clips are needed.
PlanSummary summary_of(const PlanOptions& o, const ForecastOptions& forecast, double seconds_per_job) {
    const SearchJobs jobs{o.search, "", o.compare};
    return {.study = o.study,
            .k = grid_of(o.search),
            .frames = o.search.frames,
            .repeats = o.search.repeats,
            .mode = word_of(o.search.mode),
            .train_clips = 0,
            .validation_clips = 0,
            .validated_by = "",
            .steps_per_job = 0,
            .ranks_per_job = o.ranks_per_job,
            .most_jobs = jobs.most_jobs(),
            .seconds_per_job = seconds_per_job,
            .differing = {},
            .forecast = forecast_rows(jobs, forecast, seconds_per_job)};
}

std::string text_of(const PlanSummary& s, const SearchConfig& search) {
    auto text = fmt::format("{} search over k = [{}] of {} frames, {} repeats: at most {} jobs{}\n", s.mode,
                            fmt::join(s.k, ","), s.frames, s.repeats, s.most_jobs,
                            s.steps_per_job > 0 ? fmt::format(" of {} steps", s.steps_per_job) : "");
    if (s.train_clips > 0) {
        text += fmt::format("{} clips for pretraining, {} for validation ({})\n", s.train_clips,
                            s.validation_clips, s.validated_by);
        text += s.differing.empty()
                    ? "only by their labels, without training, no frame was found in which signs differ\n"
                    : fmt::format(
                          "only by their labels, without training, signs differ in frames {} to {}: "
                          "k1 = {}, k2 = {}\n",
                          s.differing[0] + 1, s.frames - s.differing[1], s.differing[0], s.differing[1]);
    }
    return text +
           fmt::format("a job takes about {:.1f} s on {}\n\n", s.seconds_per_job,
                       io::counted(s.ranks_per_job, "rank")) +
           text_of(s.forecast, search);
}

void print(const PlanSummary& summary, const PlanOptions& o, const std::string& end = "") {
    fmt::print("{}",
               o.json ? io::json_text(nlohmann::json(summary)) + '\n' : text_of(summary, o.search) + end);
}

}  // namespace

int boundary_plan(Arguments arguments, const Ranks& ranks) {
    PlanOptions fields;
    ForecastOptions forecast;
    Options options{plan_usage};
    declare(options, fields);
    declare(options, forecast);
    options.common(
        "study step largest sides repeats mode margin error-rate tolerance validation-split "
        "validation-signer probe "
        "ranks-per-job json data train-split leave-out-signer method blocks width heads epochs max-steps "
        "global-batch optimizer learning-rate seed threads accept-other-code dry-run workers "
        "workers-per-node seconds-per-job");
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.training.data.empty() && has_plan(fields.study)) {
        fields = read_search(fields.study).options;  // defaults for options not given again
        fields.json = false;
        Options again{plan_usage};
        declare(again, fields);
        declare(again, forecast);
        read_or_help(again, arguments, ranks);
    }
    read_tolerance(fields);
    check(fields, forecast, ranks);
    if (fields.training.data.empty() && forecast.is_dry && forecast.seconds_per_job > 0) {
        fields.search.frames = fields.training.preprocess.frames;
        check(fields.search);
        if (ranks.is_first()) {
            print(summary_of(fields, forecast, forecast.seconds_per_job), fields);
        }
        return exit_done;
    }
    make_absolute(fields.training.data);  // workers may start in other folders
    at::set_num_threads(static_cast<int>(fields.training.threads));
    const SearchData data{fields, ranks, /*keeps_prints=*/true};
    check_batches(fields.training, std::ssize(training_clips(data.setting())));
    if (const auto leak = data.leak(ranks); !leak.empty()) {
        print_warning(leak);
    }
    auto plan = data.plan(options);
    std::string code;
    if (!forecast.is_dry) {
        agree(ranks.world, [&] { code = codes_of(fields, plan, ranks); });
    }
    plan.seconds_per_job =
        forecast.seconds_per_job > 0 ? forecast.seconds_per_job : timed_trial(data.setting(), ranks);
    agree(ranks.world, [&] {
        if (!ranks.is_first()) {
            return;
        }
        plan.differing = data.differing();
        if (!forecast.is_dry) {
            write_stored_plan(fields.study, {ini_text(options.values()), code}, plan);
        }
    });
    if (ranks.is_first()) {
        auto summary = summary_of(fields, forecast, plan.seconds_per_job);
        const auto setting = data.setting();
        summary.train_clips = setting.clips.pretrain.size();
        summary.validation_clips = plan.validation.size();
        summary.validated_by = plan.validated_by;
        summary.steps_per_job = steps_of(setting);
        summary.differing = plan.differing;
        print(summary, fields,
              forecast.is_dry
                  ? ""
                  : fmt::format("start workers: sslslr boundary work --study {}\n", fields.study));
    }
    return exit_done;
}

}  // namespace sslslr
