#include "src/model/keyed_dropout_kernel.hpp"

// One binary serves every x86-64 processor: the loader picks the widest version of these loops that runs
// here.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__)
#define SSLSLR_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SSLSLR_WIDEST
#endif

namespace sslslr {
namespace {

inline std::uint32_t lowbias32(std::uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    return x ^ (x >> 16);
}

template <class Real>
inline void rows(const DropoutMask& mask, const Real* __restrict x, const Real* base, Real* out,
                 std::int64_t columns, Real scale) {
    for (const std::uint32_t row_key : mask.row_keys) {
        const std::uint32_t key = lowbias32(row_key ^ mask.site);
        for (std::int64_t column = 0; column < columns; ++column) {
            // The multiplier is odd, so distinct columns stay distinct (2^32 / golden ratio).
            const std::uint32_t hash = lowbias32((static_cast<std::uint32_t>(column) * 0x9E3779B9U) ^ key);
            const Real kept = hash >= mask.threshold ? x[column] * scale : Real{0};
            out[column] = base == nullptr ? kept : base[column] + kept;
        }
        x += columns;
        out += columns;
        base = base == nullptr ? nullptr : base + columns;
    }
}

SSLSLR_WIDEST void rows_float(const DropoutMask& mask, const float* x, const float* base, float* out,
                              std::int64_t columns, float scale) {
    rows(mask, x, base, out, columns, scale);
}

SSLSLR_WIDEST void rows_double(const DropoutMask& mask, const double* x, const double* base, double* out,
                               std::int64_t columns, double scale) {
    rows(mask, x, base, out, columns, scale);
}

}  // namespace

template <>
void keyed_dropout(const DropoutMask& mask, const float* x, const float* base, float* out,
                   std::int64_t columns, float scale) {
    rows_float(mask, x, base, out, columns, scale);
}

template <>
void keyed_dropout(const DropoutMask& mask, const double* x, const double* base, double* out,
                   std::int64_t columns, double scale) {
    rows_double(mask, x, base, out, columns, scale);
}

}  // namespace sslslr
