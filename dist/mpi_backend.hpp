#pragma once

#include <c10/util/intrusive_ptr.h>

#include "dist/communicator.hpp"

namespace c10d {
class Backend;
}

namespace sslslr::dist {

/// Creates a c10d backend that transfers tensors in host memory over MPI, on a communication thread of its
/// own. Collective.
///
/// It supports all_reduce (sum, min, max), broadcast, all_gather and barrier on contiguous tensors of
/// float32, float64, bfloat16 (all_reduce: sum only, every partial sum rounded to nearest even), int32,
/// int64, uint8 and bool. Everything else is rejected when it is posted.
c10::intrusive_ptr<c10d::Backend> make_mpi_backend(Communicator ranks);

}  // namespace sslslr::dist
