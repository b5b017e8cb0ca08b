#include "src/run/pretrain_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/run/data_set.hpp"
#include "src/settings/program.hpp"
#include "src/train/batches.hpp"

namespace sslslr {
namespace {

std::string instead_of_going_back() {
    return fmt::format("no longer there: {} ends the run; a lower {} needs another {} folder",
                       io::setting("on-collapse", "stop"), io::setting("learning-rate"), io::setting("run"));
}

void declare_data(Options& options, PretrainOptions& o) {
    options.section("Data (* may change when a run goes on)");
    options.add("data", o.data, "* clip stores: files or patterns, concatenated", Decides::nothing);
    options.add("train-split", o.train_split, "train on this split of the store (empty: all clips)");
    options.add("leave-out-signer", o.left_out_signers, "signers that take no part in training");
    options.add(
        "balance", o.balance,
        "which groups have an equal share of each epoch: every store, every signer, or none (every clip "
        "once); clips of a small group come several times, those of a large one in turn",
        Decides::learning);
    options.add("points", o.preprocess.points, "upper-body (65: pose 0-22 and both hands) or all (75)",
                Decides::clips);
    options.add("coordinates", o.preprocess.coordinates, "2 (x, y) or 3 (x, y, z)", Decides::clips);
    options.add("frames", o.preprocess.frames, "most frames of a clip; longer ones are shortened",
                Decides::clips);
    options.add("shorten", o.preprocess.shorten, "how: resample evenly, or keep the first", Decides::clips);
    options.add("smooth", o.preprocess.smooth, "Savitzky-Golay filter over time, window 7, degree 2",
                Decides::clips);
    options.add(
        "normalise", o.preprocess.normalise,
        "centre and scale by the shoulders, or by the palms where there are none; false: raw coordinates",
        Decides::clips);
    options.add(
        "canonical-hand", o.preprocess.canonical_hand,
        "mirror clips whose left hand is dominant: of which the wrist is seen more and ranges further",
        Decides::clips);
}

void declare_skeleton_views(Options& options, SkeletonViewsConfig& views) {
    options.section("Views of skeleton, in this order (lengths in shoulder widths; 0: off)");
    options.add("time-crop", views.time_crop,
                "least share of a clip's duration that a view keeps, resampled to as many frames (1: off)",
                Decides::learning);
    options.add("speed-warp", views.speed_warp,
                "largest change of speed within a view, as a share of it, to 0.9", Decides::learning);
    options.add("mirror-views", views.mirror, "probability that left and right change places",
                Decides::learning);
    options.add("view-scale", views.scale,
                "largest change of width and of height, each by itself, as a share of it", Decides::learning);
    options.add("view-shear", views.shear, "largest shear: shift of x per unit of y", Decides::learning);
    options.add("view-rotation", views.rotation_degrees, "largest angle in the plane, degrees",
                Decides::learning);
    options.add("view-shift", views.shift, "largest shift of each axis", Decides::learning);
    options.add("jitter-body", views.jitter_body,
                "standard deviation of the noise of each frame, point and coordinate, but for the hands",
                Decides::learning);
    options.add("jitter-hands", views.jitter_hands, "the same of the points of hands", Decides::learning);
    options.add("hide-points", views.hide_points, "probability of each point to be missing throughout a view",
                Decides::learning);
    options.add("hide-hand", views.hide_hand, "probability that one hand is missing throughout a view",
                Decides::learning);
    options.add("hide-frames", views.hide_frames,
                "longest stretch of a view that lacks both hands, as a share of the clip", Decides::learning);
}

void declare_augmentation(Options& options, PretrainOptions& o) {
    options.section("Augmentation");
    options.add("augmentation", o.augmentation,
                "boundary (permute first and last frames), classical, both, none, skeleton (strong views) or "
                "skeleton-boundary (the same, then permuted)");
    options.add("rotation-degrees", o.rotation_degrees, "largest angle of a rotation, degrees",
                Decides::learning);
    options.add("blur-sigma-max", o.blur_sigma_max, "largest deviation of the blur along time, frames",
                Decides::learning);
    options.add("flip-probability", o.flip_probability, "of mirroring left and right where a flip was drawn",
                Decides::learning);
    options.add("permuted-views", o.permuted_views,
                "where frames are permuted: both, or first, when the second view keeps their order",
                Decides::learning);
    declare_skeleton_views(options, o.skeleton_views);
}

void declare_boundary(Options& options, PretrainOptions& o) {
    options.section("Boundary: which frames the views permute");
    options.add(
        "boundary", o.boundary,
        "fixed (k1 and k2), drawn anew for every clip and epoch, or adaptive (each clip's own, by the "
        "motion of the wrists)",
        Decides::learning);
    options.section("Fixed boundary", "boundary", {"fixed"});
    options.add("k1", o.k1, "first frames to permute: a count, or a share of each clip's length (33%, 1/3)",
                Decides::learning);
    options.add("k2", o.k2, "last frames to permute, likewise", Decides::learning);
    options.section("Drawn boundary", "boundary", {"drawn"});
    options.add("longest-boundary", o.longest_boundary, "most frames that either end draws, likewise",
                Decides::learning);
}

void declare_model(Options& options, PretrainOptions& o) {
    auto& encoder = o.method.encoder;
    auto& heads = o.method.heads;
    options.section("Model");
    declare_method(options, o.method.kind);
    options.add("inputs", encoder.inputs,
                "what the encoder reads, any of positions, velocities (change in 10 frames), bones "
                "(joints relative to those they hang on), hands (relative to their wrists, in palms) and "
                "validity (whether a frame shows body and hands)",
                Decides::encoder);
    options.add("blocks", encoder.blocks, "transformer blocks", Decides::encoder);
    options.add("width", encoder.width, "channels of the encoder", Decides::encoder);
    options.add("heads", encoder.heads, "attention heads", Decides::encoder);
    options.add("dropout", encoder.dropout, "probability, after embedding, attention and in the feed-forward",
                Decides::learning);
    options.add("position", encoder.position, "learnt or sinusoidal positions", Decides::encoder);
    options.add("pooling", encoder.pooling, "cls, or mean over the frames", Decides::encoder);
    options.add("layer-norm", encoder.layer_norm, "all, blocks (none at the embedding) or none: ablations",
                Decides::encoder);
    options.add("fused-blocks", encoder.fused,
                "hand-written kernels on CPUs; false: LibTorch's operations, equal but for rounding",
                Decides::encoder);

    options.section("Projector", "method", method_names([](const auto& kind) { return kind.has_projector; }));
    options.add("projector-layers", heads.projector_layers, "linear layers");
    options.add("projector-hidden", heads.projector_hidden, "hidden width (0: the encoder's width)");
    options.add("embedding", heads.embedding, "output width, of the predictor too");
    options.add(
        "projector-norm", heads.projector_norm,
        "batch norm over all ranks: none, hidden (all layers but the last), all; auto: as the method's "
        "source has it");
    options.add(
        "regulariser", o.method.regulariser.kind,
        "keeps projections apart, beside the loss, over the batch of all ranks: none, sigreg (as a standard "
        "normal distribution) or vicreg (deviations of 1, no covariances)");
    options.section("Regulariser of the projections", "regulariser", {"sigreg", "vicreg"});
    options.add("regulariser-weight", o.method.regulariser.weight, "of its mean over the trained views");
    options.section("Predictor", "method",
                    method_names([](const auto& kind) { return kind.has_predictor != nullptr; }));
    options.add("predictor-hidden", heads.predictor_hidden, "hidden width");
    options.add("predictor-norm", heads.predictor_norm, "batch norm: none, hidden, all or auto");
    options.add("constant-predictor-rate", o.trainer.optimizer.constant_predictor_rate,
                "the schedule leaves its learning rate at the peak");
}

void declare_training(Options& options, PretrainOptions& o) {
    auto& optimizer = o.trainer.optimizer;
    options.section("Training (* may change when a run goes on)");
    options.add("epochs", o.epochs, "* passes over the training clips", Decides::resumable);
    options.add("max-steps", o.max_steps, "* end after this many steps, whatever the epochs (0: no limit)",
                Decides::resumable);
    options.add("global-batch", o.global_batch, "clips a step, over all ranks", Decides::learning);
    options.add(
        "micro-batch", o.trainer.micro_batch,
        "* clips that a rank encodes at a time, to bound memory; the result is that of the whole batch "
        "(0: its whole share)",
        Decides::nothing);
    options.add("optimizer", optimizer.kind, "sgd, adamw or lars");
    options.add("learning-rate", optimizer.learning_rate, "peak rate, before scaling");
    options.add("rate-scaling", optimizer.rate_scaling,
                "none, linear (times global batch / 256) or sqrt (of the same)");
    options.add("weight-decay", optimizer.weight_decay, "of all parameters; not of biases and norms in lars");
    options.add("clip-gradient-norm", optimizer.clip_gradient_norm,
                "largest global l2 norm of the gradients (0: no limit)");
    options.add("schedule", o.schedule.kind,
                "of the rate: constant, cosine or triangle, each after a linear warm-up");
    options.add("warmup-epochs", o.schedule.warmup_epochs, "epochs of the rate's rise");
    options.add("precision", o.precision,
                "float32; bfloat16 (matrix products of the encoder alone); float64 for comparisons",
                Decides::clips);
    options.add("seed", o.seed, "fixes weights, order, augmentation and dropout", Decides::encoder);
    options.add("threads", o.threads, "* threads of each rank", Decides::nothing);
    options.add("features-on-device", o.features_on_device,
                "* a GPU keeps all clips, unless views are classical (false if its memory runs short)",
                Decides::nothing);

    options.section("Optimizers sgd and lars", "optimizer", {"sgd", "lars"});
    options.add("momentum", optimizer.momentum, "of the steps before");
    options.section("Optimizer lars", "optimizer", {"lars"});
    options.add("lars-trust", optimizer.trust, "a step's length as a share of the weights'");

    options.section("Reduction of gradients over ranks");
    options.add("gradient-compression", o.gradient_compression,
                "none, or bfloat16: half the bytes, each sum rounded to 8 bits; for slow networks");
}

void declare_removed(Options& options) {
    options.removed("part-masks",
                    fmt::format("no longer there: {} flags each frame's parts",
                                io::setting("inputs", word_of(InputPart::validity))),
                    "false", Decides::clips);
    options.removed("original-view", "no longer there: the second term is mse(z1, z0)", "first");
    options.removed("stop-gradient", "no longer there: --predictor=false leaves out both", "true");
    options.removed("stop-gradient-pair", "no longer there: both views learn from mse(z1, z2)", "false");
    options.removed("normalise-projections", "no longer there: simsiam and byol compare directions", "false");
    options.removed("sum-channels", "no longer there: squares are averaged over the channels", "false");
    options.removed("symmetrise", "no longer there: both views are drawn alike, so the mean is the same",
                    "false");
    options.removed("bucket-megabytes", "no longer there: gradients travel in buckets of 25 MiB");
    options.removed("collapse-rate-factor", instead_of_going_back());
    options.removed("collapse-retries", instead_of_going_back());
}

void declare_run(Options& options, PretrainOptions& o) {
    options.section("The run");
    options.add("memory-limit", o.memory_limit, std::string{"* "} + memory_limit_help, Decides::nothing);
    options.add("run", o.run, "* folder of the run: configuration, metrics, checkpoints; resumed if present",
                Decides::nothing);
    options.add("checkpoint-every", o.checkpoint_every, "* steps between checkpoints (0: only at the end)",
                Decides::nothing);
    options.add("keep-checkpoints", o.keep_checkpoints, "* checkpoints to keep, the newest",
                Decides::nothing);

    options.section("Spread of the outputs, and collapse: its fall to a small share of its first value");
    options.add(
        "spread-every", o.spread_every,
        "* steps between measurements on 64 training clips without dropout; the first and the last step have "
        "one, too (0: only they)",
        Decides::resumable);
    options.add("on-collapse", o.collapse.policy, "* none, warn or stop (checkpoint, exit code 5)",
                Decides::resumable);
    options.removed_word("go-back", "stop", instead_of_going_back());
    options.add("collapse-threshold", o.collapse.threshold, "* that share", Decides::resumable);
    options.add("collapse-patience", o.collapse.patience, "* measurements in a row below it",
                Decides::resumable);
}

}  // namespace

void declare_learning(Options& options, PretrainOptions& fields) {
    declare_data(options, fields);
    declare_augmentation(options, fields);
    declare_model(options, fields);
    declare_settings(options, fields.method);
    declare_training(options, fields);
    declare_removed(options);
}

void declare(Options& options, PretrainOptions& fields) {
    declare_learning(options, fields);
    declare_boundary(options, fields);
    declare_run(options, fields);
}

std::string identity_of(PretrainOptions fields, const std::set<Decides>& what) {
    Options options{""};
    declare(options, fields);
    return fmt::format("code = {}\n{}", code_identity(), text_of(options.deciding(what)));
}

AugmentationConfig augmentation_of(const PretrainOptions& options) {
    AugmentationConfig config;
    config.kind = options.augmentation;
    config.boundary = options.boundary;
    config.longest = BoundaryLength::parse(options.longest_boundary);
    config.k1 = BoundaryLength::parse(options.k1);
    config.k2 = BoundaryLength::parse(options.k2);
    config.rotation_degrees = options.rotation_degrees;
    config.blur_sigma_max = options.blur_sigma_max;
    config.flip_probability = options.flip_probability;
    config.skeleton = options.skeleton_views;
    config.permuted_views = options.permuted_views;
    return config;
}

PreprocessConfig preprocess_config_of(const PretrainOptions& options) {
    auto config = options.preprocess;
    config.validity = std::ranges::count(options.method.encoder.inputs, InputPart::validity) > 0;
    return config;
}

TrainerConfig trainer_config_of(const PretrainOptions& options) {
    auto config = options.trainer;
    config.reduction.compress = options.gradient_compression == GradientCompression::bfloat16;
    return config;
}

void check_batches(const PretrainOptions& options, std::int64_t clips) {
    const auto batch = options.global_batch;
    check_global_batch(batch);
    const auto leaves_one = [&](std::int64_t size) { return size == 1 || clips % size == 1; };
    const auto problem = leaves_one(batch) ? objection_to_single_clips(options.method) : "";
    if (!problem.empty()) {
        auto fitting = batch + 1;
        while (fitting < clips && leaves_one(fitting)) {
            ++fitting;
        }
        throw ConfigError{
            fmt::format("{}: a batch of the {} training clips would hold a single one, of "
                        "which the method learns nothing ({}): {}",
                        io::setting("global-batch", batch), clips, problem,
                        clips > 1 ? io::setting("global-batch", fitting) + " leaves none alone"
                                  : "choose more training clips")};
    }
    options.method.kind->check_clips(options.method, clips);
}

}  // namespace sslslr
