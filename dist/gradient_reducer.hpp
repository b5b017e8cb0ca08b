#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/ATen.h>

#include "dist/group.hpp"

namespace sslslr::dist {

/// Sums gradients over ranks while backward still runs: c10d::Reducer (buckets in the order in which
/// gradients arrive) over the group's process group.
///
/// The first backward lays out the buckets for good. Where the order of a sum depends on its place in a
/// bucket (ring all-reduce) the layout decides the last bits; so, for bit-identical resume, every life of a
/// process begins alike: one discarded backward before training, for which rank 0 must hold clips (the order
/// is taken from it).
class GradientReducer {
public:
    /// Collective. Checks that all ranks have the same parameters and gives rank 0's values to all.
    /// @param parameters    leaf tensors that require gradients, on group.device()
    /// @param group         must outlive this
    /// @param bucket_bytes  upper size of a bucket (the first is smaller, so that reduction starts early)
    /// @throws c10::ValueError  on every rank alike, naming the first parameter that differs from rank 0's
    GradientReducer(std::vector<at::Tensor> parameters, Group& group, std::int64_t bucket_bytes = 25 << 20);
    ~GradientReducer();

    /// Back-propagates and leaves in every parameter's grad() the sum over ranks of the gradient of `share`.
    /// Collective.
    ///
    /// @param share  scalar: this rank's part of the loss of the global batch, such that the parts add up to
    /// it.
    ///               A rank without clips gives the sum over an empty batch; parameters it does not reach
    ///               count as zero.
    /// Overwrites the gradients of the call before. They are views of the buckets: read or change them in
    /// place until the next call, but take a copy to keep them.
    /// @throws whatever backward or a collective throws; the reducer is unusable then, on every rank
    void backward_and_sum(const at::Tensor& share);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sslslr::dist
