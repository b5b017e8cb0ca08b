#pragma once

#include <cstdint>

#include <ATen/ATen.h>

#include "dist/group.hpp"

namespace sslslr::dist {

// Collectives as parts of a differentiable graph. The loss of a graph is the sum over ranks of the roots that
// the ranks back-propagate from; gradients are those of this sum.
//
// Collective twice: when called and, where the input requires a gradient, once more in backward. So all ranks
// build the same graph (one without clips on an empty batch), back-propagate through all of it, and agree on
// what requires gradients; a GradientReducer may be armed meanwhile. Under torch::NoGradGuard, and for
// integers, they are collectives and no more. A group of one rank never communicates. Results are memory of
// their own, with the same bits on every rank (as far as the all-reduce of the group's library gives them).

/// Sum over ranks of `x`, which has the same shape and type on every rank. Backward sums the gradients of all
/// ranks' copies, and can be differentiated itself.
at::Tensor sum_over_ranks(const at::Tensor& x, Group& group);

/// Puts the ranks' shares of a matrix together: [total, ...] on every rank, exactly (nothing is rounded, for
/// every row has one contributor; -0 becomes 0). The gradient of `rows` is that of the ranks' copies, summed.
///
/// Costs an all-reduce of the whole, in either direction.
/// @param rows   [b, ...] this rank's share; b may be 0 and differ between ranks, the rest may not
/// @param first  place of its first row in the whole; the shares tile 0..total
/// @throws c10::ValueError  the share lies outside of the whole, or is not all of it on a single rank
at::Tensor gather_rows(const at::Tensor& rows, std::int64_t first, std::int64_t total, Group& group);

}  // namespace sslslr::dist
