#include "src/evaluate/nearness.hpp"

#include <algorithm>

#include "src/method/losses.hpp"

namespace sslslr {

void for_each_block(const torch::Tensor& queries, const torch::Tensor& references, Nearness nearness,
                    const std::function<void(std::int64_t first, const torch::Tensor& near)>& take) {
    constexpr std::int64_t numbers_at_once = 1 << 24;  // 128 MB of float64
    constexpr std::int64_t exact = 2;  // cdist without a matrix product, so that equal rows are at distance 0
    const bool is_cosine = nearness == Nearness::cosine;
    const auto wide = references.to(torch::kFloat64);
    const auto all = is_cosine ? unit_rows(wide) : wide;
    const auto block = std::max<std::int64_t>(1, numbers_at_once / all.size(0));
    for (std::int64_t first = 0; first < queries.size(0); first += block) {
        const auto rows =
            queries.narrow(0, first, std::min(block, queries.size(0) - first)).to(torch::kFloat64);
        take(first, is_cosine ? unit_rows(rows).mm(all.t()) : -torch::cdist(rows, all, 2, exact));
    }
}

}  // namespace sslslr
