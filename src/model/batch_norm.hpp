#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "dist/group.hpp"

namespace sslslr {

/// Batch normalisation over the clips of all ranks, so that shares of any size, also empty ones, give what
/// one rank gives on the whole batch: value, gradient and running statistics. Parameters and buffers are
/// named as in torch.nn.SyncBatchNorm.
/// Source: Ioffe and Szegedy 2015; gradients are summed over ranks as they pass the statistics.
class BatchNormImpl : public torch::nn::Module {
public:
    explicit BatchNormImpl(std::int64_t channels);

    /// [B, channels] -> [B, channels]. In train mode collective, with the statistics of the global batch, of
    /// two rows or more; in eval mode with the running ones, unless StatisticsOfRows says otherwise.
    torch::Tensor forward(const torch::Tensor& x, dist::Group& group);

private:
    friend class StatisticsOfRows;
    void track(const torch::Tensor& mean, const torch::Tensor& variance, const torch::Tensor& rows);
    /// Whether the running statistics are still those that it was made with.
    bool is_fresh() const;

    torch::Tensor weight_;        ///< [channels]
    torch::Tensor bias_;          ///< [channels]
    torch::Tensor running_mean_;  ///< [channels]
    torch::Tensor running_var_;   ///< [channels], of the unbiased estimate
    bool goes_by_rows_ = false;   ///< in eval mode
};
TORCH_MODULE(BatchNorm);

/// While it lives, batch norms within a module that are in eval mode and have counted no batch yet take the
/// statistics of the rows they are given, on this rank, in place of the running ones, which stay as they are.
/// Later the running ones are right, and with those of the rows a norm's output would look as far apart
/// however close its input is.
class StatisticsOfRows {
public:
    explicit StatisticsOfRows(torch::nn::Module& module) : module_{module} { set(true); }
    ~StatisticsOfRows() { set(false); }
    StatisticsOfRows(const StatisticsOfRows&) = delete;
    StatisticsOfRows& operator=(const StatisticsOfRows&) = delete;

private:
    void set(bool goes_by_rows);

    torch::nn::Module& module_;
};

}  // namespace sslslr
