#include "launch/commands/dry_run.hpp"

#include <algorithm>
#include <chrono>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "dist/group.hpp"
#include "io/file/counted.hpp"
#include "io/file/json_text.hpp"
#include "launch/commands/matrix_peak.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/run/pretraining.hpp"
#include "src/train/epoch_steps.hpp"
#include "src/train/step_estimate.hpp"
#include "src/train/weights.hpp"

namespace sslslr {
namespace {

double bytes_of(const NamedTensors& tensors) {
    double bytes = 0;
    for (const auto& [name, tensor] : tensors) {
        bytes += static_cast<double>(tensor.nbytes());
    }
    return bytes;
}

/// Returns how many values the optimizer stores for each parameter.
double kept_values(const OptimizerConfig& optimizer) {
    if (optimizer.kind == OptimizerKind::adamw) {
        return 2;
    }
    return optimizer.momentum > 0 ? 1 : 0;
}

StepWork work_of(const PretrainOptions& training, const DataSet& data,
                 const std::vector<std::int64_t>& clips) {
    check_batches(training, std::ssize(clips));
    const auto config = method_config_of(training, data);
    const auto method = make_method(config, training.seed);
    method->set_precision(training.precision);
    const auto reduction = trainer_config_of(training).reduction;

    std::vector<std::int64_t> lengths;
    double tokens = 0;
    for (const auto clip : clips) {
        lengths.push_back(data.features().length(clip));
        tokens += static_cast<double>(lengths.back() + 1);
    }
    const auto batch = std::min(training.global_batch, std::ssize(clips));
    const auto share = static_cast<double>(batch) / static_cast<double>(clips.size());
    StepWork work;
    work.flops =
        share * useful_flops(config.encoder, lengths, method->trained_views(), method->target_views());
    work.blocks = config.encoder.blocks;
    work.width = config.encoder.width;
    work.clips = batch;
    work.micro_batch = training.trainer.micro_batch;
    work.tokens_per_clip =
        tokens / static_cast<double>(clips.size()) * static_cast<double>(method->trained_views());
    work.gradient_bytes = bytes_of(trained_parameters(*method));
    work.state_bytes =
        bytes_of(state_tensors(*method)) + kept_values(training.trainer.optimizer) * work.gradient_bytes;
    work.sent_bytes = reduction.compress ? work.gradient_bytes / 2 : work.gradient_bytes;
    work.bucket_bytes = static_cast<double>(reduction.bucket_bytes);
    work.bfloat16 = training.precision == Precision::bfloat16;
    return work;
}

/// Measures the bus bandwidth of an all-reduce between the existing ranks, bytes/s. With one rank it is an
/// assumption.
double bus_between(const Ranks& ranks) {
    constexpr double assumed = 1e9;
    const auto n = static_cast<double>(ranks.world.size());
    if (ranks.world.size() == 1) {
        return assumed;
    }
    dist::Group group{ranks.world.duplicate(), at::kCPU};
    const auto tensor = torch::ones({4 << 20});
    group.all_reduce_sum(tensor);  // warm-up: touches the pages
    double shortest = 1e9;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        group.all_reduce_sum(tensor);
        shortest = std::min(shortest,
                            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return 2 * (n - 1) / n * static_cast<double>(tensor.nbytes()) / shortest;
}

/// Describes this node, by measuring its matrix products and the bus between the ranks. Collective.
Machine this_machine(const PretrainOptions& training, const StepWork& work, const Ranks& ranks) {
    constexpr double resting_bytes = 0.25e9;  // of a process with LibTorch and MPI, measured
    constexpr double latency = 50e-6;         // of a message between polling threads, measured
    const auto peak = 1e9 * matrix_peak(training.precision, ranks.world);
    const auto cores = static_cast<std::int64_t>(sysconf(_SC_NPROCESSORS_ONLN));
    return {.name = fmt::format("this machine, {} cores: measured now on {}", cores,
                                io::counted(ranks.world.size(), "rank")),
            .flops = peak * share_of_peak(work.width, work.bfloat16),
            .pass_seconds = 0,
            .memory_bytes = 0,
            .resting_bytes = resting_bytes,
            .ranks_per_node = 1 << 20,
            .ranks_at_once = std::max<std::int64_t>(1, cores / training.threads),
            .node_bytes_per_s = bus_between(ranks),
            .network_bytes_per_s = 0,
            .latency = latency};
}

nlohmann::json row_of(const StepWork& work, const Machine& machine, std::int64_t gpus, std::int64_t steps) {
    const auto estimate = estimate_step(work, machine, gpus);
    const auto alone = estimate_step(work, machine, 1);
    return {{"gpus", gpus},
            {"nodes", (gpus + machine.ranks_per_node - 1) / machine.ranks_per_node},
            {"clips_per_gpu", (work.clips + gpus - 1) / gpus},
            {"memory_gb", estimate.memory_bytes * 1e-9},
            {"fits", machine.memory_bytes == 0 || estimate.memory_bytes < machine.memory_bytes},
            {"computing_ms", estimate.computing * 1e3},
            {"communication_ms", estimate.communication * 1e3},
            {"exposed_ms", estimate.exposed * 1e3},
            {"step_ms", estimate.total() * 1e3},
            {"clips_per_s", static_cast<double>(work.clips) / estimate.total()},
            {"efficiency", alone.total() / estimate.total() / static_cast<double>(gpus)},
            {"run_s", static_cast<double>(steps) * estimate.total()}};
}

void print_table(const nlohmann::json& result) {
    fmt::print("machine: {}\n{:.1f} MB of gradients and {:.3g} operations per step of {} clips, {} steps\n\n",
               result["machine"].get<std::string>(), result["gradient_mb"].get<double>(),
               result["flops"].get<double>(), result["global_batch"].get<std::int64_t>(),
               result["steps"].get<std::int64_t>());
    fmt::print("{:>5} {:>5} {:>9} {:>10} {:>12} {:>17} {:>11} {:>9} {:>10} {:>10} {:>8}\n", "GPUs", "nodes",
               "clips/GPU", "memory, GB", "computing, ms", "communication, ms", "exposed, ms", "step, ms",
               "clips/s", "efficiency", "run");
    for (const auto& row : result["rows"]) {
        fmt::print(
            "{:>5} {:>5} {:>9} {:>9.1f}{} {:>13.1f} {:>17.2f} {:>11.2f} {:>9.1f} {:>10.0f} {:>9.0f}% "
            "{:>8}\n",
            row["gpus"].get<std::int64_t>(), row["nodes"].get<std::int64_t>(),
            row["clips_per_gpu"].get<std::int64_t>(), row["memory_gb"].get<double>(),
            row["fits"].get<bool>() ? " " : "!", row["computing_ms"].get<double>(),
            row["communication_ms"].get<double>(), row["exposed_ms"].get<double>(),
            row["step_ms"].get<double>(), row["clips_per_s"].get<double>(),
            100 * row["efficiency"].get<double>(), clock_text(row["run_s"].get<double>()));
    }
    if (std::ranges::any_of(result["rows"],
                            [](const auto& row) { return !row["fits"].template get<bool>(); })) {
        fmt::print("\n! does not fit: --micro-batch limits the clips that a rank encodes at a time\n");
    }
    for (const auto& row : result["rows"]) {
        if (row["gpus"] > result["global_batch"]) {
            fmt::print("\n{} GPUs are more than the clips in a step: raise --global-batch\n",
                       row["gpus"].get<std::int64_t>());
            break;
        }
    }
}

}  // namespace

void declare(Options& options, DryRunOptions& o) {
    options.add("gpus", o.gpus,
                "with --dry-run: numbers of GPUs to predict for (of ranks with --machine here)");
    options.add("machine", o.machine,
                "with --dry-run: a100 (4 of 40 GB per node, HDR-100 between nodes; published figures and "
                "assumptions) or here (this machine, measured now on the started ranks)");
    options.words({"a100", "here"});
    options.add("json", o.json, "with --dry-run: prints one JSON object instead of a table");
}

int dry_run(const PretrainOptions& training, const DryRunOptions& options, const Ranks& ranks) {
    if (std::ranges::any_of(options.gpus, [](auto count) { return count < 1; })) {
        throw ConfigError{"--gpus: expected numbers of 1 or more"};
    }
    if (training.global_batch < 1 || training.epochs < 1 || training.threads < 1) {
        throw ConfigError{"--global-batch, --epochs and --threads must be 1 or more"};
    }
    at::set_num_threads(static_cast<int>(training.threads));
    const auto data = data_of(training, ranks);
    const auto clips = training_clips(training, data);
    const auto work = work_of(training, data, clips);
    const auto machine =
        options.machine == "here" ? this_machine(training, work, ranks) : a100_node(work.bfloat16);
    const auto steps_per_epoch = epoch_steps(std::ssize(clips), training.global_batch);
    const auto all_steps = training.epochs * steps_per_epoch;
    const auto steps = training.max_steps > 0 ? std::min(training.max_steps, all_steps) : all_steps;

    nlohmann::json result{{"machine", machine.name}, {"gradient_mb", work.gradient_bytes * 1e-6},
                          {"flops", work.flops},     {"global_batch", work.clips},
                          {"steps", steps},          {"rows", nlohmann::json::array()}};
    for (const auto gpus : options.gpus) {
        result["rows"].push_back(row_of(work, machine, gpus, steps));
    }
    if (ranks.is_first()) {
        if (options.json) {
            fmt::print("{}\n", io::json_text(result));
        } else {
            print_table(result);
        }
    }
    return exit_done;
}

}  // namespace sslslr
