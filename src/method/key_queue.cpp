#include "src/method/key_queue.hpp"

#include <algorithm>

#include "dist/collectives.hpp"
#include "src/method/losses.hpp"

namespace sslslr {
namespace {

torch::Tensor numbers(const std::vector<std::int64_t>& values, torch::Device device) {
    return torch::tensor(values, torch::kInt64).to(device);
}

}  // namespace

KeyQueueImpl::KeyQueueImpl(std::int64_t size, std::int64_t width)
    : keys_{register_buffer("keys", unit_rows(torch::randn({size, width})))},
      ids_{register_buffer("ids", torch::full({size}, -1, torch::kInt64))},
      next_{register_buffer("next", torch::zeros({}, torch::kInt64))} {}

torch::Tensor KeyQueueImpl::is_of(const std::vector<std::int64_t>& ids) const {
    return numbers(ids, ids_.device()).unsqueeze(1) == ids_.unsqueeze(0);
}

void KeyQueueImpl::enqueue(const torch::Tensor& here, const Batch& batch, dist::Group& group) {
    const torch::NoGradGuard no_grad;
    const auto keys = dist::gather_rows(here, batch.first, batch.global_size, group);
    const auto ids =
        dist::gather_rows(numbers(batch.ids(), ids_.device()), batch.first, batch.global_size, group);

    const auto size = keys_.size(0);
    const auto count = std::min(batch.global_size, size);
    const auto begin = next_.item<std::int64_t>() + batch.global_size - count;
    const auto places = torch::arange(begin, begin + count, ids_.options()).remainder(size);
    keys_.index_copy_(0, places, keys.slice(0, batch.global_size - count));
    ids_.index_copy_(0, places, ids.slice(0, batch.global_size - count));
    next_.fill_((next_.item<std::int64_t>() + batch.global_size) % size);
}

}  // namespace sslslr
