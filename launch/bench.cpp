#include <algorithm>
#include <numeric>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "launch/command.hpp"
#include "launch/pretrain_options.hpp"
#include "src/errors.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {
namespace {

constexpr const char* bench_usage =
    "usage: [mpirun -n N] sslslr bench [OPTIONS]\n\n"
    "Speed of whole training steps (views, forward, backward, reduction, update) on random clips of 65 "
    "points, x and y.";

struct BenchOptions {
    PretrainOptions training;
    std::string lengths = "equal";
    std::int64_t steps = 6;
    bool json = false;
};

void declare(Options& options, BenchOptions& o) {
    auto& encoder = o.training.method.encoder;
    options.section("Options");
    options.add("method", o.training.method.name, fmt::format("{}", fmt::join(method_names(), ", ")));
    options.add("projector-norm", o.training.method.heads.projector_norm, "none, hidden, all or auto");
    options.add("predictor-norm", o.training.method.heads.predictor_norm, "none, hidden, all or auto");
    options.add("stop-gradient-original", o.training.method.sl_fpn.stop_gradient_original, "of sl-fpn");
    options.add("queue", o.training.method.contrast.queue, "keys, of moco-v2 and pcl");
    options.add("blocks", encoder.blocks, "transformer blocks");
    options.add("width", encoder.width, "channels of the encoder");
    options.add("heads", encoder.heads, "attention heads");
    options.add("dropout", encoder.dropout, "probability");
    options.add("frames", encoder.frames, "longest clip");
    options.add("lengths", o.lengths,
                "equal: all of --frames; mixed: clip i has 16 + (31 i mod (frames - 15)) frames");
    options.add("global-batch", o.training.global_batch, "clips a step, over all ranks");
    options.add("micro-batch", o.training.trainer.micro_batch, "clips encoded at a time (0: a rank's share)");
    options.add("precision", o.training.precision, "float32, bfloat16 or float64");
    options.add("gradient-compression", o.training.gradient_compression, "none or bfloat16");
    options.add("max-steps", o.steps, "steps, the first not counted");
    options.add("threads", o.training.threads, "threads of each rank");
    options.add("json", o.json, "prints one JSON object");
}

/// Random clips, one epoch being one global batch.
Features random_features(const BenchOptions& o) {
    Features features;
    features.layout.points.assign(65, "point");
    features.offsets = {0};
    for (std::int64_t clip = 0; clip < o.training.global_batch; ++clip) {
        const auto frames = o.training.method.encoder.frames;
        features.offsets.push_back(features.offsets.back() +
                                   (o.lengths == "equal" ? frames : 16 + 31 * clip % (frames - 15)));
        features.labels.push_back(clip % 10);
    }
    features.signers.assign(features.labels.size(), 0);
    torch::manual_seed(0);
    features.frames = torch::randn({features.offsets.back(), features.layout.width()})
                          .to(weights_type(precision_of(o.training.precision)));
    return features;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// The most memory that this process ever held, 10^9 bytes.
double peak_memory_gb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024e-9;
}

nlohmann::json measure(const BenchOptions& o, const Ranks& ranks) {
    const auto features = random_features(o);
    auto config = o.training.method;
    config.encoder.features = features.layout.width();
    config.classes = 10;
    config.clips = features.clips();
    check_batches(o.training, features.clips());
    const auto method = make_method(config, 0);
    method->set_precision(precision_of(o.training.precision));
    std::vector<std::int64_t> clips(features.labels.size());
    std::iota(clips.begin(), clips.end(), 0);
    const Batches batches{features, clips, {o.training.global_batch, 0, {}}, features.labels};
    dist::Group group{ranks.world.duplicate(), dist::default_device(ranks.node)};
    Trainer trainer{*method, batches, trainer_config_of(o.training), Schedule{{}, o.steps, 1}, group};

    std::vector<double> seconds;
    std::vector<double> waiting;
    StepReport report;
    for (std::int64_t step = 0; step < o.steps; ++step) {
        report = trainer.step();
        if (step > 0) {
            seconds.push_back(report.seconds);
            waiting.push_back(report.data_seconds);
        }
    }
    const auto clips_per_step = static_cast<double>(o.training.global_batch);
    return {{"clips_per_s", clips_per_step / median(seconds)},
            {"seconds_per_step", median(seconds)},
            {"data_share", std::accumulate(waiting.begin(), waiting.end(), 0.0) /
                               std::accumulate(seconds.begin(), seconds.end(), 0.0)},
            {"ranks", ranks.world.size()},
            {"threads", o.training.threads},
            {"peak_memory_gb", peak_memory_gb()},
            {"loss", report.loss}};
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
    at::set_num_threads(static_cast<int>(fields.training.threads));
    const auto result = measure(fields, ranks);
    if (ranks.is_first()) {
        if (fields.json) {
            fmt::print("{}\n", result.dump());
        } else {
            fmt::print(
                "{:.2f} clips/s, {:.1f} ms a step of {} clips on {} ranks; {:.2f} % of it waiting for data; "
                "at most "
                "{:.2f} GB of memory on rank 0\n",
                result["clips_per_s"].get<double>(), result["seconds_per_step"].get<double>() * 1e3,
                fields.training.global_batch, ranks.world.size(), result["data_share"].get<double>() * 100,
                result["peak_memory_gb"].get<double>());
        }
    }
    return exit_done;
}

}  // namespace sslslr
