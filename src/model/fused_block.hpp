#pragma once

#include <array>
#include <cstddef>

#include <torch/torch.h>

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
    block_weights  ///< how many
};
using BlockWeights = std::array<torch::Tensor, block_weights>;

/// Whether fused_block() covers these tokens: a CPU, float32 or float64.
bool can_fuse(const torch::Tensor& x);

/// A transformer block as one node of the graph, its backward written by hand: what Block composes of LibTorch's
/// operations, beyond rounding, with the same masks bit for bit.
///
/// Nothing random is stored, attention keeps no scores, and the loops between matrix products are fused
/// (block_kernels.hpp). Under autocast matrix products take and give bfloat16; residual stream, norms,
/// statistics, softmax and the gradients of vectors stay in float32.
///
/// @param x  [T, W] tokens
/// @return   [T, W], or [B, W] of the CLS tokens
torch::Tensor fused_block(const torch::Tensor& x, const BlockWeights& weights, const BlockPass& pass);

}  // namespace sslslr
