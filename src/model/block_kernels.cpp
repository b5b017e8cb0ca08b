// Compiled once for each kind of processor (SSLSLR_KERNELS, SSLSLR_VECTOR_BYTES). Nothing here may be a
// template or inline function of the standard library: the linker keeps one copy of those, which might be the
// one that does not run on an older processor.
#include "src/model/block_kernels.hpp"

#define SSLSLR_INLINE [[gnu::always_inline]] inline

namespace sslslr {
namespace {

using Index = std::int64_t;

// ---- Vectors: GCC's and Clang's vector types, which need no intrinsics --------------------------------------

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

/// To nearest, ties to even.
SSLSLR_INLINE void store(Bfloat16* to, Vector<float> value) {
    auto bits = reinterpret_cast<Words<float>>(value);
    bits += 0x7fffU + ((bits >> 16) & 1U);
    using Halves = VectorOf<std::uint16_t, lanes<float>>;
    *reinterpret_cast<typename Halves::unaligned*>(to) =
        __builtin_convertvector(bits >> 16, typename Halves::type);
}

/// The first `count` lanes; the others are 0.
template <class Real, class Store>
SSLSLR_INLINE Vector<Real> load_some(const Store* from, Index count) {
    if (count >= lanes<Real>) {
        return load<Real>(from);
    }
    Store padded[lanes<Real>] = {};
    for (Index i = 0; i < count; ++i) {
        padded[i] = from[i];
    }
    return load<Real>(padded);
}

template <class Real, class Store>
SSLSLR_INLINE void store_some(Store* to, Vector<Real> value, Index count) {
    if (count >= lanes<Real>) {
        store(to, value);
        return;
    }
    Store padded[lanes<Real>];
    store(padded, value);
    for (Index i = 0; i < count; ++i) {
        to[i] = padded[i];
    }
}

template <class Real>
SSLSLR_INLINE void add_some(Real* to, Vector<Real> value, Index count) {
    store_some<Real>(to, load_some<Real>(to, count) + value, count);
}

template <class Real>
SSLSLR_INLINE Real sum(Vector<Real> value) {
    Real total = 0;
    for (Index i = 0; i < lanes<Real>; ++i) {
        total += value[i];
    }
    return total;
}

template <class Real>
SSLSLR_INLINE Real largest(Vector<Real> value) {
    Real result = value[0];
    for (Index i = 1; i < lanes<Real>; ++i) {
        result = value[i] > result ? value[i] : result;
    }
    return result;
}

/// exp for arguments up to 88, to 1e-7 relative; 1e-38 for all below -87. Range reduction to |r| <= ln(2) / 2 and
/// the Taylor polynomial of degree 7.
SSLSLR_INLINE Vector<float> exponential(Vector<float> x) {
    x = x < -87.0F ? all(-87.0F) : x;
    constexpr float round = 12582912.0F;  // 1.5 * 2^23: adding it leaves a whole number in the low bits
    const auto shifted = x * 1.44269504F + round;
    const auto n = shifted - round;
    const auto r = x - n * 0.693359375F + n * 2.12194440e-4F;  // ln 2 in two parts
    auto p = r * (1.0F / 5040) + 1.0F / 720;
    p = p * r + 1.0F / 120;
    p = p * r + 1.0F / 24;
    p = p * r + 1.0F / 6;
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    const auto exponent = (reinterpret_cast<Words<float>>(shifted) << 23) + 0x3f800000U;
    return p * reinterpret_cast<Vector<float>>(exponent);
}

SSLSLR_INLINE Vector<double> exponential(Vector<double> x) {
    for (Index i = 0; i < lanes<double>; ++i) {
        x[i] = __builtin_exp(x[i]);
    }
    return x;
}

/// Value of the normal distribution function at x, and its density there.
template <class Real>
struct Normal {
    Vector<Real> below, density;
};

/// Source of the polynomial: Abramowitz and Stegun, formula 7.1.26 (error up to 1.5e-7).
SSLSLR_INLINE Normal<float> normal(Vector<float> x) {
    const auto size = x < 0.0F ? -x : x;
    const auto e = exponential(x * x * -0.5F);
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

// ---- Dropout ------------------------------------------------------------------------------------------------

template <class Word>
SSLSLR_INLINE Word lowbias32(Word x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    return x ^ (x >> 16);
}

/// The mask's factors of one row: scale where an element is kept, else 0.
template <class Real>
class RowMask {
public:
    SSLSLR_INLINE RowMask(const DropoutMask& mask, Index row, Real scale)
        : threshold_{mask.threshold},
          scale_{scale},
          key_{mask.threshold == 0 ? 0 : lowbias32(mask.row_keys[row] ^ mask.site)} {
        for (Index i = 0; i < lanes<Real>; ++i) {
            numbers_[i] = static_cast<std::uint32_t>(i);
        }
    }

    /// `value` of the columns from `column` on, masked and scaled.
    SSLSLR_INLINE Vector<Real> operator()(Vector<Real> value, Index column) const {
        if (threshold_ == 0) {
            return value;
        }
        // The multiplier is odd, so distinct columns stay distinct (2^32 / golden ratio).
        const Words<Real> hash =
            lowbias32(((numbers_ + static_cast<std::uint32_t>(column)) * 0x9E3779B9U) ^ key_);
        if constexpr (sizeof(Real) == 4) {
            return hash >= threshold_ ? value * scale_ : Vector<Real>{};
        } else {
            using Wide = typename VectorOf<std::int64_t, lanes<Real>>::type;
            return __builtin_convertvector(hash >= threshold_, Wide) ? value * scale_ : Vector<Real>{};
        }
    }

private:
    std::uint32_t threshold_;
    Real scale_;
    std::uint32_t key_;
    Words<Real> numbers_;
};

// ---- Rows ---------------------------------------------------------------------------------------------------

template <class Real, class Store>
void residual_norm(const ResidualNorm<Real, Store>& c) {
    const auto divisor = static_cast<Real>(c.columns);
    for (Index row = 0; row < c.rows; ++row) {
        const Index at = row * c.columns;
        const RowMask<Real> mask{c.mask, row, c.scale};
        const auto y_at = [&](Index column, Index count) {
            Vector<Real> y{};
            if (c.residual != nullptr) {
                y = load_some<Real>(c.residual + at + column, count);
            }
            if (c.x != nullptr) {
                y += mask(load_some<Real>(c.x + at + column, count), column);
            }
            return y;
        };
        Vector<Real> total{};
        const Real* kept = c.y != nullptr ? c.y + at : c.residual + at;
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index count = c.columns - column;
            const auto y = y_at(column, count);
            if (c.y != nullptr) {
                store_some<Real>(c.y + at + column, y, count);
            }
            total += y;
        }
        if (c.gamma == nullptr) {
            continue;
        }
        const Real mean = sum<Real>(total) / divisor;
        Vector<Real> squares{};
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index count = c.columns - column;
            const auto far = load_some<Real>(kept + column, count) - mean;
            // Lanes past the end hold -mean: taken out again below.
            squares += far * far;
        }
        const Index past = (lanes<Real> - c.columns % lanes<Real>) % lanes<Real>;
        const Real variance = (sum<Real>(squares) - static_cast<Real>(past) * mean * mean) / divisor;
        const Real inverse = 1 / static_cast<Real>(__builtin_sqrt(variance + 1e-5));
        c.statistics[2 * row] = mean;
        c.statistics[2 * row + 1] = inverse;
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index count = c.columns - column;
            const auto unit = (load_some<Real>(kept + column, count) - mean) * inverse;
            const auto norm =
                unit * load_some<Real>(c.gamma + column, count) + load_some<Real>(c.beta + column, count);
            store_some<Real>(c.norm + at + column, norm, count);
        }
    }
}

