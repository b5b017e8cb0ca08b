#pragma once

#include <cstdint>

#include <torch/types.h>

namespace sslslr {

// Shapes: R rows (tokens), W columns (channels).

/// The place of a mask in a network.
enum class DropoutPlace : std::uint32_t {
    embedding = 0,
    attention = 1,
    feed_forward_hidden = 2,
    feed_forward = 3
};

/// Returns the number of a mask's place, for keyed_dropout.
std::uint32_t dropout_site(std::uint32_t network, std::uint32_t layer, DropoutPlace place);

/// Applies dropout whose mask is a function of keys instead of the state of a generator, so the number of
/// ranks, the batch layout and recomputation do not change it. Differentiable in x and base.
///
/// On a GPU it is LibTorch's dropout; the trainer seeds the generator before each pass of the encoder (never
/// run: no GPU).
///
/// @param x         [R, W] float32, float64 or bfloat16 (masked and scaled in float32)
/// @param base      [R, W] added to the result (a residual stream), or undefined
/// @param row_keys  [R] int32, see SequenceLayout::row_keys
/// @param p         probability that an element is set to zero, in [0, 1); others are scaled by 1 / (1 - p)
/// @throws c10::ValueError  shapes disagree, or p is out of range
torch::Tensor keyed_dropout(const torch::Tensor& x, const torch::Tensor& base, const torch::Tensor& row_keys,
                            std::uint32_t site, double p);

}  // namespace sslslr
