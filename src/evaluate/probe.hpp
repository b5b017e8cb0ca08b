#pragma once

#include <cstdint>
#include <span>

#include <torch/torch.h>

#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

// Shapes: R probes side by side, Q clips tested, W feature width, H hidden width, G glosses.

/// What distinguishes one of several probes trained together.
struct ProbeTrial {
    std::uint64_t seed = 0;       ///< fixes initial weights and the order of the clips
    double learning_rate = 1e-3;  ///< of Adam at the start; falls to 0 along a cosine
    double weight_decay = 1e-3;   ///< times half the squared weights (not biases) is added to the loss
};

/// The defaults were fixed beforehand and hold for every encoder and data set: nothing is chosen per run, so
/// nothing can be chosen on the test clips. Training is short, so a strictly linear probe ends before its
/// optimum unless rate or epochs are raised.
struct ProbeConfig {
    std::int64_t hidden = 512;  ///< width of the one hidden layer (ReLU); 0: strictly linear
    std::int64_t epochs = 100;
    std::int64_t batch = 128;  ///< clips a step; at least the number of training clips: full-batch
    bool standardise = true;   ///< centre and scale each feature by the training clips' mean and deviation
};

/// Trains probes on frozen features and scores the queries: [R, Q, G] logits for outcome().
///
/// The loss is the mean cross-entropy over a step's clips plus the trial's weight decay; strictly linear,
/// that is multinomial logistic regression and convex. All probes are trained in one batched pass; a probe's
/// result does not depend on the others beyond rounding, nor a query's scores on the other queries. Not
/// collective: a function of its arguments, the same on every rank.
///
/// @param train    test labels have no way in
/// @param queries  [Q, W]
/// @param trials   [R], at least one
/// @throws c10::ValueError  shapes disagree, a label out of range, no trials, epochs or batch below 1, hidden
/// below 0 Cost: 6 x epochs x R x clips x (W H + H G) floating point operations. Source: Madjoukeng et al.
/// 2025, arXiv:2509.05188, section 6 ("a simple multilayer perceptron" on the frozen encoder, its width and
/// training not stated).
torch::Tensor probe_scores(const LabelledFeatures& train, const torch::Tensor& queries,
                           std::span<const ProbeTrial> trials, const ProbeConfig& config = {});

}  // namespace sslslr
