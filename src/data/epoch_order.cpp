#include "src/data/epoch_order.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "src/data/keyed_random.hpp"

namespace sslslr {

std::vector<std::int64_t> epoch_order(std::uint64_t seed, std::int64_t epoch, std::int64_t clips) {
    if (clips < 0 || clips > std::numeric_limits<std::uint32_t>::max()) {
        throw std::length_error{"epoch_order of " + std::to_string(clips) + " clips; it draws 32 bits"};
    }
    std::vector<std::int64_t> order(static_cast<std::size_t>(clips));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    KeyedRandom random{seed, Purpose::epoch_order, {static_cast<std::uint64_t>(epoch)}};
    shuffle(std::span{order}, random);
    return order;
}

std::span<const std::int64_t> share_of(std::span<const std::int64_t> batch,
                                       std::span<const std::int64_t> lengths, int rank, int ranks) {
    const auto total = std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
    // A clip belongs to the rank in whose stretch of the batch's frames its middle lies.
    const auto first_clip_of = [&](std::int64_t of_rank) -> std::size_t {
        if (of_rank == 0 || of_rank == ranks) {
            return of_rank == 0 ? 0 : batch.size();
        }
        std::size_t clip = 0;
        for (std::int64_t before = 0; clip < batch.size(); before += lengths[clip++]) {
            if ((2 * before + lengths[clip]) * ranks >= 2 * total * of_rank) {
                break;
            }
        }
        return std::clamp<std::size_t>(clip, 1, batch.size());  // rank 0 keeps the first
    };
    const auto first = first_clip_of(rank);
    return batch.subspan(first, first_clip_of(rank + 1) - first);
}

}  // namespace sslslr
