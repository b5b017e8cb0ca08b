#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "dist/group.hpp"

namespace sslslr {

/// Batch normalisation over the clips of all ranks, so that shares of any size, also empty ones, give what one
/// rank gives on the whole batch: value, gradient and running statistics. Parameters and buffers are named as
/// in torch.nn.SyncBatchNorm.
/// Source: Ioffe and Szegedy 2015; gradients are summed over ranks as they pass the statistics.
class BatchNormImpl : public torch::nn::Module {
public:
    explicit BatchNormImpl(std::int64_t channels);

    /// [B, channels] -> [B, channels]. In train mode collective, with the statistics of the global batch, of
    /// two rows or more; in eval mode with the running ones.
    torch::Tensor forward(const torch::Tensor& x, dist::Group& group);

private:
    void track(const torch::Tensor& mean, const torch::Tensor& variance, const torch::Tensor& rows);

    torch::Tensor weight_;        ///< [channels]
    torch::Tensor bias_;          ///< [channels]
    torch::Tensor running_mean_;  ///< [channels]
    torch::Tensor running_var_;   ///< [channels], of the unbiased estimate
};
TORCH_MODULE(BatchNorm);

}  // namespace sslslr
