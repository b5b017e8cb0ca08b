#include "dist/mpi_bfloat16.hpp"

#include <bit>
#include <cstdint>

#include "dist/communicator.hpp"

namespace sslslr::dist {
namespace {

// bfloat16 is the upper half of a float32.
float widen(std::uint16_t bits) {
    return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

/// Rounds a sum of two bfloat16 values. NaN stays NaN: the lower half of its bits is zero, so there is no
/// carry.
std::uint16_t round_to_nearest_even(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((bits + 0x7fffU + (bits >> 16 & 1U)) >> 16);
}

extern "C" void add_bfloat16(void* from, void* to, int* count, MPI_Datatype* /*ours*/) {
    const auto* const __restrict terms = static_cast<const std::uint16_t*>(from);
    auto* const __restrict sums = static_cast<std::uint16_t*>(to);
    for (int index = 0; index < *count; ++index) {
        sums[index] = round_to_nearest_even(widen(terms[index]) + widen(sums[index]));
    }
}

}  // namespace

MpiBFloat16::MpiBFloat16() {
    check(MPI_Type_contiguous(2, MPI_BYTE, &type_), "MPI_Type_contiguous");
    check(MPI_Type_commit(&type_), "MPI_Type_commit");
    check(MPI_Op_create(add_bfloat16, /*commutes=*/1, &sum_), "MPI_Op_create");
}

MpiBFloat16::~MpiBFloat16() {
    MPI_Op_free(&sum_);
    MPI_Type_free(&type_);
}

}  // namespace sslslr::dist
