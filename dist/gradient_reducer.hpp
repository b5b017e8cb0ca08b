#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/ATen.h>

#include "dist/gradient_places.hpp"
#include "dist/group.hpp"

namespace sslslr::dist {

struct ReductionOptions {
    /// Upper size of a bucket (the first is smaller, so that reduction starts early).
    std::int64_t bucket_bytes = 25 << 20;
    /// Gradients travel as bfloat16: half the bytes of float32, for slow links between nodes; but every rank's
    /// gradient and every sum of two is rounded to 8 significant bits.
    bool compress = false;
};

/// Sums gradients over ranks while backward still runs: c10d::Reducer (buckets in the order in which
/// gradients arrive) over the group's process group.
///
/// A step is any number of accumulate() calls, which may differ between ranks, and one backward_and_sum(). It
/// starts from no gradients: those of the step before are dropped by its first call.
///
/// The first backward_and_sum() lays out the buckets for good. Where the order of a sum depends on its place
/// in a bucket (ring all-reduce) the layout decides the last bits; so, for bit-identical resume, every life of
/// a process begins alike: one discarded step before training, for which rank 0 must hold clips in the call of
/// backward_and_sum() (the order is taken from it).
class GradientReducer {
public:
    /// Collective. Checks that all ranks have the same parameters and gives rank 0's values to all.
    /// @param parameters  leaf tensors that require gradients, on group.device()
    /// @param group       must outlive this
    /// @throws c10::ValueError  on every rank alike, naming the first parameter that differs from rank 0's
    GradientReducer(std::vector<at::Tensor> parameters, Group& group, ReductionOptions options = {});
    ~GradientReducer();

    /// Back-propagates into this rank's own gradients; the next backward_and_sum() adds them to what it
    /// reduces. Not collective (but for collectives in the graph of `root` itself).
    /// @param root, gradient  as for backward_and_sum(); a root without a graph adds nothing
    void accumulate(const at::Tensor& root, const at::Tensor& gradient = {});

    /// Back-propagates and leaves in every parameter's grad() the sum over ranks of the gradients of `root` and
    /// of what was accumulated in this step. Collective.
    ///
    /// The gradients are views of the buckets: read or change them in place until the next call, but take a
    /// copy to keep them.
    /// @param root      this rank's part of the loss of the global batch, such that the parts add up to it; or
    ///                  a tensor [...] that this part depends on. A rank without clips gives the sum over an
    ///                  empty batch; parameters it does not reach count as zero.
    /// @param gradient  of the loss with respect to `root`, of its shape; undefined: ones, of a scalar `root`
    /// @throws c10::ValueError  `gradient` does not fit `root`
    /// @throws whatever backward or a collective throws; the reducer is unusable then, on every rank
    void backward_and_sum(const at::Tensor& root, const at::Tensor& gradient = {});

    /// Where a node of the graph may write a parameter's gradient, from the third step on: before, the buckets are
    /// not laid out yet.
    const std::shared_ptr<GradientPlaces>& places() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sslslr::dist
