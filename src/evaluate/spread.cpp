#include "src/evaluate/spread.hpp"

#include <cmath>

#include <torch/nn/functional/normalization.h>

namespace sslslr {
namespace {

double mean_deviation(const torch::Tensor& x) {
    return x.std(0, /*unbiased=*/false).mean().item<double>();
}

}  // namespace

Spread spread_of(const torch::Tensor& x) {
    const auto wide = x.to(torch::kFloat64);
    return {.raw = mean_deviation(wide),
            .normalised = mean_deviation(torch::nn::functional::normalize(wide)) *
                          std::sqrt(static_cast<double>(x.size(1)))};
}

}  // namespace sslslr
