#pragma once

// Vectors as wide as the processor's registers, and mathematics on them, by the vector types of GCC and
// Clang, mostly without intrinsics. Only for block_kernels.cpp, which is compiled once for each kind of
// processor: the namespace keeps these instances apart, since the linker would otherwise keep only one of
// them.

#include <utility>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "src/model/block_kernels.hpp"

#define SSLSLR_INLINE [[gnu::always_inline]] inline

namespace sslslr::SSLSLR_PROCESSOR {

using Index = std::int64_t;

template <class Real>
inline constexpr Index lanes = SSLSLR_VECTOR_BYTES / sizeof(Real);

template <class Element, Index count>
struct VectorOf {
    typedef Element type __attribute__((vector_size(count * sizeof(Element))));
    typedef Element unaligned
        __attribute__((vector_size(count * sizeof(Element)), aligned(alignof(Element)), may_alias));
};

template <class Real>
using Vector = typename VectorOf<Real, lanes<Real>>::type;
template <class Real>
using Words = typename VectorOf<std::uint32_t, lanes<Real>>::type;  // as many as there are lanes of Real

template <class Real>
SSLSLR_INLINE Vector<Real> all(Real value) {
    return value - Vector<Real>{};
}

template <class Real>
SSLSLR_INLINE Vector<Real> load(const Real* from) {
    return *reinterpret_cast<const typename VectorOf<Real, lanes<Real>>::unaligned*>(from);
}

template <class Real>
SSLSLR_INLINE Vector<Real> load(const Bfloat16* from) {
    const auto half =
        *reinterpret_cast<const typename VectorOf<std::uint16_t, lanes<Real>>::unaligned*>(from);
    return reinterpret_cast<Vector<Real>>(__builtin_convertvector(half, Words<Real>) << 16);
}

template <class Real>
SSLSLR_INLINE void store(Real* to, Vector<Real> value) {
    *reinterpret_cast<typename VectorOf<Real, lanes<Real>>::unaligned*>(to) = value;
}

/// As many bfloat16 numbers as there are lanes of float.
using Halves = VectorOf<std::uint16_t, lanes<float>>;

#ifdef __AVX512BF16__
/// Rounds to nearest, ties to even.
SSLSLR_INLINE Halves::type rounded(Vector<float> value) {
    return reinterpret_cast<Halves::type>(_mm512_cvtneps_pbh(value));
}
#else
SSLSLR_INLINE Halves::type rounded(Vector<float> value) {
    auto bits = reinterpret_cast<Words<float>>(value);
    bits += 0x7fffU + ((bits >> 16) & 1U);
    return __builtin_convertvector(bits >> 16, Halves::type);
}
#endif

SSLSLR_INLINE void store(Bfloat16* to, Vector<float> value) {
    *reinterpret_cast<Halves::unaligned*>(to) = rounded(value);
}

// load_first, store_first: load() and store() of the first `count` lanes, fewer than all. The other lanes are
// loaded as 0 and not stored.
#ifdef __AVX512F__
template <class Real>
SSLSLR_INLINE Vector<Real> load_first(const Real* from, Index count) {
    const auto mask = (1U << count) - 1;
    if constexpr (sizeof(Real) == 4) {
        return reinterpret_cast<Vector<Real>>(_mm512_maskz_loadu_epi32(static_cast<__mmask16>(mask), from));
    } else {
        return reinterpret_cast<Vector<Real>>(_mm512_maskz_loadu_epi64(static_cast<__mmask8>(mask), from));
    }
}
template <class Real>
SSLSLR_INLINE Vector<Real> load_first(const Bfloat16* from, Index count) {
    const auto half = _mm256_maskz_loadu_epi16(static_cast<__mmask16>((1U << count) - 1), from);
    return reinterpret_cast<Vector<Real>>(
        __builtin_convertvector(reinterpret_cast<Halves::type>(half), Words<Real>) << 16);
}

template <class Real>
SSLSLR_INLINE void store_first(Real* to, Vector<Real> value, Index count) {
    const auto mask = (1U << count) - 1;
    if constexpr (sizeof(Real) == 4) {
        _mm512_mask_storeu_epi32(to, static_cast<__mmask16>(mask), reinterpret_cast<__m512i>(value));
    } else {
        _mm512_mask_storeu_epi64(to, static_cast<__mmask8>(mask), reinterpret_cast<__m512i>(value));
    }
}
template <class Real>
SSLSLR_INLINE void store_first(Bfloat16* to, Vector<Real> value, Index count) {
    _mm256_mask_storeu_epi16(to, static_cast<__mmask16>((1U << count) - 1),
                             reinterpret_cast<__m256i>(rounded(value)));
}
#else
template <class Real, class Store>
SSLSLR_INLINE Vector<Real> load_first(const Store* from, Index count) {
    Store padded[lanes<Real>] = {};
    for (Index i = 0; i < count; ++i) {
        padded[i] = from[i];
    }
    return load<Real>(padded);
}

template <class Real, class Store>
SSLSLR_INLINE void store_first(Store* to, Vector<Real> value, Index count) {
    Store padded[lanes<Real>];
    store(padded, value);
    for (Index i = 0; i < count; ++i) {
        to[i] = padded[i];
    }
}
#endif

/// Loads the first `count` lanes; the others are 0.
template <class Real, class Store>
SSLSLR_INLINE Vector<Real> load_some(const Store* from, Index count) {
    return count >= lanes<Real> ? load<Real>(from) : load_first<Real>(from, count);
}

template <class Real, class Store>
SSLSLR_INLINE void store_some(Store* to, Vector<Real> value, Index count) {
    if (count >= lanes<Real>) {
        store(to, value);
    } else {
        store_first<Real>(to, value, count);
    }
}

template <class Real>
SSLSLR_INLINE void add_some(Real* to, Vector<Real> value, Index count) {
    store_some<Real>(to, load_some<Real>(to, count) + value, count);
}

/// Adds a b to sum, lane by lane.
SSLSLR_INLINE void multiply_add(Vector<float>& sum, float a, Vector<float> b) {
    sum += b * a;
}
SSLSLR_INLINE void multiply_add(Vector<double>& sum, double a, Vector<double> b) {
    sum += b * a;
}

/// Two neighbouring bfloat16 numbers of a sum; the first is in the lower half.
using Pair = std::uint32_t;

#ifdef __AVX512BF16__
/// Adds the product of the lower halves and that of the upper halves to sum, lane by lane.
SSLSLR_INLINE void multiply_add(Vector<float>& sum, Pair a, Vector<Pair> b) {
    sum =
        _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a - Vector<Pair>{}), reinterpret_cast<__m512bh>(b));
}
#endif

