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
    return fmt::format("removed: {} ends the run; a lower {} needs another {} folder",
                       io::setting("on-collapse", "stop"), io::setting("learning-rate"), io::setting("run"));
}

void declare_data(Options& options, PretrainOptions& o) {
    options.section("Data (* may change when a run is resumed)");
    options.add("data", o.data, "* clip stores to train on: files or patterns; several are joined",
                Decides::nothing);
    options.add("train-split", o.train_split, "split of the stores to train on (empty: all clips)");
    options.add("leave-out-signer", o.left_out_signers, "signers whose clips are left out");
    options.add(
        "balance", o.balance,
        "groups with equal shares of each epoch: store, signer, or none (every clip once); clips of a small "
        "group come several times in an epoch, those of a large group take turns over epochs",
        Decides::learning);
    options.add("points", o.preprocess.points,
                "points of a frame: upper-body (65: pose 0-22 and both hands) or all (75)", Decides::clips);
    options.add("coordinates", o.preprocess.coordinates, "coordinates of a point: 2 (x, y) or 3 (x, y, z)",
                Decides::clips);
    options.add("frames", o.preprocess.frames,
                "largest number of frames of a clip; longer clips are shortened", Decides::clips);
    options.add(
        "shorten", o.preprocess.shorten,
        "how clips that are too long are shortened: resample (evenly) or first (keep the first frames)",
        Decides::clips);
    options.add("smooth", o.preprocess.smooth,
                "smooth over time by a Savitzky-Golay filter of window 7 and degree 2", Decides::clips);
    options.add(
        "normalise", o.preprocess.normalise,
        "centre and scale each clip by the shoulders, or by the palms if it shows no shoulders; false: raw "
        "coordinates",
        Decides::clips);
    options.add("canonical-hand", o.preprocess.canonical_hand,
                "mirror clips whose left hand is dominant: its wrist is seen more often and moves further",
                Decides::clips);
}

void declare_skeleton_views(Options& options, SkeletonViewsConfig& views) {
    options.section("Operations of skeleton views, in the order in which they are applied (0: off)");
    options.add("time-crop", views.time_crop,
                "smallest share of a clip's duration that a view keeps, resampled to the same number of "
                "frames (1: off)",
                Decides::learning);
    options.add("speed-warp", views.speed_warp,
                "largest change of speed within a view, as a share of the speed (0 to 0.9)",
                Decides::learning);
    options.add("mirror-views", views.mirror, "probability that left and right are exchanged",
                Decides::learning);
    options.add("view-scale", views.scale,
                "largest change of width and of height, drawn independently, as a share (0 to 0.9)",
                Decides::learning);
    options.add("view-shear", views.shear, "largest shear: shift of x per unit of y (0 to 1)",
                Decides::learning);
    options.add("view-rotation", views.rotation_degrees,
                "largest rotation in the image plane, degrees (0 to 180)", Decides::learning);
    options.add("view-shift", views.shift, "largest shift along each axis, shoulder widths (0 to 5)",
                Decides::learning);
    options.add(
        "jitter-body", views.jitter_body,
        "standard deviation of the noise on each coordinate, hands excepted, shoulder widths (0 to 1)",
        Decides::learning);
    options.add("jitter-hands", views.jitter_hands,
                "standard deviation of the noise on each coordinate of the hands, shoulder widths (0 to 1)",
                Decides::learning);
    options.add("hide-points", views.hide_points, "probability that a point is missing throughout a view",
                Decides::learning);
    options.add("hide-hand", views.hide_hand, "probability that one hand is missing throughout a view",
                Decides::learning);
    options.add("hide-frames", views.hide_frames,
                "longest part of a view without either hand, as a share of the clip (0 to 1)",
                Decides::learning);
}

void declare_augmentation(Options& options, PretrainOptions& o) {
    options.section("Augmentation");
    options.add(
        "augmentation", o.augmentation,
        "how views are made: boundary (permute first and last frames), classical (rotation, blur or flip), "
        "both (classical, then boundary), none, skeleton (strong changes in space and time) or "
        "skeleton-boundary (skeleton, then boundary)");
    options.add("rotation-degrees", o.rotation_degrees,
                "largest angle of a classical rotation, degrees (0 to 180)", Decides::learning);
    options.add("blur-sigma-max", o.blur_sigma_max,
                "largest standard deviation of the classical blur along time, frames, up to 100",
                Decides::learning);
    options.add("flip-probability", o.flip_probability,
                "probability that a classical view for which the flip is drawn is mirrored",
                Decides::learning);
    options.add("permuted-views", o.permuted_views,
                "views whose frames are permuted: both, or first (only the first)", Decides::learning);
    declare_skeleton_views(options, o.skeleton_views);
}