template <class Real, class Store>
void residual_norm_backward(const ResidualNormBackward<Real, Store>& c) {
    const auto divisor = static_cast<Real>(c.columns);
    for (Index row = 0; row < c.rows; ++row) {
        const Index at = row * c.columns;
        const RowMask<Real> mask{c.mask, row, c.scale};
        Real mean = 0;
        Real inverse = 0;
        Real mean_d = 0;       // of the unit's gradient
        Real mean_d_unit = 0;  // of it times the unit
        if (c.d_norm != nullptr) {
            mean = c.statistics[2 * row];
            inverse = c.statistics[2 * row + 1];
            Vector<Real> d_total{};
            Vector<Real> d_unit_total{};
            for (Index column = 0; column < c.columns; column += lanes<Real>) {
                const Index count = c.columns - column;
                const auto d_norm = load_some<Real>(c.d_norm + at + column, count);
                const auto unit = (load_some<Real>(c.y + at + column, count) - mean) * inverse;
                const auto d_unit = d_norm * load_some<Real>(c.gamma + column, count);
                d_total += d_unit;
                d_unit_total += d_unit * unit;
                add_some<Real>(c.d_gamma + column, d_norm * unit, count);
                add_some<Real>(c.d_beta + column, d_norm, count);
            }
            mean_d = sum<Real>(d_total) / divisor;
            mean_d_unit = sum<Real>(d_unit_total) / divisor;
        }
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index count = c.columns - column;
            Vector<Real> d{};
            if (c.d_y != nullptr) {
                d = load_some<Real>(c.d_y + at + column, count);
            }
            if (c.d_norm != nullptr) {
                const auto unit = (load_some<Real>(c.y + at + column, count) - mean) * inverse;
                const auto d_unit =
                    load_some<Real>(c.d_norm + at + column, count) * load_some<Real>(c.gamma + column, count);
                d += (d_unit - mean_d - unit * mean_d_unit) * inverse;
            }
            if (c.d_residual != nullptr) {
                store_some<Real>(c.d_residual + at + column, d, count);
            }
            if (c.d_x != nullptr) {
                const auto d_x = mask(d, column);
                store_some<Real>(c.d_x + at + column, d_x, count);
                if (c.d_x_sum != nullptr) {
                    add_some<Real>(c.d_x_sum + column, d_x, count);
                }
            }
        }
    }
}