/// Returns the sum of all lanes, adding the upper half to the lower until one lane is left.
template <class Real, Index count = lanes<Real>>
SSLSLR_INLINE Real sum(typename VectorOf<Real, count>::type value) {
    if constexpr (count == 2) {
        return value[0] + value[1];
    } else {
        struct Halves {
            typename VectorOf<Real, count / 2>::type lower, upper;
        };
        const auto halves = __builtin_bit_cast(Halves, value);
        return sum<Real, count / 2>(halves.lower + halves.upper);
    }
}

/// Alternates the lanes of a and b (lane 0 of a, lane 0 of b, ...) and returns the lower or upper half of
/// that.
template <Index first_lane, class Real, int... lane>
SSLSLR_INLINE Vector<Real> interleaved(Vector<Real> a, Vector<Real> b, std::integer_sequence<int, lane...>) {
    return __builtin_shufflevector(a, b, (lane % 2 * lanes<Real> + first_lane + lane / 2)...);
}

/// Transposes a square matrix. Interleaving row i with row i + lanes / 2 rotates the bits of (row, column) to
/// the left by one place; as many rotations as a row's number has bits exchange the two.
template <class Real>
SSLSLR_INLINE void transpose(Vector<Real> (&rows)[lanes<Real>]) {
    constexpr auto half = lanes<Real> / 2;
    constexpr std::make_integer_sequence<int, lanes<Real>> each{};
#pragma GCC unroll 4
    for (Index turn = 1; turn < lanes<Real>; turn *= 2) {
        Vector<Real> turned[lanes<Real>];
#pragma GCC unroll 8
        for (Index i = 0; i < half; ++i) {
            turned[2 * i] = interleaved<0, Real>(rows[i], rows[i + half], each);
            turned[2 * i + 1] = interleaved<half, Real>(rows[i], rows[i + half], each);
        }
#pragma GCC unroll 16
        for (Index i = 0; i < lanes<Real>; ++i) {
            rows[i] = turned[i];
        }
    }
}

