#pragma once

#include <cstdint>

#include "src/boundary/trial.hpp"

namespace sslslr {

/// Stands in for training: accuracy as a function of k, with a known boundary on either side.
struct AssumedAccuracy {
    std::int64_t planted_k1 = 0;
    std::int64_t planted_k2 = 0;
    double rise = 0;             ///< gain in accuracy from k = 0 to the planted boundary; 0 gives a plateau
    double slope = 0.02;         ///< loss of accuracy per frame beyond it
    double noise = 0;            ///< standard deviation of a trial's accuracy around that of its repeat
    double level = 0.7;          ///< accuracy at k1 = k2 = 0
    double repeat_noise = 0.05;  ///< deviation that the trials of a repeat share: cancels in pairs
    std::uint64_t seed = 0;

    /// Returns the accuracy of a trial; of other kinds than fixed, that without permutation. Deterministic.
    double of(const Trial& trial) const;
};

}  // namespace sslslr
