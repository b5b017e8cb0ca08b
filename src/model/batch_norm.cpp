#include "src/model/batch_norm.hpp"

#include "dist/collectives.hpp"

namespace sslslr {
namespace {

constexpr double epsilon = 1e-5;  // both as in torch.nn.BatchNorm1d
constexpr double newest_share = 0.1;

}  // namespace

BatchNormImpl::BatchNormImpl(std::int64_t channels)
    : weight_{register_parameter("weight", torch::ones({channels}))},
      bias_{register_parameter("bias", torch::zeros({channels}))},
      running_mean_{register_buffer("running_mean", torch::zeros({channels}))},
      running_var_{register_buffer("running_var", torch::ones({channels}))} {}

torch::Tensor BatchNormImpl::forward(const torch::Tensor& x, dist::Group& group) {
    if (!is_training()) {
        const auto mean = goes_by_rows_ ? x.mean(0) : running_mean_;
        const auto variance = goes_by_rows_ ? x.var(0, /*unbiased=*/false) : running_var_;
        return (x - mean) * torch::rsqrt(variance + epsilon) * weight_ + bias_;
    }
    const auto channels = x.size(1);
    const auto rows_here = torch::full({1}, static_cast<double>(x.size(0)), x.options());
    const auto sums = dist::sum_over_ranks(torch::cat({x.sum(0), rows_here}), group);
    const auto rows = sums.slice(0, channels).detach();
    const auto mean = sums.slice(0, 0, channels) / rows;
    const auto centred = x - mean;
    const auto variance = dist::sum_over_ranks(centred.square().sum(0), group) / rows;
    track(mean.detach(), variance.detach(), rows);
    return centred * torch::rsqrt(variance + epsilon) * weight_ + bias_;
}

void BatchNormImpl::track(const torch::Tensor& mean, const torch::Tensor& variance,
                          const torch::Tensor& rows) {
    const torch::NoGradGuard no_grad;
    running_mean_.lerp_(mean, newest_share);
    running_var_.lerp_(variance * rows / (rows - 1), newest_share);
}

bool BatchNormImpl::is_fresh() const {
    return running_mean_.eq(0).all().item<bool>() && running_var_.eq(1).all().item<bool>();
}

void StatisticsOfRows::set(bool goes_by_rows) {
    module_.apply([&](torch::nn::Module& part) {
        if (auto* const norm = part.as<BatchNorm>()) {
            norm->goes_by_rows_ = goes_by_rows && norm->is_fresh();
        }
    });
}

}  // namespace sslslr
