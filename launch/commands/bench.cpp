#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "io/file/counted.hpp"
#include "io/file/json_text.hpp"
#include "launch/command.hpp"
#include "launch/commands/matrix_peak.hpp"
#include "src/errors.hpp"
#include "src/export/description.hpp"
#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/steps_under_way.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {
namespace {

constexpr const char* bench_usage =
    "usage: [mpirun -n N] sslslr bench [OPTIONS]\n\n"
    "Measures the speed of whole training steps (views, forward, backward, reduction, update) on random\n"
    "clips of 65 points with x and y, or on those of a clip store: in memory, or streamed if\n"
    "--memory-limit requires it.";

struct BenchOptions {
    PretrainOptions training;
    std::string lengths = "equal";
    std::int64_t steps = 6;
    std::vector<std::string> without;
    bool json = false;
};

/// A part of the step that can be disabled to measure its gain.
struct StepPart {
    const char* name;
    const char* instead;
    void (*leave_out)(BenchOptions&);
};

// Must be disabled before the first operation of LibTorch, because oneDNN reads its variable only once. If
// two of them set it, the later one applies, which allows less.
const std::array step_parts{
    StepPart{"fused-blocks", "LibTorch's operations",
             [](BenchOptions& o) { o.training.method.encoder.fused = false; }},
    StepPart{"kept-memory", "freed memory may return to the system, as by default in glibc",
             [](BenchOptions&) {
                 mallopt(M_MMAP_THRESHOLD, 32 << 20);
                 mallopt(M_TRIM_THRESHOLD, 64 << 20);
             }},
    StepPart{"onednn-avx512-bf16", "oneDNN's products with AVX-512",
             [](BenchOptions&) { setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE", /*replace=*/1); }},
    StepPart{"onednn-avx512", "oneDNN's products with AVX2",
             [](BenchOptions&) { setenv("ONEDNN_MAX_CPU_ISA", "AVX2", /*replace=*/1); }}};

void declare_without(Options& options, std::vector<std::string>& without) {
    std::vector<std::string> names;
    std::vector<std::string> shown;
    for (const auto& part : step_parts) {
        names.emplace_back(part.name);
        shown.push_back(fmt::format("{} ({})", part.name, part.instead));
    }
    options.add(
        "without", without,
        fmt::format(
            "optimisations to leave out, to measure their gain (in parentheses what replaces them): {}",
            fmt::join(shown, "; ")));
    options.words(names);
    options.removed("fused-blocks", "removed: use --without fused-blocks instead of --fused-blocks=false");
}

void declare(Options& options, BenchOptions& o) {
    auto& encoder = o.training.method.encoder;
    options.section("Options");
    declare_method(options, o.training.method.kind);
    options.add("projector-norm", o.training.method.heads.projector_norm,
                "batch norm in the projector: none, hidden, all or auto");
    options.add("predictor-norm", o.training.method.heads.predictor_norm,
                "batch norm in the predictor: none, hidden, all or auto");
    options.removed("stop-gradient-original", "removed: use it with sslslr pretrain, which reports seconds");
    options.add("queue", o.training.method.contrast.queue, "keys in the queue of moco-v2 and pcl");
    options.add("blocks", encoder.blocks, "transformer blocks");
    options.add("width", encoder.width, "channels of the encoder");
    options.add("heads", encoder.heads, "attention heads");
    options.add("dropout", encoder.dropout, "dropout probability");
    options.add("inputs", encoder.inputs,
                "inputs of the encoder, any of positions, velocities, bones, hands and validity");
    options.add("frames", encoder.frames, "frames of the longest clip");
    options.add("data", o.training.data, "clip stores instead of random clips");
    options.add("memory-limit", o.training.memory_limit, memory_limit_help);
    options.add("augmentation", o.training.augmentation,
                "boundary, classical, both, none, skeleton or skeleton-boundary");
    options.add(
        "lengths", o.lengths,
        "lengths of random clips: equal (--frames) or mixed (16 + (31 i mod (frames - 15)) for clip i)");
    options.add("global-batch", o.training.global_batch, "clips per step, over all ranks");
    options.add("micro-batch", o.training.trainer.micro_batch,
                "clips that a rank encodes at a time (0: all its clips)");
    options.add("precision", o.training.precision, "precision of training: float32, bfloat16 or float64");
    options.add("gradient-compression", o.training.gradient_compression,
                "type in which gradients are sent: none (uncompressed) or bfloat16");
    options.add("optimizer", o.training.trainer.optimizer.kind, "sgd, adamw or lars");
    options.add("max-steps", o.steps, "steps to run; the first is not timed");
    options.add("threads", o.training.threads, "threads of each rank");
    declare_without(options, o.without);
    options.add("json", o.json, "prints one JSON object");
}

/// Returns random clips, as many as one global batch, so that an epoch has one step.
Features random_features(const BenchOptions& o) {
    Features features;
    features.layout = layout_of(preprocess_config_of(o.training));
    features.offsets = {0};
    for (std::int64_t clip = 0; clip < o.training.global_batch; ++clip) {
        const auto frames = o.training.method.encoder.frames;
        features.offsets.push_back(features.offsets.back() +
                                   (o.lengths == "equal" ? frames : 16 + 31 * clip % (frames - 15)));
        features.labels.push_back(-1);
    }
    features.signers.assign(features.labels.size(), 0);
    torch::manual_seed(0);
    features.frames = torch::randn({features.offsets.back(), features.layout.width()})
                          .to(weights_type(o.training.precision));
    return features;
}

/// Returns the peak memory of this process, 10^9 bytes.
double peak_memory_gb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024e-9;
}

struct Speed {
    double clips_per_s = 0;
    StepTimes seconds;      ///< medians over the steps
    double data_share = 0;  ///< share of the time spent waiting for data; mean over ranks and steps
    double useful_gflops_per_s = 0;
    double peak_gflops_per_s = 0;
    double loss = 0;  ///< of the last step

    double peak_share() const { return useful_gflops_per_s / peak_gflops_per_s; }
};

Speed measure(const BenchOptions& o, const Features& features, const Ranks& ranks) {
    auto config = o.training.method;
    fit_to(config.encoder, features.layout);
    config.classes = 10;
    config.clips = features.clips();
    std::vector<std::int64_t> clips(features.labels.size());
    std::iota(clips.begin(), clips.end(), 0);
    std::vector<std::int64_t> labels(features.labels.size());
    std::ranges::transform(clips, labels.begin(), [](auto clip) { return clip % 10; });
    std::erase_if(clips, [&](auto clip) { return features.length(clip) == 0; });
    check_batches(o.training, std::ssize(clips));
    const auto method = make_method(config, 0);
    method->set_precision(o.training.precision);
    const Batches batches{
        features, clips, {o.training.global_batch, 0, {.kind = o.training.augmentation}}, labels};
    dist::Group group{ranks.world.duplicate(), dist::default_device(ranks.node)};
    Trainer trainer{*method, batches, trainer_config_of(o.training), Schedule{{}, o.steps, 1}, group};

    std::vector<StepTimes> times;
    StepReport report;
    double all_seconds = 0;
    double data_seconds = 0;
    {
        const StepsUnderWay under_way{group};
        for (std::int64_t step = 0; step < o.steps; ++step) {
            report = trainer.step();
            if (step > 0) {  // the first step of a process warms up
                times.push_back(report.seconds);
                all_seconds += report.seconds.total;
                data_seconds += report.data_seconds;
            }
        }
    }
    const auto median_of = [&](double StepTimes::*part) {
        std::vector<double> values;
        for (const auto& step : times) {
            values.push_back(step.*part);
        }
        std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
        return values[values.size() / 2];
    };
    const StepTimes seconds{.data = median_of(&StepTimes::data),
                            .forward = median_of(&StepTimes::forward),
                            .backward = median_of(&StepTimes::backward),
                            .update = median_of(&StepTimes::update),
                            .total = median_of(&StepTimes::total)};
    std::vector<std::int64_t> lengths;
    for (const auto clip : clips) {
        lengths.push_back(features.length(clip));
    }
    const double useful =
        useful_flops(config.encoder, lengths, method->trained_views(), method->target_views()) /
        static_cast<double>(batches.steps_per_epoch()) / static_cast<double>(ranks.world.size()) /
        seconds.total * 1e-9;
    return {.clips_per_s = static_cast<double>(o.training.global_batch) / seconds.total,
            .seconds = seconds,
            .data_share = data_seconds / all_seconds,
            .useful_gflops_per_s = useful,
            .peak_gflops_per_s = matrix_peak(o.training.precision, ranks.world),
            .loss = report.loss};
}

nlohmann::json json_of(const Speed& speed, const BenchOptions& o, int ranks) {
    return {{"clips_per_s", speed.clips_per_s},
            {"seconds_per_step", speed.seconds.total},
            {"seconds",
             {{"data", speed.seconds.data},
              {"forward", speed.seconds.forward},
              {"backward", speed.seconds.backward},
              {"update", speed.seconds.update}}},
            {"data_share", speed.data_share},
            {"useful_gflops_per_s", speed.useful_gflops_per_s},
            {"peak_gflops_per_s", speed.peak_gflops_per_s},
            {"peak_share", speed.peak_share()},
            {"ranks", ranks},
            {"threads", o.training.threads},
            {"peak_memory_gb", peak_memory_gb()},
            {"loss", speed.loss}};
}

std::string table(const Speed& speed, const BenchOptions& o, int ranks) {
    const auto& [data, forward, backward, update, step] = speed.seconds;
    auto text = fmt::format("{:.2f} clips/s: {:.1f} ms per step of {} on {}\n", speed.clips_per_s, step * 1e3,
                            io::counted(o.training.global_batch, "clip"), io::counted(ranks, "rank"));
    for (const auto& [part, seconds, note] :
         {std::tuple{"data", data, ""}, std::tuple{"forward", forward, ""},
          std::tuple{"backward", backward, "  (including the reduction over ranks)"},
          std::tuple{"update", update, ""}}) {
        text +=
            fmt::format("  {:<9}{:9.2f} ms {:5.1f} %{}\n", part, seconds * 1e3, 100 * seconds / step, note);
    }
    return text + fmt::format(
                      "waited for data in {:.2f} % of the steps' time, mean over ranks and steps\n"
                      "useful work: {:.1f} GFLOP/s per rank, {:.0f} % of the {:.1f} of matrix products here\n"
                      "peak memory of rank 0: {:.2f} GB\n",
                      100 * speed.data_share, speed.useful_gflops_per_s, 100 * speed.peak_share(),
                      speed.peak_gflops_per_s, peak_memory_gb());
}

}  // namespace

int bench(Arguments arguments, const Ranks& ranks) {
    BenchOptions fields;
    Options options{bench_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.lengths != "equal" && fields.lengths != "mixed") {
        throw ConfigError{fmt::format("--lengths {}: expected equal or mixed", fields.lengths)};
    }
    if (fields.steps < 2 || fields.training.global_batch < ranks.world.size() ||
        fields.training.method.encoder.frames < 16) {
        throw ConfigError{
            "--max-steps must be 2 or more, --global-batch no smaller than the number of ranks, --frames 16 "
            "or more"};
    }
    for (const auto& part : step_parts) {
        if (std::ranges::count(fields.without, part.name) > 0) {
            part.leave_out(fields);
        }
    }
    at::set_num_threads(static_cast<int>(fields.training.threads));
    std::optional<DataSet> data;
    if (!fields.training.data.empty()) {
        fields.training.preprocess.frames = fields.training.method.encoder.frames;
        data.emplace(fields.training.data,
                     DataOptions{preprocess_config_of(fields.training),
                                 weights_type(fields.training.precision), fields.training.memory_limit},
                     ranks);
    }
    const auto speed = measure(fields, data ? data->features() : random_features(fields), ranks);
    if (ranks.is_first()) {
        if (fields.json) {
            fmt::print("{}\n", io::json_text(json_of(speed, fields, ranks.world.size())));
        } else {
            fmt::print("{}", table(speed, fields, ranks.world.size()));
        }
    }
    return exit_done;
}

}  // namespace sslslr