void declare_boundary(Options& options, PretrainOptions& o) {
    options.section("Boundary: which frames the views permute");
    options.add("boundary", o.boundary, "fixed (k1 and k2) or drawn (at random for every clip and epoch)",
                Decides::learning);
    options.section("Fixed boundary", "boundary", {"fixed"});
    options.add("k1", o.k1,
                "first frames that are permuted: a count, or a share of each clip's length (33%, 1/3)",
                Decides::learning);
    options.add("k2", o.k2,
                "last frames that are permuted: a count, or a share of each clip's length (33%, 1/3)",
                Decides::learning);
    options.section("Drawn boundary", "boundary", {"drawn"});
    options.add("longest-boundary", o.longest_boundary,
                "largest number drawn for either end: a count, or a share of each clip's length (33%, 1/3)",
                Decides::learning);
}

void declare_model(Options& options, PretrainOptions& o) {
    auto& encoder = o.method.encoder;
    auto& heads = o.method.heads;
    options.section("Model");
    declare_method(options, o.method.kind);
    options.add(
        "inputs", encoder.inputs,
        "what the encoder reads, any of positions, velocities (change in 10 frames), bones (joints "
        "relative to their parent joints), hands (relative to their wrists, in palm sizes) and validity "
        "(whether a frame shows the body and each hand)",
        Decides::encoder);
    options.add("blocks", encoder.blocks, "number of transformer blocks", Decides::encoder);
    options.add("width", encoder.width, "width of the encoder, channels", Decides::encoder);
    options.add("heads", encoder.heads, "number of attention heads", Decides::encoder);
    options.add("dropout", encoder.dropout,
                "dropout probability after the embedding, after attention and in the feed-forward layers",
                Decides::learning);
    options.add("position", encoder.position, "position embeddings: learnt or sinusoidal", Decides::encoder);
    options.add("pooling", encoder.pooling,
                "features of a clip: cls (output of the CLS token) or mean (over the frames)",
                Decides::encoder);
    options.add("layer-norm", encoder.layer_norm,
                "layer norms, for ablations: all, blocks (none at the embedding) or none", Decides::encoder);
    options.add("fused-blocks", encoder.fused,
                "use hand-written kernels on CPUs; false: LibTorch's operations, equal up to rounding",
                Decides::encoder);

    options.section("Projector", "method", method_names([](const auto& kind) { return kind.has_projector; }));
    options.add("projector-layers", heads.projector_layers, "linear layers of the projector");
    options.add("projector-hidden", heads.projector_hidden,
                "hidden width of the projector (0: the encoder's width)");
    options.add("embedding", heads.embedding, "output width of projector and predictor");
    options.add("projector-norm", heads.projector_norm,
                "batch norm of the projector, over all ranks: none, hidden (all layers but the last), all or "
                "auto (as in the method's source)");
    options.add(
        "regulariser", o.method.regulariser.kind,
        "term, added to the loss, that spreads the projections over the batch of all ranks: none, sigreg "
        "(towards a standard normal distribution) or vicreg (towards standard deviations of 1 without "
        "covariances)");
    options.section("Regulariser of the projections", "regulariser", {"sigreg", "vicreg"});
    options.add("regulariser-weight", o.method.regulariser.weight,
                "weight of the regulariser, which is averaged over the trained views");
    options.section("Predictor", "method",
                    method_names([](const auto& kind) { return kind.has_predictor != nullptr; }));
    options.add("predictor-hidden", heads.predictor_hidden, "hidden width of the predictor");
    options.add("predictor-norm", heads.predictor_norm,
                "batch norm of the predictor: none, hidden, all or auto");
    options.add("constant-predictor-rate", o.trainer.optimizer.constant_predictor_rate,
                "keep the predictor's learning rate at its peak, whatever the schedule");
}

