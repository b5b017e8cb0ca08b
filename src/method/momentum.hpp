#pragma once

#include <torch/torch.h>

namespace sslslr {

/// Makes `target` a momentum network of `source`: the same weights, which no gradient trains.
void start_momentum(torch::nn::Module& target, const torch::nn::Module& source);

/// target = momentum * target + (1 - momentum) * source, for every parameter.
/// Source: He et al. 2020, equation 2; Grill et al. 2020, equation 1.
void move_towards(torch::nn::Module& target, const torch::nn::Module& source, double momentum);

/// BYOL's momentum, from `base` at the start to 1 at the end of training by a half cosine.
/// Source: Grill et al. 2020, section 3.3.
double cosine_momentum(double base, double progress);

}  // namespace sslslr
