#pragma once

#include "src/data/keyed_random.hpp"

namespace sslslr {

/// Draws a number of mean 0 and deviation 1, nearly normal, between -6 and 6. Unlike logarithms, sums are the
/// same on every machine.
inline double nearly_normal(KeyedRandom& random) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) {
        sum += random.uniform();
    }
    return sum;
}

}  // namespace sslslr