SSLSLR_INLINE float logarithm_of_two(float x) {
    return __builtin_log2f(x);
}
SSLSLR_INLINE double logarithm_of_two(double x) {
    return __builtin_log2(x);
}

/// Returns 2^x for x up to 127, with a relative error of 1e-7; 1e-38 for all x below -126. The whole part of
/// x becomes the exponent; for the rest, |r| <= 1/2, it uses the Taylor polynomial of degree 7, with
/// coefficients ln(2)^k / k!.
SSLSLR_INLINE Vector<float> power_of_two(Vector<float> x) {
    x = x < -126.0F ? all(-126.0F) : x;
    constexpr float round = 12582912.0F;  // 1.5 * 2^23: adding it leaves a whole number in the low bits
    const auto shifted = x + round;
    const auto r = x - (shifted - round);
    auto p = r * 1.52527338e-5F + 1.54035304e-4F;
    p = p * r + 1.33335581e-3F;
    p = p * r + 9.61812911e-3F;
    p = p * r + 5.55041087e-2F;
    p = p * r + 2.40226507e-1F;
    p = p * r + 6.93147181e-1F;
    p = p * r + 1.0F;
    const auto exponent = (reinterpret_cast<Words<float>>(shifted) << 23) + 0x3f800000U;
    return p * reinterpret_cast<Vector<float>>(exponent);
}

SSLSLR_INLINE Vector<double> power_of_two(Vector<double> x) {
    for (Index i = 0; i < lanes<double>; ++i) {
        x[i] = __builtin_exp2(x[i]);
    }
    return x;
}

/// Value and density of the normal distribution function at x.
template <class Real>
struct Normal {
    Vector<Real> below, density;
};

/// Source of the polynomial: Abramowitz and Stegun, formula 7.1.26 (error up to 1.5e-7).
SSLSLR_INLINE Normal<float> normal(Vector<float> x) {
    const auto size = x < 0.0F ? -x : x;
    const auto e = power_of_two(x * x * -0.721347520F);  // exp(-x^2 / 2)
    const auto t = 1.0F / (size * 0.231641889F + 1.0F);  // 0.3275911 / sqrt(2)
    const auto tail =
        ((((t * 1.061405429F - 1.453152027F) * t + 1.421413741F) * t - 0.284496736F) * t + 0.254829592F) * t *
        e * 0.5F;
    return {x < 0.0F ? tail : 1.0F - tail, e * 0.398942280F};
}

SSLSLR_INLINE Normal<double> normal(Vector<double> x) {
    Normal<double> result;
    for (Index i = 0; i < lanes<double>; ++i) {
        result.below[i] = 0.5 * __builtin_erfc(-x[i] * 0.70710678118654752);
        result.density[i] = 0.39894228040143268 * __builtin_exp(-0.5 * x[i] * x[i]);
    }
    return result;
}

}  // namespace sslslr::SSLSLR_PROCESSOR
