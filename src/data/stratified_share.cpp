#include "src/data/stratified_share.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

std::ptrdiff_t share_of_class(double fraction, std::size_t clips) {
    // 0.29 * 50 is a little less than 14.5 in binary.
    constexpr double slack = 1e-9;
    const auto share =
        static_cast<std::ptrdiff_t>(std::floor(fraction * static_cast<double>(clips) + 0.5 + slack));
    return std::clamp<std::ptrdiff_t>(share, 1, static_cast<std::ptrdiff_t>(clips));
}

}  // namespace

std::vector<std::int64_t> stratified_share(std::span<const std::int64_t> clips,
                                           std::span<const std::int64_t> labels, double fraction,
                                           std::uint64_t seed) {
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
        share.insert(share.end(), members.begin(),
                     members.begin() + share_of_class(fraction, members.size()));
    }
    std::ranges::sort(share);
    return share;
}

}  // namespace sslslr
