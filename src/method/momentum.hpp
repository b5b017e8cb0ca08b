#pragma once

#include <torch/nn/module.h>

namespace sslslr {

/// Makes `target` a momentum network of `source`: gives it the same weights and excludes it from gradients.
void start_momentum(torch::nn::Module& target, const torch::nn::Module& source);

/// Sets target = momentum * target + (1 - momentum) * source for every parameter.
/// Source: He et al. 2020, equation 2; Grill et al. 2020, equation 1.
void move_towards(torch::nn::Module& target, const torch::nn::Module& source, double momentum);

/// Returns BYOL's momentum, which rises from `base` at the start of training to 1 at its end along a half
/// cosine.
/// Source: Grill et al. 2020, section 3.3.
double cosine_momentum(double base, double progress);

}  // namespace sslslr
