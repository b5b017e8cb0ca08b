#pragma once

#include <cstdint>

#include <ATen/ATen.h>

#include "dist/group.hpp"

namespace sslslr::dist {

// Differentiable collectives. The loss is the sum of the roots that the ranks back-propagate from, and
// gradients are gradients of this sum.
//
// These functions communicate when called and, if the input requires a gradient, again in backward. So all
// ranks must build the same graph (a rank without clips builds it on an empty batch), back-propagate through
// all of it, and agree on what requires gradients. A GradientReducer may be armed at the same time. Under
// torch::NoGradGuard, and for integers, they are plain collectives. A group of one rank never communicates.
// Results are new tensors with the same bits on every rank, provided that the library's all-reduce guarantees
// it.

/// Returns the sum of `x` over ranks; `x` must have the same shape and type on every rank. Backward sums the
/// gradients of the results on all ranks, and is itself differentiable.
at::Tensor sum_over_ranks(const at::Tensor& x, Group& group);

/// Concatenates the ranks' shares of a matrix and returns [total, ...] on every rank. The values are exact,
/// because every row comes from one rank; only -0 becomes 0. The gradient of `rows` is summed over the ranks'
/// results.
///
/// Costs an all-reduce of the whole matrix, both forward and backward.
/// @param rows   [b, ...] this rank's share; b may be 0 and differ between ranks, the other sizes may not
/// @param first  index of its first row in the result; the shares must tile [0, total)
/// @throws c10::ValueError  the share exceeds [0, total), or a single rank does not provide all of it
at::Tensor gather_rows(const at::Tensor& rows, std::int64_t first, std::int64_t total, Group& group);

}  // namespace sslslr::dist
