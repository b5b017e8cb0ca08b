#pragma once

#include <torch/torch.h>

#include "dist/group.hpp"

namespace sslslr {

struct Batch;

// Losses that several methods use. Each is this rank's share: a sum over its clips, so that the ranks' add
// up.

/// Rows scaled to length 1. [B, D]
torch::Tensor unit_rows(const torch::Tensor& x);

/// Sum over the clips of the cosine between corresponding rows: [] of two [B, D].
torch::Tensor cosine_sum(const torch::Tensor& a, const torch::Tensor& b);

/// Sum over this rank's clips and both views of NT-Xent's cross-entropy, whose negatives are all views of
/// other clips of the global batch: the views of a clip at its other places in the batch are left out.
/// Collective.
/// @param first, second  [B, D] projections of the two views; any length
/// @param batch          this rank's share
/// Source: Chen et al. 2020, "A simple framework for contrastive learning", equation 1.
torch::Tensor nt_xent_sum(const torch::Tensor& first, const torch::Tensor& second, const Batch& batch,
                          double temperature, dist::Group& group);

/// Sum over this rank's clips of InfoNCE against stored keys: the positive's score stands first.
/// @param queries    [B, D] unit rows
/// @param positives  [B, D] unit rows, constants
/// @param negatives  [Q, D] unit rows, constants
/// @param is_same    [B, Q] bool: the negative is a key of the very clip, and is left out
/// Source: He et al. 2020, "Momentum contrast", equation 1.
torch::Tensor info_nce_sum(const torch::Tensor& queries, const torch::Tensor& positives,
                           const torch::Tensor& negatives, const torch::Tensor& is_same, double temperature);

}  // namespace sslslr
