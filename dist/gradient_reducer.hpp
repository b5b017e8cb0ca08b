#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/ATen.h>

#include "dist/gradient_places.hpp"
#include "dist/group.hpp"

namespace sslslr::dist {

struct ReductionOptions {
    /// Maximum size of a bucket (the first one is smaller, so that reduction starts early).
    std::int64_t bucket_bytes = 25 << 20;
    /// Sends gradients as bfloat16: half the bytes of float32, for slow links between nodes. Each rank's
    /// gradient and each partial sum is then rounded to 8 significant bits.
    bool compress = false;
};

/// Sums gradients over ranks while backward is still running. Uses c10d::Reducer, which fills its buckets in
/// the order in which gradients become ready, over the group's process group.
///
/// A step consists of any number of accumulate() calls, which may differ between ranks, and one
/// backward_and_sum(). The first call of a step drops the gradients of the previous step.
///
/// The first backward_and_sum() fixes the bucket layout. In a ring all-reduce the order of summation depends
/// on the position in a bucket, so the layout affects the last bits. For bit-identical resume, every process
/// therefore starts with one discarded step before training. The layout is taken from rank 0, which must hold
/// clips in the backward_and_sum() call of that step.
class GradientReducer {
public:
    /// Checks that all ranks have the same parameters and copies rank 0's values to all ranks. Collective.
    /// @param parameters  leaf tensors that require gradients, on group.device()
    /// @param group       must outlive this object
    /// @throws c10::ValueError  on every rank, naming the first parameter that differs from rank 0's
    GradientReducer(std::vector<at::Tensor> parameters, Group& group, ReductionOptions options = {});
    ~GradientReducer();

    /// Back-propagates into this rank's own gradients, which the next backward_and_sum() includes in its sum.
    /// Not collective, apart from collectives in the graph of `root`.
    /// @param root, gradient  as for backward_and_sum(); a root that requires no gradient adds nothing
    void accumulate(const at::Tensor& root, const at::Tensor& gradient = {});

    /// Back-propagates and stores in every parameter's grad() the sum over ranks of the gradients of `root`
    /// and of those accumulated in this step. Collective.
    ///
    /// The gradients are views of the buckets. They may be read or changed in place until the next call; copy
    /// them to keep them longer.
    /// @param root      this rank's share of the loss of the global batch (the shares add up to the loss), or
    ///                  a tensor [...] that this share depends on. A rank without clips passes the sum over
    ///                  an empty batch. Parameters that it does not reach get a zero gradient.
    /// @param gradient  gradient of the loss with respect to `root`, of the same shape; undefined: 1, for a
    ///                  scalar `root`
    /// @throws c10::ValueError  `gradient` does not match `root`
    /// @throws any error of backward or of a collective; after that, the reducer is unusable on every rank
    void backward_and_sum(const at::Tensor& root, const at::Tensor& gradient = {});

    /// Returns the places where nodes of the graph may write gradients. They are available from the third
    /// step on, after the bucket layout is final.
    const std::shared_ptr<GradientPlaces>& places() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sslslr::dist
