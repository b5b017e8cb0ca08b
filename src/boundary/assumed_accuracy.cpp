#include "src/boundary/assumed_accuracy.hpp"

#include <algorithm>

#include "src/data/keyed_random.hpp"
#include "src/data/nearly_normal.hpp"

namespace sslslr {
namespace {

std::uint64_t key(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}

double effect_of(std::int64_t k, std::int64_t planted, const AssumedAccuracy& assumed) {
    const double share =
        planted == 0 ? 0 : static_cast<double>(std::min(k, planted)) / static_cast<double>(planted);
    return assumed.rise * share - assumed.slope * static_cast<double>(std::max<std::int64_t>(k - planted, 0));
}

}  // namespace

double AssumedAccuracy::of(const Trial& trial) const {
    KeyedRandom own{seed, Purpose::bootstrap, {key(trial.repeat), key(trial.k1 * 1000 + trial.k2)}};
    KeyedRandom shared{seed, Purpose::bootstrap, {key(trial.repeat), 1U << 30}};
    return level + effect_of(trial.k1, planted_k1, *this) + effect_of(trial.k2, planted_k2, *this) +
           noise * nearly_normal(own) + repeat_noise * nearly_normal(shared);
}

}  // namespace sslslr
