#include "src/augment/boundary_order.hpp"

#include <algorithm>
#include <numeric>

namespace sslslr {

void boundary_order(std::span<std::int64_t> order, std::int64_t k1, std::int64_t k2, KeyedRandom& random) {
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const auto head = std::min(static_cast<std::size_t>(k1), order.size());
    const auto tail = std::min(static_cast<std::size_t>(k2), order.size() - head);
    shuffle(order.first(head), random);
    shuffle(order.last(tail), random);
}

}  // namespace sslslr
