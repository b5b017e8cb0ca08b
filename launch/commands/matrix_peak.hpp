#pragma once

#include "dist/communicator.hpp"
#include "src/model/precision.hpp"

namespace sslslr {

/// What matrix products of the encoder's kind reach on every rank at the same time, 10^9 operations a second a
/// rank: the best call of the best of a few shapes, half a second. Collective.
double matrix_peak(Precision precision, const dist::Communicator& world);

}  // namespace sslslr