template <class Real, class Store>
void gelu_dropout(const GeluDropout<Real, Store>& c) {
    for (Index row = 0; row < c.rows; ++row) {
        const RowMask<Real> mask{c.mask, row, c.scale};
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index at = row * c.columns + column;
            const Index count = c.columns - column;
            const auto x = load_some<Real>(c.x + at, count);
            store_some<Real>(c.y + at, mask(x * normal(x).below, column), count);
        }
    }
}

template <class Real, class Store>
void gelu_dropout_backward(const GeluDropoutBackward<Real, Store>& c) {
    for (Index row = 0; row < c.rows; ++row) {
        const RowMask<Real> mask{c.mask, row, c.scale};
        for (Index column = 0; column < c.columns; column += lanes<Real>) {
            const Index at = row * c.columns + column;
            const Index count = c.columns - column;
            const auto x = load_some<Real>(c.x + at, count);
            const auto [below, density] = normal(x);
            const auto d_x = mask(load_some<Real>(c.d_y + at, count), column) * (below + x * density);
            store_some<Real>(c.d_x + at, d_x, count);
            add_some<Real>(c.d_x_sum + column, d_x, count);
        }
    }
}

// ---- Attention ----------------------------------------------------------------------------------------------

constexpr Index query_block = 64;  // rows of scores at a time: long clips stay in the cache

template <class Real>
constexpr Index padded(Index count) {
    return (count + lanes<Real> - 1) / lanes<Real> * lanes<Real>;
}

/// A matrix [rows, columns] whose elements lie apart as said; its transpose has the strides changed over.
template <class Real>
struct Strided {
    const Real* data;
    Index row_stride, column_stride;
};

/// One register tile of c [rows, vectors * lanes] = (c +) a b, b contiguous in its columns.
template <class Real, int rows, int vectors>
SSLSLR_INLINE void tile(Index depth, const Strided<Real>& a, const Real* b, Index b_stride, Real* c,
                        Index c_stride, bool is_added) {
    Vector<Real> sums[rows][vectors] = {};
    for (Index k = 0; k < depth; ++k) {
        Vector<Real> row_of_b[vectors];
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
            row_of_b[v] = load<Real>(b + k * b_stride + v * lanes<Real>);
        }
#pragma GCC unroll 8
        for (int r = 0; r < rows; ++r) {
            const Real factor = a.data[r * a.row_stride + k * a.column_stride];
#pragma GCC unroll 8
            for (int v = 0; v < vectors; ++v) {
                sums[r][v] += row_of_b[v] * factor;
            }
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
            auto* const to = c + r * c_stride + v * lanes<Real>;
            store(to, is_added ? load<Real>(to) + sums[r][v] : sums[r][v]);
        }
    }
}

template <class Real, int vectors>
SSLSLR_INLINE void columns_of_product(Index rows, Index depth, Strided<Real> a, const Real* b, Index b_stride,
                                      Real* c, Index c_stride, bool is_added) {
    const auto next = [&](Index count) {
        a.data += count * a.row_stride;
        c += count * c_stride;
    };
    for (; rows >= 6; rows -= 6) {
        tile<Real, 6, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        next(6);
    }
    for (; rows >= 2; rows -= 2) {
        tile<Real, 2, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        next(2);
    }
    if (rows > 0) {
        tile<Real, 1, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
    }
}

/// c [rows, columns] = (c +) a [rows, depth] b [depth, columns]; columns is a multiple of the lanes.
template <class Real>
void product(Index rows, Index columns, Index depth, const Strided<Real>& a, const Real* b, Index b_stride,
             Real* c, Index c_stride, bool is_added = false) {
    Index column = 0;
    for (; column + 2 * lanes<Real> <= columns; column += 2 * lanes<Real>) {
        columns_of_product<Real, 2>(rows, depth, a, b + column, b_stride, c + column, c_stride, is_added);
    }
    if (column < columns) {
        columns_of_product<Real, 1>(rows, depth, a, b + column, b_stride, c + column, c_stride, is_added);
    }
}

