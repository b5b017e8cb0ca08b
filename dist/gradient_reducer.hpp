#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/ATen.h>

#include "dist/group.hpp"

namespace sslslr::dist {

/// Sums gradients over ranks while backward still runs: c10d::Reducer (buckets in the order in which gradients
/// arrive) over the group's process group.
///
/// For bit-identical resume every life of a process begins alike: gradients become zeros and bucket views here, and the caller runs one
/// discarded backward before training, after which the buckets are laid out for good. On that first backward
/// rank 0 must hold clips: the order of the buckets is taken from it.
class GradientReducer {
public:
    /// Collective. Checks that all ranks have the same parameters and gives rank 0's values to all.
    /// @param parameters    leaf tensors that require gradients, on group.device()
    /// @param bucket_bytes  upper size of a bucket (the first is smaller, so that reduction starts early)
    GradientReducer(std::vector<at::Tensor> parameters, Group& group, std::int64_t bucket_bytes = 25 << 20);
    ~GradientReducer();

    /// Back-propagates and leaves in every parameter's grad() the sum over ranks of the gradient of `share`. Collective.
    ///
    /// @param share  scalar: this rank's part of the loss of the global batch, such that the parts add up to it.
    ///               A rank without clips gives the sum over an empty batch; parameters it does not reach count as zero.
    /// Overwrites the gradients of the call before.
    void backward_and_sum(const at::Tensor& share);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sslslr::dist
