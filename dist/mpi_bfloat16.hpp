#pragma once

#include <mpi.h>

namespace sslslr::dist {

/// An MPI data type and a sum operation for bfloat16, which MPI itself lacks. Must be destroyed before MPI
/// ends.
///
/// The sum adds in float32 and rounds to nearest, ties to even, as LibTorch does; NaN stays NaN. Not
/// collective. Errors: MpiError.
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
