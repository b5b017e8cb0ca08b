#include "src/protocol/protocol_options.hpp"

namespace sslslr {

void declare(Options& options, ClipParts& p) {
    options.section("Which clips");
    options.add("train-split", p.train_split,
                "split whose labels are learnt (empty: all clips that are not test clips)");
    options.add("validation-split", p.validation_split,
                "split on which settings are chosen, never the test split");
    options.add("test-split", p.test_split, "split to test on (empty: by signer, or by --train-fraction)");
    options.add("leave-out-signer", p.left_out_signers, "signers whose labels are not learnt");
    options.add("test-signer", p.test_signers, "left-out signers to test on (none: all of them)");
    options.add("validation-signer", p.validation_signers,
                "training signers on whose clips settings are chosen");
    options.add(
        "validation-fraction", p.validation_fraction,
        "share of the training clips of each class, drawn at random, on which settings are chosen; below 1");
    options.add("train-fraction", p.train_fraction,
                "share of the clips of each class, drawn at random, to train on, below 1; the others test");
    options.add("classes", p.classes,
                "number of classes to use, those with the most training clips (0: all)");
    options.add("split-seed", p.seed, "seed of the random draws of clips");
}

void declare(Options& options, ProtocolConfig& c) {
    options.section("Protocol");
    options.add(
        "protocol", c.kind,
        "linear (a probe on frozen features), transfer (linear on other data), knn, semi-supervised (from "
        "--label-fraction of the labels), fine-tune (the whole network), supervised (the whole network from "
        "random weights), raw (neighbours on the skeletons); only in evaluate: measures (of the features, "
        "without a classifier), label-curve (several protocols, from more and more labels)");
    options.add("label-fraction", c.labels.fraction,
                "share of the labelled clips of each class whose labels are used, at most 1 (0, only in "
                "evaluate: 0.3 if semi-supervised, else 1)");
    options.add("label-count", c.labels.count,
                "labelled clips per class to learn from, and with validation clips as many to choose "
                "settings by (0: by --label-fraction)");
    options.add("freeze", c.freeze, "makes semi-supervised train a probe instead of the whole network");
    options.add("probe", c.probe,
                "probe on frozen features: mlp (one hidden layer), linear, or both (only in evaluate)");
    options.add("probe-epochs", c.probe_training.epochs, "passes of a probe over the labelled clips");
    options.add("probe-rates", c.probe_rates,
                "learning rates of the probe; the best on the validation clips is taken");
    options.add("probe-weight-decays", c.probe_weight_decays,
                "weight decays of the probe, tried with every rate");
    options.add("neighbours", c.neighbours, "neighbours of knn");
    options.add("raw-neighbours", c.raw_neighbours, "neighbours of raw");
    options.add("fine-tune-epochs", c.epochs,
                "epochs of training the whole network; of several the best on the validation clips is taken");
    options.add("fine-tune-least-steps", c.least_steps,
                "least steps of training the whole network: adds epochs if few labels make too few steps");
    options.add("fine-tune-optimizer", c.trainer.optimizer.kind,
                "optimizer of the whole network: sgd, adamw or lars");
    options.add("fine-tune-rate", c.trainer.optimizer.learning_rate,
                "peak learning rate of the whole network, before scaling");
    options.add("fine-tune-rate-scaling", c.trainer.optimizer.rate_scaling,
                "scaling of the rate by the batch: none, linear or sqrt");
    options.add("fine-tune-weight-decay", c.trainer.optimizer.weight_decay, "weight decay of all parameters");
    options.add("fine-tune-schedule", c.schedule.kind,
                "learning rate after a linear warm-up: constant, cosine or triangle");
    options.add("fine-tune-warmup-epochs", c.schedule.warmup_epochs, "epochs of the linear warm-up");
    options.add("fine-tune-augmentation", c.augmentation,
                "augmentation of the clips: boundary, classical, both, none, skeleton or skeleton-boundary");
}

ProtocolConfig default_protocol() {
    ProtocolConfig config;
    config.trainer.optimizer = {.learning_rate = 0.1, .rate_scaling = RateScaling::linear};
    return config;
}

}  // namespace sslslr
