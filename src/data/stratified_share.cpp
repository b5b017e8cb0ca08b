#include "src/data/stratified_share.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

std::ptrdiff_t share_of_class(double fraction, std::size_t clips) {
    // For example, 0.29 * 50 is slightly less than 14.5 in binary.
    constexpr double slack = 1e-9;
    const auto share =
        static_cast<std::ptrdiff_t>(std::floor(fraction * static_cast<double>(clips) + 0.5 + slack));
    return std::clamp<std::ptrdiff_t>(share, 1, static_cast<std::ptrdiff_t>(clips));
}

/// Returns the first clips of each class in an order drawn by the seed.
/// @param size_of  how many to take from a class of so many clips
std::vector<std::int64_t> first_of_classes(std::span<const std::int64_t> clips,
                                           std::span<const std::int64_t> labels, std::uint64_t seed,
                                           const std::function<std::ptrdiff_t(std::size_t)>& size_of) {
    std::map<std::int64_t, std::vector<std::int64_t>> classes;
    for (const auto clip : clips) {
        if (const auto label = labels[static_cast<std::size_t>(clip)]; label >= 0) {
            classes[label].push_back(clip);
        }
    }
    std::vector<std::int64_t> share;
    for (auto& [label, members] : classes) {
        KeyedRandom random{seed, Purpose::store_split, {static_cast<std::uint64_t>(label)}};
        shuffle(std::span{members}, random);
        share.insert(share.end(), members.begin(), members.begin() + size_of(members.size()));
    }
    std::ranges::sort(share);
    return share;
}

}  // namespace

std::vector<std::int64_t> stratified_share(std::span<const std::int64_t> clips,
                                           std::span<const std::int64_t> labels, double fraction,
                                           std::uint64_t seed) {
    return first_of_classes(clips, labels, seed,
                            [&](std::size_t members) { return share_of_class(fraction, members); });
}

std::vector<std::int64_t> stratified_count(std::span<const std::int64_t> clips,
                                           std::span<const std::int64_t> labels, std::int64_t count,
                                           std::uint64_t seed) {
    return first_of_classes(clips, labels, seed, [&](std::size_t members) {
        return std::min(static_cast<std::ptrdiff_t>(count), static_cast<std::ptrdiff_t>(members));
    });
}

}  // namespace sslslr
