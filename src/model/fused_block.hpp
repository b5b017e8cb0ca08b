#pragma once

#include <array>
#include <cstddef>

#include <torch/types.h>

#include "src/model/block_pass.hpp"

namespace sslslr {

/// A block's weights, in the order in which it registers them.
enum BlockWeight : std::size_t {
    attention_norm_weight,
    attention_norm_bias,
    qkv_weight,
    qkv_bias,
    projection_weight,
    projection_bias,
    feed_forward_norm_weight,
    feed_forward_norm_bias,
    expand_weight,
    expand_bias,
    contract_weight,
    contract_bias,
    block_weights  ///< the number of weights
};
using BlockWeights = std::array<torch::Tensor, block_weights>;

/// Whether fused_block() supports these tokens: on a CPU, in float32 or float64.
bool can_fuse(const torch::Tensor& x);

/// A transformer block as one node of the graph, with a handwritten backward. Beyond rounding, it computes
/// what Block composes of LibTorch's operations, with the same dropout masks bit for bit.
///
/// No random numbers and no attention scores are stored, and the loops between matrix products are fused
/// (block_kernels.hpp). Under autocast, matrix products read and write bfloat16; residual stream, norms,
/// statistics, softmax and the gradients of vectors stay in float32.
///
/// @param x  [T, W] tokens
/// @return   [T, W], or [B, W] for only the CLS tokens
torch::Tensor fused_block(const torch::Tensor& x, const BlockWeights& weights, const BlockPass& pass);

}  // namespace sslslr
