#pragma once

#include "dist/communicator.hpp"
#include "src/model/precision.hpp"

namespace sslslr {

/// Measures the speed of matrix products like the encoder's while all ranks compute at the same time. Takes
/// half a second. Collective.
/// @return 10^9 operations per second and rank: the fastest call on each rank, averaged over the ranks
double matrix_peak(Precision precision, const dist::Communicator& world);

}  // namespace sslslr
