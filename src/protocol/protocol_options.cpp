#include "src/protocol/protocol_options.hpp"

namespace sslslr {

void declare(Options& options, ClipParts& p) {
    options.section("Which clips");
    options.add("train-split", p.train_split, "split whose labels train (empty: all clips that do not test)");
    options.add("validation-split", p.validation_split,
                "split that choices are made on, never the test split");
    options.add("test-split", p.test_split, "split to test on (empty: by signer, or by --train-fraction)");
    options.add("leave-out-signer", p.left_out_signers, "signers whose labels train nothing");
    options.add("test-signer", p.test_signers, "those of them to test on (none: all)");
    options.add("validation-signer", p.validation_signers, "training signers that choices are made on");
    options.add("validation-fraction", p.validation_fraction,
                "of the training clips of each class, drawn, that choices are made on");
    options.add("train-fraction", p.train_fraction,
                "of the clips of each class, drawn, that train; the others test");
    options.add("classes", p.classes, "only so many classes, those of most training clips (0: all)");
    options.add("split-seed", p.seed, "of the draws");
}

void declare(Options& options, ProtocolConfig& c) {
    options.section("Protocol");
    options.add(
        "protocol", c.kind,
        "linear (a probe on frozen features), transfer (the same on other data), knn, semi-supervised (from "
        "--label-fraction of the labels), fine-tune (the whole network), supervised (the same from random "
        "weights), raw (neighbours on the skeletons); of evaluate alone: measures (of the features, without "
        "a "
        "classifier), label-curve (several of these, from more and more labels)");
    options.add("label-fraction", c.labels.fraction,
                "of the labelled clips of each class whose labels are used (0, of evaluate alone: 0.3 where "
                "semi-supervised, else 1)");
    options.add("label-count", c.labels.count,
                "labelled clips of each class to learn from, and as many to choose settings by where clips "
                "validate (0: by --label-fraction)");
    options.add("freeze", c.freeze, "semi-supervised trains a probe instead of the whole network");
    options.add("probe", c.probe, "mlp (one hidden layer), linear, or both (of evaluate alone)");
    options.add("probe-epochs", c.probe_training.epochs, "passes over the labelled clips");
    options.add("probe-rates", c.probe_rates, "learning rates, the best on the validation clips is taken");
    options.add("probe-weight-decays", c.probe_weight_decays, "likewise, each with each rate");
    options.add("neighbours", c.neighbours, "of knn");
    options.add("raw-neighbours", c.raw_neighbours, "of raw");
    options.add("fine-tune-epochs", c.epochs,
                "of training the whole network; of several the best on the validation clips is taken");
    options.add("fine-tune-least-steps", c.least_steps,
                "more epochs where those would take fewer steps: few labels make few steps an epoch");
    options.add("fine-tune-optimizer", c.trainer.optimizer.kind, "sgd, adamw or lars");
    options.add("fine-tune-rate", c.trainer.optimizer.learning_rate, "peak rate, before scaling");
    options.add("fine-tune-rate-scaling", c.trainer.optimizer.rate_scaling,
                "none, linear or sqrt of the batch");
    options.add("fine-tune-weight-decay", c.trainer.optimizer.weight_decay, "of all parameters");
    options.add("fine-tune-schedule", c.schedule.kind,
                "constant, cosine or triangle, after a linear warm-up");
    options.add("fine-tune-warmup-epochs", c.schedule.warmup_epochs, "epochs of the rate's rise");
    options.add("fine-tune-augmentation", c.augmentation,
                "boundary, classical, both, none, skeleton or skeleton-boundary");
}

ProtocolConfig default_protocol() {
    ProtocolConfig config;
    config.trainer.optimizer = {.learning_rate = 0.1, .rate_scaling = RateScaling::linear};
    return config;
}

}  // namespace sslslr
