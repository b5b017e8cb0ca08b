#pragma once

#include <mpi.h>

namespace sslslr::dist {

/// What MPI lacks for bfloat16: a type of two bytes, and its sum. Freed when destroyed, before MPI ends.
///
/// The sum of two adds in float32 and rounds to nearest, ties to even, as LibTorch does; not a number stays
/// so. Not collective. Errors: MpiError.
class MpiBFloat16 {
public:
    MpiBFloat16();
    ~MpiBFloat16();
    MpiBFloat16(const MpiBFloat16&) = delete;
    MpiBFloat16& operator=(const MpiBFloat16&) = delete;

    MPI_Datatype type() const noexcept { return type_; }
    MPI_Op sum() const noexcept { return sum_; }

private:
    MPI_Datatype type_ = MPI_DATATYPE_NULL;
    MPI_Op sum_ = MPI_OP_NULL;
};

}  // namespace sslslr::dist
