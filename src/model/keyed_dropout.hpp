#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace sslslr {

// Shapes: R rows (tokens), W columns (channels).

/// Where in the networks a mask stands.
enum class DropoutPlace : std::uint32_t {
    embedding = 0,
    attention = 1,
    feed_forward_hidden = 2,
    feed_forward = 3
};

/// The number of a mask's place, for keyed_dropout.
std::uint32_t dropout_site(std::uint32_t network, std::uint32_t layer, DropoutPlace place);

/// Dropout whose mask is a function of keys instead of a generator's state: rank count, batch layout and
/// recomputation do not change it. Differentiable in x and base.
///
/// On a GPU it is the library's dropout, whose generator the trainer seeds for each step (never run: no GPU).
///
/// @param x         [R, W] float32, float64, or bfloat16 (the result is float32 then)
/// @param base      [R, W] added to the result (a residual stream), or undefined
/// @param row_keys  [R] int32, see row_keys() of SequenceLayout
/// @param p         probability that an element becomes zero, in [0, 1); the others are scaled by 1 / (1 - p)
torch::Tensor keyed_dropout(const torch::Tensor& x, const torch::Tensor& base, const torch::Tensor& row_keys,
                            std::uint32_t site, double p);

}  // namespace sslslr