/// to [rows, padded width] = factor * from, 0 in the padding.
template <class Real, class Store>
void pack(const Store* from, Index stride, Index rows, Index width, Real factor, Real* to) {
    for (Index row = 0; row < rows; ++row) {
        for (Index column = 0; column < width; column += lanes<Real>) {
            store(to + column, load_some<Real>(from + column, width - column) * factor);
        }
        from += stride;
        to += padded<Real>(width);
    }
}

/// to [width, padded rows] = from^T, 0 in the padding.
template <class Real>
void transpose(const Real* from, Index rows, Index width, Real* to) {
    const Index stride = padded<Real>(rows);
    for (Index column = 0; column < width; ++column) {
        for (Index row = 0; row < rows; ++row) {
            to[column * stride + row] = from[row * padded<Real>(width) + column];
        }
        for (Index row = rows; row < stride; ++row) {
            to[column * stride + row] = 0;
        }
    }
}

template <class Real, class Store>
void unpack(const Real* from, Index rows, Index width, Real factor, Store* to, Index stride) {
    for (Index row = 0; row < rows; ++row) {
        for (Index column = 0; column < width; column += lanes<Real>) {
            store_some<Real>(to + column, load<Real>(from + column) * factor, width - column);
        }
        from += padded<Real>(width);
        to += stride;
    }
}

template <class Real>
void clear(Real* from, Index count) {
    for (Index i = 0; i < count; ++i) {
        from[i] = 0;
    }
}

/// Exponentials of a row of scores less their largest, 0 in the padding; returns log of their sum, and 1 / sum.
template <class Real>
SSLSLR_INLINE Real softmax_row(Real* scores, Index keys, Real* log_sum) {
    for (Index i = keys; i < padded<Real>(keys); ++i) {
        scores[i] = -1e30F;
    }
    auto most = load<Real>(scores);
    for (Index i = lanes<Real>; i < keys; i += lanes<Real>) {
        const auto here = load<Real>(scores + i);
        most = here > most ? here : most;
    }
    const Real top = largest<Real>(most);
    Vector<Real> total{};
    for (Index i = 0; i < keys; i += lanes<Real>) {
        const auto e = exponential(load<Real>(scores + i) - top);
        store(scores + i, e);
        total += e;
    }
    const Real whole = sum<Real>(total);
    *log_sum = top + static_cast<Real>(__builtin_log(whole));
    return 1 / whole;
}

/// Places in the scratch memory.
template <class Real>
class Scratch {
public:
    explicit Scratch(Real* memory) : next_{memory} {}
    Real* take(Index rows, Index columns) {
        Real* const taken = next_;
        next_ += rows * padded<Real>(columns);
        return taken;
    }

private:
    Real* next_;
};

template <class Real, class Store>
void attention(const Attention<Real, Store>& c) {
    const Index key_stride = padded<Real>(c.keys);
    const Index width_stride = padded<Real>(c.width);
    Scratch<Real> scratch{c.scratch};
    Real* const rows = scratch.take(c.keys, c.width);
    Real* const keys = scratch.take(c.width, c.keys);  // transposed
    Real* const queries = scratch.take(query_block, c.width);
    Real* const scores = scratch.take(query_block, c.keys);
    Real* const result = scratch.take(query_block, c.width);
    pack(c.k, c.kv_stride, c.keys, c.width, Real{1}, rows);
    transpose(rows, c.keys, c.width, keys);
    Real* const values = rows;  // in the place of the keys, which are done with
    pack(c.v, c.kv_stride, c.keys, c.width, Real{1}, values);

    for (Index begin = 0; begin < c.queries; begin += query_block) {
        const Index count = c.queries - begin < query_block ? c.queries - begin : query_block;
        pack(c.q + begin * c.q_stride, c.q_stride, count, c.width, c.scale, queries);
        product<Real>(count, key_stride, c.width, {queries, width_stride, 1}, keys, key_stride, scores,
                      key_stride);
        Real inverse[query_block];
        for (Index row = 0; row < count; ++row) {
            inverse[row] =
                softmax_row(scores + row * key_stride, c.keys, c.log_sum + (begin + row) * c.log_sum_stride);
        }
        product<Real>(count, width_stride, c.keys, {scores, key_stride, 1}, values, width_stride, result,
                      width_stride);
        for (Index row = 0; row < count; ++row) {
            unpack(result + row * width_stride, 1, c.width, inverse[row], c.y + (begin + row) * c.y_stride,
                   0);
        }
    }
}

