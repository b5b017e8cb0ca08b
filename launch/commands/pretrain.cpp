#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "dist/agree.hpp"
#include "io/file/counted.hpp"
#include "io/file/setting.hpp"
#include "launch/command.hpp"
#include "launch/commands/dry_run.hpp"
#include "launch/fault.hpp"
#include "launch/standard_output.hpp"
#include "launch/terminal.hpp"
#include "src/data/blank_clips.hpp"
#include "src/errors.hpp"
#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/run/pretraining.hpp"
#include "src/run/resumed_run.hpp"
#include "src/run/run_data.hpp"
#include "src/run/run_folder.hpp"
#include "src/run/stop_request.hpp"
#include "src/run/training_record.hpp"
#include "src/settings/program.hpp"
#include "src/train/run.hpp"

namespace sslslr {
namespace {

constexpr const char* pretrain_usage =
    "usage: [mpirun -n N] sslslr pretrain --data STORE.h5 --run FOLDER [OPTIONS]\n"
    "       [mpirun -n N] sslslr pretrain --run FOLDER [OPTIONS]     (resumes with FOLDER/config.ini)\n"
    "       [mpirun -n N] sslslr pretrain --run FOLDER --config FOLDER/config.ini --data STORE.h5\n"
    "                                                              (the same, if the data have moved)\n\n"
    "Trains an encoder without labels (or, as a control, with them: --method supervised). The same\n"
    "command resumes from the newest checkpoint, on any number of ranks. Results do not depend on the\n"
    "number of ranks.\n\n"
    "Ctrl-C (SIGINT), SIGTERM, SIGHUP and SIGUSR1 stop it after the current step, with a checkpoint and\n"
    "exit code 75; a second Ctrl-C ends it at once. Under nohup, it survives its terminal. If its output\n"
    "goes to a pipe that is closed, only the progress lines are lost.\n"
    "Under mpirun, Ctrl-C, SIGTERM, SIGHUP (nohup or not) and a closed pipe make mpirun end the ranks: by\n"
    "SIGTERM, then by SIGKILL after OMPI_MCA_odls_base_sigkill_timeout seconds (1 unless set); it exits\n"
    "with 1. Set that to the duration of a step and a checkpoint, or send mpirun SIGUSR1, which it passes\n"
    "on.";

/// Options of one start of a run, which the run folder does not record.
struct StartOptions {
    std::string time_limit;
    std::int64_t hang_timeout = 60;
    std::string fault;
    bool accepts_other_code = false;
    bool is_dry = false;
    DryRunOptions dry_run;
};

void declare(Options& options, StartOptions& o) {
    options.section_of_this_call("This start of the run (not stored in the run folder)");
    options.add("time-limit", o.time_limit,
                "stops with a checkpoint and exit code 75 before this time since the start: M, M:S, H:M:S, "
                "D-H, D-H:M or D-H:M:S (empty: the Slurm job's limit, if known)");
    options.add(
        "hang-timeout", o.hang_timeout,
        "seconds that a rank may keep the others waiting in a step; then it is named and the job ends "
        "with exit code 4. A dead rank is noticed within 5 s (0: neither is checked)");
    options.add("accept-other-code", o.accepts_other_code, accept_other_code_help);
    options.add(
        "dry-run", o.is_dry,
        "trains nothing; prints memory, time and communication of a step, predicted by a model for --gpus");
    declare(options, o.dry_run);
    options.add_hidden("fault", o.fault);
}

void check(const PretrainOptions& options, const Ranks& ranks) {
    if (options.run.empty()) {
        throw ConfigError{"--run FOLDER is required: it holds checkpoints and metrics"};
    }
    if (options.epochs < 1 || options.max_steps < 0 || options.checkpoint_every < 0 || options.threads < 1) {
        throw ConfigError{
            "--epochs and --threads must be 1 or more, --max-steps and --checkpoint-every 0 or more"};
    }
    if (options.global_batch < ranks.world.size()) {
        throw ConfigError{fmt::format(
            "--global-batch {} is smaller than the number of ranks, {}: raise it or start fewer ranks",
            options.global_batch, ranks.world.size())};
    }
    check(options.collapse);
}

/// Reports how many training clips contain nothing to learn from.
/// @throws dist::AgreedError  on every rank: none contains anything
void tell_blank_clips(const Features& features, const std::vector<std::int64_t>& clips, const Ranks& ranks) {
    if (features.streamed != nullptr) {
        return;  // would require reading all clips; sslslr inspect counts them
    }
    const auto blank = blank_clips(features, clips).size();
    if (blank == clips.size()) {
        throw dist::AgreedError{
            fmt::format(
                "nothing was detected in any frame of any of the {} training clips, so there is nothing to "
                "learn: expected coordinates, found values that are NaN, infinite or beyond 10^6 in "
                "magnitude; sslslr inspect shows what the store holds",
                clips.size()),
            exit_data};
    }
    if (blank > 0 && ranks.is_first()) {
        print_warning(
            fmt::format("in {} of the {} training clips nothing was detected in any frame; they are trained "
                        "on as zeros: sslslr inspect lists them",
                        blank, clips.size()));
    }
}

/// The duration of the steps, and the part of it spent waiting for data, averaged over ranks.
struct Waiting {
    double seconds = 0;
    double data_seconds = 0;

