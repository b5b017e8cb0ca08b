#pragma once

#include <torch/types.h>

namespace sslslr {

// The matrix products of linear layers on CPUs, without a graph. In float32 they use oneDNN, which is faster
// than the products behind torch::linear and torch::mm on processors that MKL was not made for.

/// Returns x w^T + b. With the transpose of a weight as `w` this is the gradient of a layer's input.
/// @param x  [R, I]
/// @param w  [O, I], any strides
/// @param b  [O], or undefined
/// @return   [R, O], of the type of x and w
torch::Tensor product_with_transposed(const torch::Tensor& x, const torch::Tensor& w, const torch::Tensor& b);

/// Writes the gradient of a layer's weight, g^T x, to `result`.
/// @param g       [R, O] gradient of the layer's result
/// @param x       [R, I] the layer's input, of the same type
/// @param result  [O, I] contiguous, of the same type or float32
void product_of_transposed(const torch::Tensor& g, const torch::Tensor& x, const torch::Tensor& result);

}  // namespace sslslr
