#pragma once

#include <torch/types.h>

#include "dist/group.hpp"

namespace sslslr {

struct Batch;

// Losses that several methods use. Each returns this rank's share: a sum over its clips, so that the shares
// of all ranks add up to the loss.

/// Returns the rows [B, D] scaled to length 1.
torch::Tensor unit_rows(const torch::Tensor& x);

/// Returns the sum over the clips of the cosine of corresponding rows: [], from two [B, D].
torch::Tensor cosine_sum(const torch::Tensor& a, const torch::Tensor& b);

/// Returns the sum over this rank's clips and both views of NT-Xent's cross-entropy. Its negatives are all
/// views of other clips of the global batch; views of the same clip at its other places in the batch are left
/// out. Collective.
/// @param first, second  [B, D] projections of the two views; rows of any length
/// @param batch          this rank's share
/// Source: Chen et al. 2020, "A simple framework for contrastive learning", equation 1.
torch::Tensor nt_xent_sum(const torch::Tensor& first, const torch::Tensor& second, const Batch& batch,
                          double temperature, dist::Group& group);

/// Returns the sum over this rank's clips of InfoNCE with stored keys as negatives.
/// @param queries    [B, D] unit rows
/// @param positives  [B, D] unit rows, constants
/// @param negatives  [Q, D] unit rows, constants
/// @param is_same    [B, Q] bool: the negative is a key of the same clip, and is left out
/// Source: He et al. 2020, "Momentum contrast", equation 1.
torch::Tensor info_nce_sum(const torch::Tensor& queries, const torch::Tensor& positives,
                           const torch::Tensor& negatives, const torch::Tensor& is_same, double temperature);

}  // namespace sslslr
