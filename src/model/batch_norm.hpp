#pragma once

#include <cstdint>

#include <torch/nn/module.h>

#include "dist/group.hpp"

namespace sslslr {

/// Batch normalisation over the clips of all ranks. Shares of any size, including empty ones, give the
/// values, gradients and running statistics that one rank gives on the whole batch. Parameters and buffers
/// have the names of torch.nn.SyncBatchNorm.
/// Source: Ioffe and Szegedy 2015; gradients through the statistics are summed over ranks, too.
class BatchNormImpl : public torch::nn::Module {
public:
    explicit BatchNormImpl(std::int64_t channels);

    /// Normalises [B, channels]. In train mode it is collective and uses the statistics of the global batch,
    /// which must have at least two rows. In eval mode it uses the running statistics, unless
    /// StatisticsOfRows is in effect.
    torch::Tensor forward(const torch::Tensor& x, dist::Group& group);

private:
    friend class StatisticsOfRows;
    void track(const torch::Tensor& mean, const torch::Tensor& variance, const torch::Tensor& rows);
    /// Whether the running statistics still have their initial values.
    bool is_fresh() const;

    torch::Tensor weight_;        ///< [channels]
    torch::Tensor bias_;          ///< [channels]
    torch::Tensor running_mean_;  ///< [channels]
    torch::Tensor running_var_;   ///< [channels], unbiased
    bool goes_by_rows_ = false;   ///< use the statistics of the rows in eval mode
};
TORCH_MODULE(BatchNorm);

/// While it exists, batch norms within a module that are in eval mode and have seen no batch yet use the
/// statistics of their input rows on this rank instead of the running ones, which are not changed. Batch
/// norms that have seen a batch use their running statistics: with those of the rows, a norm's output would
/// be equally spread however close its inputs are.
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
