#include "launch/pretrain_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr bool changeable = true;

void declare_data(Options& options, PretrainOptions& o) {
    options.section("Data (* may change when a run goes on)");
    options.add("data", o.data, "* clip stores: files or patterns, concatenated", changeable);
    options.add("train-split", o.train_split, "train on this split of the store (empty: all clips)");
    options.add("leave-out-signer", o.left_out_signers, "signers that take no part in training");
    options.add("points", o.preprocess.points, "upper-body (65: pose 0-22 and both hands) or all (75)");
    options.add("coordinates", o.preprocess.coordinates, "2 (x, y) or 3 (x, y, z)");
    options.add("frames", o.preprocess.frames, "most frames of a clip; longer ones are shortened");
    options.add("shorten", o.preprocess.shorten, "how: resample evenly, or keep the first");
    options.add("smooth", o.preprocess.smooth, "Savitzky-Golay filter over time, window 7, degree 2");
    options.add("normalise", o.preprocess.normalise,
                "centre and scale by the shoulders; false: raw coordinates");
    options.add("part-masks", o.preprocess.part_masks,
                "one feature a body part that flags it as never detected");
}

void declare_augmentation(Options& options, PretrainOptions& o) {
    options.section("Augmentation");
    options.add("augmentation", o.augmentation,
                "boundary (permute first and last frames), classical, both or none");
    options.add("k1", o.k1, "first frames to permute: a count, or a share of each clip's length (33%, 1/3)");
    options.add("k2", o.k2, "last frames to permute, likewise");
    options.add("rotation-degrees", o.rotation_degrees, "largest angle of a rotation, degrees");
    options.add("blur-sigma-max", o.blur_sigma_max, "largest deviation of the blur along time, frames");
    options.add("flip-probability", o.flip_probability, "of mirroring left and right where a flip was drawn");
}

void declare_model(Options& options, PretrainOptions& o) {
    auto& encoder = o.method.encoder;
    auto& heads = o.method.heads;
    options.section("Model");
    options.add("method", o.method.name, fmt::format("{}", fmt::join(method_names(), " or ")));
    options.add("blocks", encoder.blocks, "transformer blocks");
    options.add("width", encoder.width, "channels of the encoder");
    options.add("heads", encoder.heads, "attention heads");
    options.add("dropout", encoder.dropout,
                "probability, after embedding, attention and in the feed-forward");
    options.add("position", encoder.position, "learnt or sinusoidal positions");
    options.add("pooling", encoder.pooling, "cls, or mean over the frames");
    options.add("projector-hidden", heads.projector_hidden,
                "hidden width of the projector (0: the encoder's width)");
    options.add("embedding", heads.embedding, "output width of projector and predictor");
    options.add("predictor-hidden", heads.predictor_hidden, "hidden width of the predictor");

    auto& loss = o.method.sl_fpn;
    options.section("Loss of sl-fpn");
    options.add("predictor-input", loss.predictor_input, "original, or view (the first)");
    options.add("predictor", loss.predictor, "false: no predictor and no stop-gradient");
    options.add("original", loss.original, "false: without the original as third positive");
    options.add("swap", loss.swap, "original and first view change roles");
    options.add("stop-gradient-original", loss.stop_gradient_original, "the original is a constant target");
    options.add("normalise-projections", loss.normalise, "MSE of l2-normalised projections");
    options.add("symmetrise", loss.symmetrise, "average with the loss of swapped views");
    options.add("weight-pair", loss.weights[0], "of mse(z1, z2)");
    options.add("weight-original", loss.weights[1], "of mse(z1, z0)");
    options.add("weight-predict", loss.weights[2], "of mse(q(z0), z2)");
}

void declare_training(Options& options, PretrainOptions& o) {
    options.section("Training (* may change when a run goes on)");
    options.add("run", o.run, "* folder of the run: configuration, metrics, checkpoints; resumed if present",
                changeable);
    options.add("epochs", o.epochs, "* passes over the training clips", changeable);
    options.add("max-steps", o.max_steps, "* end after this many steps, whatever the epochs (0: no limit)",
                changeable);
    options.add("global-batch", o.global_batch, "clips a step, over all ranks");
    options.add("optimizer", o.optimizer.name, "sgd or adamw");
    options.add("learning-rate", o.optimizer.learning_rate, "peak rate");
    options.add("momentum", o.optimizer.momentum, "of sgd");
    options.add("weight-decay", o.optimizer.weight_decay, "of all parameters");
    options.add("schedule", o.schedule.name,
                "of the rate: constant, cosine or triangle, each after a linear warm-up");
    options.add("warmup-epochs", o.schedule.warmup_epochs, "epochs of the rate's rise");
    options.add("precision", o.precision, "float32, or float64 for comparisons");
    options.add("seed", o.seed, "fixes weights, order, augmentation and dropout");
    options.add("checkpoint-every", o.checkpoint_every, "* steps between checkpoints (0: only at the end)",
                changeable);
    options.add("keep-checkpoints", o.keep_checkpoints, "* checkpoints to keep, the newest", changeable);
    options.add("threads", o.threads, "* threads of each rank", changeable);
}

}  // namespace

void declare(Options& options, PretrainOptions& fields) {
    declare_data(options, fields);
    declare_augmentation(options, fields);
    declare_model(options, fields);
    declare_training(options, fields);
}

AugmentationConfig augmentation_of(const PretrainOptions& options) {
    AugmentationConfig config;
    config.kind = options.augmentation;
    config.k1 = BoundaryLength::parse(options.k1);
    config.k2 = BoundaryLength::parse(options.k2);
    config.rotation_degrees = options.rotation_degrees;
    config.blur_sigma_max = options.blur_sigma_max;
    config.flip_probability = options.flip_probability;
    return config;
}

torch::Dtype precision_of(const std::string& name) {
    if (name == "float32") {
        return torch::kFloat32;
    }
    if (name == "float64") {
        return torch::kFloat64;
    }
    throw ConfigError{fmt::format("--precision {}: expected float32 or float64", name)};
}

}  // namespace sslslr