    void add(const StepReport& report) {
        seconds += report.seconds.total;
        data_seconds += report.data_seconds;
    }
};

RunHooks hooks_of(const Ranks& ranks, std::int64_t last_step, std::optional<TrainingProgress>& progress,
                  Waiting& waiting) {
    progress.emplace(ranks.is_first(), 0, last_step);
    RunHooks hooks;
    hooks.on_resume = [&, last_step](std::int64_t step) {
        progress.emplace(ranks.is_first(), step, last_step);
        if (ranks.is_first()) {
            fmt::print("{} step {} of {}\n", step < last_step ? "resuming from" : "nothing left to do after",
                       step, last_step);
        }
    };
    hooks.on_step = [&](const StepReport& report) {
        progress->show(report);
        waiting.add(report);
        note_step(report.seconds.total);
    };
    hooks.warn = print_warning;
    hooks.stop_requested = stop_requested;
    return hooks;
}

}  // namespace

int pretrain(Arguments arguments, const Ranks& ranks) {
    PretrainOptions fields;
    Options options{pretrain_usage};
    declare(options, fields);
    StartOptions start;
    declare(options, start);
    options.common(
        "data train-split leave-out-signer frames augmentation boundary k1 k2 method inputs blocks width "
        "heads "
        "dropout epochs max-steps global-batch micro-batch optimizer learning-rate schedule precision seed "
        "threads run checkpoint-every on-collapse warmup-epochs time-limit accept-other-code dry-run");
    const auto resumed = resumed_run(arguments);
    if (!read_or_help(options, resumed.arguments, ranks)) {
        return exit_done;
    }
    if (!resumed.note.empty() && ranks.is_first()) {
        print_warning(resumed.note);
    }
    if (start.is_dry) {
        return dry_run(fields, start.dry_run, ranks);
    }
    check(fields, ranks);
    if (start.hang_timeout < 0) {
        throw ConfigError{fmt::format("--hang-timeout {}: expected 0 or more seconds", start.hang_timeout)};
    }
    set_time_limit(start.time_limit);
    std::optional<Fault> fault;
    if (!start.fault.empty()) {
        fault = Fault::parse(start.fault, ranks.world.size());
    }
    at::set_num_threads(static_cast<int>(fields.threads));

    dist::Group group{ranks.world.duplicate(),
                      dist::default_device(ranks.node),
                      {.hang_timeout = std::chrono::seconds{start.hang_timeout}}};
    const auto data = data_of(fields, ranks);
    const auto clips = training_clips(fields, data);
    tell_blank_clips(data.features(), clips, ranks);
    Pretraining training{fields, data, clips, group};
    auto& trainer = training.trainer();
    const auto last_step = training.last_step();

    RunConfig run{.folder = fields.run,
                  .last_step = last_step,
                  .checkpoint_every = fields.checkpoint_every,
                  .keep_checkpoints = fields.keep_checkpoints,
                  .spread_every = fields.spread_every};
    run.collapse = fields.collapse;
    remember_origin(run, fields, data, clips, start.accepts_other_code ? any_code : code_identity(),
                    [&](const std::string& text) {
                        if (ranks.is_first()) {
                            print_warning(text);
                        }
                    });
    const auto lock = open_run_folder(fields.run, fields, ranks.world, /*lock=*/true);
    if (ranks.is_first()) {
        fmt::print("{} on {}, {}, {} of {} -> {}\n", fields.method.kind->name,
                   io::counted(training.batches().clips(), "clip"), io::counted(ranks.world.size(), "rank"),
                   io::counted(last_step, "step"),
                   io::counted(std::min(fields.global_batch, std::ssize(clips)), "clip"), fields.run);
        if (std::ssize(clips) < fields.global_batch) {
            print_warning(
                fmt::format("--global-batch {}: there are fewer training clips, so each step has {}",
                            fields.global_batch, clips.size()));
        }
    }
    if (clips.size() == 1 && fields.collapse.policy != CollapsePolicy::none && ranks.is_first()) {
        print_warning("a single clip has no spread: a collapse of the outputs will not be noticed");
    }
    TrainingRecord record{fields.run, data, clips, ranks};
    catch_stop_signals();
    output_is_progress();
    std::optional<TrainingProgress> progress;
    Waiting waiting;
    auto hooks = hooks_of(ranks, last_step, progress, waiting);
    hooks.on_resume = [&record, show = hooks.on_resume](std::int64_t step) {
        record.resume();
        show(step);
    };
    hooks.on_start = [&] {
        write_run_options(fields.run, fields, ranks.world);
        record.update();
    };
    hooks.before_checkpoint = [&record] { record.update(); };  // for streamed clips
    if (fault) {
        rehearse(*fault, trainer, ranks.world.rank(), hooks);
    }
    const bool done = run_training(trainer, group, run, hooks);
    progress.reset();
    if (waiting.seconds > 0 && ranks.is_first()) {
        fmt::print("waited for data in {:.2f} % of the steps' time\n",
                   100 * waiting.data_seconds / waiting.seconds);
    }
    if (done) {
        if (ranks.is_first()) {
            fmt::print("done after step {}: sslslr evaluate --run {} measures what it learnt\n",
                       trainer.steps_done(), fields.run);
        }
        return exit_done;
    }
    const auto cause = common_stop_cause(ranks.world.all_gather(stop_cause()));
    if (ranks.is_first()) {
        fmt::print("stopped {} after step {}: the same command resumes there\n", cause, trainer.steps_done());
    }
    return exit_stopped;
}

}  // namespace sslslr