void declare_training(Options& options, PretrainOptions& o) {
    auto& optimizer = o.trainer.optimizer;
    options.section("Training (* may change when a run is resumed)");
    options.add("epochs", o.epochs, "* passes over the training clips", Decides::resumable);
    options.add("max-steps", o.max_steps, "* end after this many steps, even within an epoch (0: no limit)",
                Decides::resumable);
    options.add("global-batch", o.global_batch, "clips per step, over all ranks", Decides::learning);
    options.add("micro-batch", o.trainer.micro_batch,
                "* clips that a rank encodes at a time, to limit memory; the result is that of the whole "
                "batch (0: the rank's whole share)",
                Decides::nothing);
    options.add("optimizer", optimizer.kind, "sgd, adamw or lars");
    options.add("learning-rate", optimizer.learning_rate,
                "peak learning rate, before it is scaled with the global batch");
    options.add(
        "rate-scaling", optimizer.rate_scaling,
        "factor on the learning rate: none (1), linear (global batch / 256) or sqrt (square root of that)");
    options.add("weight-decay", optimizer.weight_decay,
                "weight decay of all parameters; with lars, biases and norms are exempt");
    options.add("clip-gradient-norm", optimizer.clip_gradient_norm,
                "largest global l2 norm of the gradients (0: no limit)");
    options.add("schedule", o.schedule.kind,
                "learning rate after a linear warm-up: constant, cosine or triangle");
    options.add("warmup-epochs", o.schedule.warmup_epochs,
                "epochs in which the learning rate rises to its peak");
    options.add("precision", o.precision,
                "float32, bfloat16 (only matrix products of the encoder) or float64 (for comparisons)",
                Decides::clips);
    options.add("seed", o.seed, "seed of the initial weights, order of clips, augmentation and dropout",
                Decides::encoder);
    options.add("threads", o.threads, "* threads of each rank", Decides::nothing);
    options.add("features-on-device", o.features_on_device,
                "* keep all clips in GPU memory, unless augmentation is classical; false if they do not fit",
                Decides::nothing);

    options.section("Optimizers sgd and lars", "optimizer", {"sgd", "lars"});
    options.add("momentum", optimizer.momentum, "momentum coefficient");
    options.section("Optimizer lars", "optimizer", {"lars"});
    options.add("lars-trust", optimizer.trust,
                "trust coefficient: norm of a step as a share of the norm of the weights");

    options.section("Reduction of gradients over ranks");
    options.add("gradient-compression", o.gradient_compression,
                "none, or bfloat16: half the bytes, each sum rounded to 8 bits; for slow networks");
}

void declare_removed(Options& options) {
    options.removed("part-masks",
                    fmt::format("removed: {} flags each frame's parts",
                                io::setting("inputs", word_of(InputPart::validity))),
                    "false", Decides::clips);
    options.removed("original-view", "removed: the second term is always mse(z1, z0)", "first");
    options.removed("stop-gradient", "removed: --predictor=false leaves out predictor and stop-gradient",
                    "true");
    options.removed("stop-gradient-pair", "removed: both views always learn from mse(z1, z2)", "false");
    options.removed("normalise-projections", "removed: simsiam and byol always compare directions", "false");
    options.removed("sum-channels", "removed: squares are always averaged over the channels", "false");
    options.removed("symmetrise", "removed: both views are drawn alike, so the mean loss is the same",
                    "false");
    options.removed("bucket-megabytes", "removed: gradients are always reduced in buckets of 25 MiB");
    options.removed("collapse-rate-factor", instead_of_going_back());
    options.removed("collapse-retries", instead_of_going_back());
}

void declare_run(Options& options, PretrainOptions& o) {
    options.section("The run");
    options.add("memory-limit", o.memory_limit, std::string{"* "} + memory_limit_help, Decides::nothing);
    options.add("run", o.run,
                "* folder of the run: configuration, metrics, checkpoints; a run in it is resumed",
                Decides::nothing);
    options.add("checkpoint-every", o.checkpoint_every, "* steps between checkpoints (0: only at the end)",
                Decides::nothing);
    options.add("keep-checkpoints", o.keep_checkpoints, "* number of newest checkpoints to keep",
                Decides::nothing);

    options.section("Collapse: the spread of the outputs falls to a small share of its first value");
    options.add(
        "spread-every", o.spread_every,
        "* steps between measurements of the spread, on 64 training clips without dropout; the first and the "
        "last step are always measured (0: only these)",
        Decides::resumable);
    options.add("on-collapse", o.collapse.policy,
                "* response to a collapse: none, warn or stop (write a checkpoint, exit with code 5)",
                Decides::resumable);
    options.removed_word("go-back", "stop", instead_of_going_back());
    options.add("collapse-threshold", o.collapse.threshold,
                "* share of the first spread below which a measurement is low", Decides::resumable);
    options.add("collapse-patience", o.collapse.patience, "* low measurements in a row that are a collapse",
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
    config.longest = BoundaryLength::parse(options.longest_boundary, io::setting("longest-boundary"));
    config.k1 = BoundaryLength::parse(options.k1, io::setting("k1"));
    config.k2 = BoundaryLength::parse(options.k2, io::setting("k2"));
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
        throw ConfigError{fmt::format(
            "{}: a batch of the {} training clips would hold only one, from which the method learns nothing "
            "({}): {}",
            io::setting("global-batch", batch), clips, problem,
            clips > 1 ? "choose " + io::setting("global-batch", fitting) : "choose more training clips")};
    }
    options.method.kind->check_clips(options.method, clips);
}

}  // namespace sslslr
