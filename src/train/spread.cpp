#include "src/train/spread.hpp"

#include <cmath>

#include "src/method/losses.hpp"

namespace sslslr {

torch::Tensor spread_sums(const torch::Tensor& z) {
    const auto raw = z.to(torch::kDouble);
    const auto unit = unit_rows(raw);
    return torch::cat({raw.sum(0), raw.square().sum(0), unit.sum(0), unit.square().sum(0)});
}

Spread spread_of(const torch::Tensor& sums, std::int64_t clips) {
    const auto moments =
        sums.view({2, 2, -1}) / static_cast<double>(clips);  // [raw | unit, first | second, D]
    const auto variance = (moments.select(1, 1) - moments.select(1, 0).square()).clamp_min(0);
    const auto deviation = variance.sqrt().mean(1);
    const auto width = static_cast<double>(moments.size(2));
    return {.raw = deviation[0].item<double>(), .normalised = deviation[1].item<double>() * std::sqrt(width)};
}

}  // namespace sslslr
