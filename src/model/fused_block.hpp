#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <torch/torch.h>

#include "src/model/block_kernels.hpp"
#include "src/model/sequence_layout.hpp"

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

/// What a block's pass depends on beside tokens and weights.
struct BlockPass {
    std::shared_ptr<const SequenceLayout> layout;
    std::int64_t heads = 1;
    double dropout = 0;  ///< 0 outside training
    std::uint32_t network = 0;
    std::uint32_t layer = 0;
    bool cls_only = false;  ///< the result holds the CLS rows alone
    const ProcessorKernels* kernels = &sslslr::kernels();
};

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

/// x w^T + b. On CPUs in float32 by oneDNN, which is faster than the product behind torch::linear on
/// processors that MKL was not made for. Without a graph.
torch::Tensor product_with_transposed(const torch::Tensor& x, const torch::Tensor& w, const torch::Tensor& b);

}  // namespace sslslr