/// With p = softmax(s), s = scale q k^T: d_s = p (d_p - sum of d_y y), d_p = d_y v^T; p is made again from the
/// logarithms of its sums. Source: Dao et al. 2022, arXiv:2205.14135, appendix B.
template <class Real, class Store>
void attention_backward(const AttentionBackward<Real, Store>& b) {
    const auto& c = b.forward;
    const Index key_stride = padded<Real>(c.keys);
    const Index width_stride = padded<Real>(c.width);
    Scratch<Real> scratch{c.scratch};
    Real* const key_rows = scratch.take(c.keys, c.width);
    Real* const keys = scratch.take(c.width, c.keys);    // transposed
    Real* const values = scratch.take(c.width, c.keys);  // transposed
    Real* const d_keys = scratch.take(c.keys, c.width);
    Real* const d_values = scratch.take(c.keys, c.width);
    Real* const queries = scratch.take(query_block, c.width);
    Real* const d_result = scratch.take(query_block, c.width);
    Real* const d_queries = scratch.take(query_block, c.width);
    Real* const weights = scratch.take(query_block, c.keys);
    Real* const d_scores = scratch.take(query_block, c.keys);
    pack(c.v, c.kv_stride, c.keys, c.width, Real{1}, key_rows);
    transpose(key_rows, c.keys, c.width, values);
    pack(c.k, c.kv_stride, c.keys, c.width, Real{1}, key_rows);
    transpose(key_rows, c.keys, c.width, keys);
    clear(d_keys, c.keys * width_stride);
    clear(d_values, c.keys * width_stride);

    for (Index begin = 0; begin < c.queries; begin += query_block) {
        const Index count = c.queries - begin < query_block ? c.queries - begin : query_block;
        pack(c.q + begin * c.q_stride, c.q_stride, count, c.width, c.scale, queries);
        pack(b.d_y + begin * c.y_stride, c.y_stride, count, c.width, Real{1}, d_result);
        product<Real>(count, key_stride, c.width, {queries, width_stride, 1}, keys, key_stride, weights,
                      key_stride);
        product<Real>(count, key_stride, c.width, {d_result, width_stride, 1}, values, key_stride, d_scores,
                      key_stride);
        for (Index row = 0; row < count; ++row) {
            Vector<Real> along{};
            for (Index i = 0; i < c.width; i += lanes<Real>) {
                along += load<Real>(d_result + row * width_stride + i) *
                         load_some<Real>(c.y + (begin + row) * c.y_stride + i, c.width - i);
            }
            const Real delta = sum<Real>(along);
            const Real log_sum = c.log_sum[(begin + row) * c.log_sum_stride];
            Real* const weight = weights + row * key_stride;
            Real* const d_score = d_scores + row * key_stride;
            for (Index i = c.keys; i < key_stride; ++i) {
                weight[i] = -1e30F;
            }
            for (Index i = 0; i < c.keys; i += lanes<Real>) {
                const auto p = exponential(load<Real>(weight + i) - log_sum);
                store(weight + i, p);
                store(d_score + i, p * (load<Real>(d_score + i) - delta));
            }
        }
        product<Real>(c.keys, width_stride, count, {weights, 1, key_stride}, d_result, width_stride, d_values,
                      width_stride, true);
        product<Real>(c.keys, width_stride, count, {d_scores, 1, key_stride}, queries, width_stride, d_keys,
                      width_stride, true);
        product<Real>(count, width_stride, c.keys, {d_scores, key_stride, 1}, key_rows, width_stride,
                      d_queries, width_stride);
        unpack(d_queries, count, c.width, c.scale, b.d_q + begin * c.q_stride, c.q_stride);
    }
    unpack(d_keys, c.keys, c.width, Real{1}, b.d_k, c.kv_stride);
    unpack(d_values, c.keys, c.width, Real{1}, b.d_v, c.kv_stride);
}

template <class Real, class Store>
constexpr BlockKernels<Real, Store> table{residual_norm<Real, Store>, residual_norm_backward<Real, Store>,
                                          gelu_dropout<Real, Store>,  gelu_dropout_backward<Real, Store>,
                                          attention<Real, Store>,     attention_backward<Real, Store>};

}  // namespace

extern const ProcessorKernels SSLSLR_KERNELS;
const ProcessorKernels SSLSLR_KERNELS{table<float, float>, table<double, double>, table<float, Bfloat16>};

}  // namespace sslslr
