// Compiled once for each kind of processor (SSLSLR_PROCESSOR, SSLSLR_VECTOR_BYTES). Nothing here may be a template
// or inline function of the standard library: the linker keeps one copy of those, which might be the one that does
// not run on an older processor.
#include "src/model/block_kernels.hpp"

#include "src/model/vectors.hpp"

namespace sslslr::SSLSLR_PROCESSOR {

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
    for (; rows >= 6; rows -= 6) {
        tile<Real, 6, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        a.data += 6 * a.row_stride;
        c += 6 * c_stride;
    }
    switch (rows) {
        case 5:
            return tile<Real, 5, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        case 4:
            return tile<Real, 4, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        case 3:
            return tile<Real, 3, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        case 2:
            return tile<Real, 2, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        case 1:
            return tile<Real, 1, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        default:
            return;
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

/// to [columns, to_stride] = from^T, 0 past the rows.
template <class Real>
void transpose(const Real* from, Index from_stride, Index rows, Index columns, Real* to, Index to_stride) {
    for (Index column = 0; column < columns; column += lanes<Real>) {
        const Index across = columns - column < lanes<Real> ? columns - column : lanes<Real>;
        for (Index row = 0; row < to_stride; row += lanes<Real>) {
            Vector<Real> square[lanes<Real>];
#pragma GCC unroll 16
            for (Index i = 0; i < lanes<Real>; ++i) {
                square[i] = row + i < rows ? load_some<Real>(from + (row + i) * from_stride + column, across)
                                           : Vector<Real>{};
            }
            transpose<Real>(square);
#pragma GCC unroll 16
            for (Index i = 0; i < lanes<Real>; ++i) {
                if (i < across) {
                    store_some<Real>(to + (column + i) * to_stride + row, square[i], to_stride - row);
                }
            }
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

// Scores lie transposed, [keys, queries]: a lane is a query, so that sums and maxima over keys run down the
// columns, each lane for itself, and none is taken across lanes. Lanes past the last query hold what zeros give
// and are not read. Exponentials are powers of two.

constexpr double log2_e = 1.4426950408889634;

/// From scores s [keys, lanes] to 2^(log2(e) s - most), with each column's maximum of log2(e) s and sum of the powers.
template <class Real>
SSLSLR_INLINE void powers(Real* scores, Index stride, Index keys, Real* most, Real* total) {
    auto highest = load<Real>(scores);
    for (Index key = 1; key < keys; ++key) {
        const auto here = load<Real>(scores + key * stride);
        highest = here > highest ? here : highest;
    }
    highest *= static_cast<Real>(log2_e);
    Vector<Real> sum{};
    for (Index key = 0; key < keys; ++key) {
        const auto power =
            power_of_two(load<Real>(scores + key * stride) * static_cast<Real>(log2_e) - highest);
        store(scores + key * stride, power);
        sum += power;
    }
    store(most, highest);
    store(total, sum);
}

template <class Real, class Store>
void attention(const Attention<Real, Store>& c) {
    const Index width = padded<Real>(c.width);
    Scratch<Real> scratch{c.scratch};
    Real* const keys = scratch.take(c.keys, c.width);
    Real* const values = scratch.take(c.keys, c.width);
    Real* const rows = scratch.take(attention_queries, c.width);  // of queries, then of the result
    Real* const queries = scratch.take(c.width, attention_queries);
    Real* const scores = scratch.take(c.keys, attention_queries);
    pack(c.k, c.kv_stride, c.keys, c.width, Real{1}, keys);
    pack(c.v, c.kv_stride, c.keys, c.width, Real{1}, values);

    for (Index begin = 0; begin < c.queries; begin += attention_queries) {
        const Index count = c.queries - begin < attention_queries ? c.queries - begin : attention_queries;
        const Index stride = padded<Real>(count);
        pack(c.q + begin * c.q_stride, c.q_stride, count, c.width, c.scale, rows);
        transpose(rows, width, count, c.width, queries, stride);
        product<Real>(c.keys, stride, c.width, {keys, width, 1}, queries, stride, scores, stride);
        Real most[attention_queries];
        Real total[attention_queries];
        for (Index i = 0; i < count; i += lanes<Real>) {
            powers(scores + i, stride, c.keys, most + i, total + i);
        }
        product<Real>(count, width, c.keys, {scores, 1, stride}, values, width, rows, width);
        for (Index i = 0; i < count; ++i) {
            c.log_sum[(begin + i) * c.log_sum_stride] = most[i] + logarithm_of_two(total[i]);
            unpack(rows + i * width, 1, c.width, 1 / total[i], c.y + (begin + i) * c.y_stride, 0);
        }
    }
}

/// With p = softmax(s), s = scale q k^T: d_s = p (d_p - sum of p d_p over keys), d_p = d_y v^T; p is made again from
/// the logarithms of its sums. Source: Dao et al. 2022, arXiv:2205.14135, appendix B.
template <class Real, class Store>
void attention_backward(const AttentionBackward<Real, Store>& b) {
    const auto& c = b.forward;
    const Index width = padded<Real>(c.width);
    Scratch<Real> scratch{c.scratch};
    Real* const keys = scratch.take(c.keys, c.width);
    Real* const values = scratch.take(c.keys, c.width);
    Real* const d_keys = scratch.take(c.keys, c.width);
    Real* const d_values = b.d_v == b.d_k ? d_keys : scratch.take(c.keys, c.width);
    Real* const query_rows = scratch.take(attention_queries, c.width);
    Real* const queries = scratch.take(c.width, attention_queries);
    Real* const d_rows = scratch.take(attention_queries, c.width);  // of the result's gradient
    Real* const d_result = scratch.take(c.width, attention_queries);
    Real* const d_queries = scratch.take(attention_queries, c.width);
    Real* const weights = scratch.take(c.keys, attention_queries);
    Real* const d_scores = scratch.take(c.keys, attention_queries);
    pack(c.k, c.kv_stride, c.keys, c.width, Real{1}, keys);
    pack(c.v, c.kv_stride, c.keys, c.width, Real{1}, values);
    clear(d_keys, c.keys * width);
    clear(d_values, c.keys * width);

    for (Index begin = 0; begin < c.queries; begin += attention_queries) {
        const Index count = c.queries - begin < attention_queries ? c.queries - begin : attention_queries;
        const Index stride = padded<Real>(count);
        pack(c.q + begin * c.q_stride, c.q_stride, count, c.width, c.scale, query_rows);
        transpose(query_rows, width, count, c.width, queries, stride);
        pack(b.d_y + begin * c.y_stride, c.y_stride, count, c.width, Real{1}, d_rows);
        transpose(d_rows, width, count, c.width, d_result, stride);
        product<Real>(c.keys, stride, c.width, {keys, width, 1}, queries, stride, weights, stride);
        product<Real>(c.keys, stride, c.width, {values, width, 1}, d_result, stride, d_scores, stride);
        Real log_sum[attention_queries] = {};
        for (Index i = 0; i < count; ++i) {
            log_sum[i] = c.log_sum[(begin + i) * c.log_sum_stride];
        }
        for (Index i = 0; i < count; i += lanes<Real>) {
            const auto log_sums = load<Real>(log_sum + i);
            Vector<Real> along{};
            for (Index key = 0; key < c.keys; ++key) {
                const Index at = key * stride + i;
                const auto p = power_of_two(load<Real>(weights + at) * static_cast<Real>(log2_e) - log_sums);
                store(weights + at, p);
                along += p * load<Real>(d_scores + at);
            }
            for (Index key = 0; key < c.keys; ++key) {
                const Index at = key * stride + i;
                store(d_scores + at, load<Real>(weights + at) * (load<Real>(d_scores + at) - along));
            }
        }
        product<Real>(c.keys, width, count, {weights, stride, 1}, d_rows, width, d_values, width, true);
        product<Real>(c.keys, width, count, {d_scores, stride, 1}, query_rows, width, d_keys, width, true);
        product<Real>(count, width, c.keys, {d_scores, 1, stride}, keys, width, d_queries, width);
        unpack(d_queries, count, c.width, c.scale, b.d_q + begin * c.q_stride, c.q_stride);
    }
    unpack(d_keys, c.keys, c.width, Real{1}, b.d_k, c.kv_stride);
    if (d_values != d_keys) {
        unpack(d_values, c.keys, c.width, Real{1}, b.d_v, c.kv_stride);
    }
}

template <class Real, class Store>
constexpr BlockKernels<Real, Store> table{residual_norm<Real, Store>, residual_norm_backward<Real, Store>,
                                          gelu_dropout<Real, Store>,  gelu_dropout_backward<Real, Store>,
                                          attention<Real, Store>,     attention_backward<Real, Store>};

extern const ProcessorKernels block_kernels;
const ProcessorKernels block_kernels{
    table<float, float>, table<double, double>, table<float, Bfloat16>,
    [](const float* from, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* to) {
        transpose(from, stride, rows, columns, to, rows);
    }};

}  // namespace sslslr::SSLSLR_PROCESSOR
