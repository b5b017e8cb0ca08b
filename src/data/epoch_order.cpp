#include "src/data/epoch_order.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>

#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

/// The clips of a group, pass after pass.
class Stream {
public:
    /// @param first  the place of the next clip among those of all passes, counted from the first epoch
    Stream(std::uint64_t seed, std::int64_t group, const std::vector<std::int64_t>& members,
           std::int64_t first)
        : seed_{seed}, group_{group}, members_{members}, place_{first} {
        shuffle_pass();
    }

    Visit next() {
        if (place_ / std::ssize(members_) != pass_) {
            shuffle_pass();
        }
        return {order_[static_cast<std::size_t>(place_++ % std::ssize(members_))], pass_};
    }

private:
    void shuffle_pass() {
        pass_ = place_ / std::ssize(members_);
        order_ = members_;
        KeyedRandom random{
            seed_, Purpose::balance, {static_cast<std::uint64_t>(group_), static_cast<std::uint64_t>(pass_)}};
        shuffle(std::span{order_}, random);
    }

    std::uint64_t seed_;
    std::int64_t group_;
    const std::vector<std::int64_t>& members_;
    std::int64_t place_;
    std::int64_t pass_ = 0;
    std::vector<std::int64_t> order_;
};

}  // namespace

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

std::vector<Visit> balanced_order(std::uint64_t seed, std::int64_t epoch,
                                  std::span<const std::int64_t> groups) {
    const auto clips = std::ssize(groups);
    std::map<std::int64_t, std::vector<std::int64_t>> members;
    for (std::int64_t clip = 0; clip < clips; ++clip) {
        members[groups[static_cast<std::size_t>(clip)]].push_back(clip);
    }
    const auto count = std::ssize(members);
    std::vector<Stream> streams;
    std::vector<std::size_t> stream_of;  // of each place of the epoch
    for (const auto& [group, of_group] : members) {
        // Each epoch leaves clips % count places over; the groups take them in turn, over the epochs.
        const auto number = std::ssize(streams);
        const auto before = [&](std::int64_t epochs) {
            return epochs * (clips / count) + (epochs * (clips % count) + count - 1 - number) / count;
        };
        streams.emplace_back(seed, group, of_group, before(epoch));
        stream_of.insert(stream_of.end(), static_cast<std::size_t>(before(epoch + 1) - before(epoch)),
                         static_cast<std::size_t>(number));
    }
    std::vector<Visit> order;
    order.reserve(groups.size());
    for (const auto place : epoch_order(seed, epoch, clips)) {
        order.push_back(streams[stream_of[static_cast<std::size_t>(place)]].next());
    }
    return order;
}

std::span<const std::int64_t> share_of(std::span<const std::int64_t> batch,
                                       std::span<const std::int64_t> lengths, int rank, int ranks) {
    const auto total = std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
    // A clip belongs to the rank whose part of the batch's frames contains the middle of the clip.
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
        return std::clamp<std::size_t>(clip, 1, batch.size());  // rank 0 keeps the first clip
    };
    const auto first = first_clip_of(rank);
    return batch.subspan(first, first_clip_of(rank + 1) - first);
}

}  // namespace sslslr
