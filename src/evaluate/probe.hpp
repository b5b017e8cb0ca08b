#pragma once

#include <cstdint>
#include <span>

#include <torch/types.h>

#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

// Shapes: R probes side by side, Q tested clips, W feature width, H hidden width, G glosses.

/// The settings by which probes that are trained together differ.
struct ProbeTrial {
    std::uint64_t seed = 0;       ///< determines initial weights and the order of the clips
    double learning_rate = 1e-3;  ///< initial rate of Adam; falls to 0 along a cosine
    double weight_decay = 1e-3;   ///< times half the squared weights (not biases) is added to the loss
};

/// The defaults were fixed beforehand and hold for every encoder and data set: nothing is chosen per run, so
/// nothing can be chosen on the test clips. Training is short: a strictly linear probe ends before its
/// optimum, unless rate or epochs are raised.
struct ProbeConfig {
    std::int64_t hidden = 512;  ///< width of the one hidden layer (ReLU); 0: strictly linear
    std::int64_t epochs = 100;
    std::int64_t batch = 128;  ///< clips in a step; full-batch if not less than the number of training clips
    bool standardise = true;   ///< centre and scale each feature by the training clips' mean and deviation
};

/// Trains probes on frozen features and returns their scores of the queries: [R, Q, G] logits for outcome().
///
/// The loss is the mean cross-entropy over the clips of a step plus the trial's weight decay. For a strictly
/// linear probe this is multinomial logistic regression, which is convex. All probes are trained in one
/// batched pass; beyond rounding, the result of a probe does not depend on the others, nor the scores of a
/// query on the other queries. Not collective: a function of its arguments, the same on every rank.
///
/// @param train    the training clips; labels of the queries are not passed at all
/// @param queries  [Q, W]
/// @param trials   [R], at least one
/// @throws c10::ValueError  shapes disagree, a label is out of range, there are no trials, epochs or batch
///                          are below 1, or hidden is below 0
/// Cost: 6 x epochs x R x clips x (W H + H G) floating-point operations.
/// Source: Madjoukeng et al. 2025, arXiv:2509.05188, section 6 ("a simple multilayer perceptron" on the
/// frozen encoder; its width and training are not stated).
torch::Tensor probe_scores(const LabelledFeatures& train, const torch::Tensor& queries,
                           std::span<const ProbeTrial> trials, const ProbeConfig& config = {});

}  // namespace sslslr
