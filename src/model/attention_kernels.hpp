#pragma once

// Attention of one head of one clip, for block_kernels.cpp (see there): small matrix products in registers,
// on packed copies of the head's rows.

#include "src/model/vectors.hpp"

namespace sslslr::SSLSLR_PROCESSOR {

template <class Real>
constexpr Index padded(Index count) {
    return (count + lanes<Real> - 1) / lanes<Real> * lanes<Real>;
}

/// A matrix [rows, columns] with the given strides, in elements. Its transpose has the strides exchanged.
template <class Element>
struct Strided {
    const Element* data;
    Index row_stride, column_stride;
};

/// Computes one register tile: c [rows, vectors * lanes] = (c +) a b. The columns of a row of b are
/// contiguous.
template <int rows, int vectors, class Real, class Element>
SSLSLR_INLINE void tile(Index depth, const Strided<Element>& a, const Element* b, Index b_stride, Real* c,
                        Index c_stride, bool is_added) {
    Vector<Real> sums[rows][vectors] = {};
    for (Index k = 0; k < depth; ++k) {
        Vector<Element> row_of_b[vectors];
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
            row_of_b[v] = load<Element>(b + k * b_stride + v * lanes<Real>);
        }
#pragma GCC unroll 8
        for (int r = 0; r < rows; ++r) {
            Element factor;  // copied, since a pair may have been written as two numbers
            __builtin_memcpy(&factor, a.data + r * a.row_stride + k * a.column_stride, sizeof(factor));
#pragma GCC unroll 8
            for (int v = 0; v < vectors; ++v) {
                multiply_add(sums[r][v], factor, row_of_b[v]);
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

template <int vectors, class Real, class Element>
SSLSLR_INLINE void columns_of_product(Index rows, Index depth, Strided<Element> a, const Element* b,
                                      Index b_stride, Real* c, Index c_stride, bool is_added) {
    for (; rows >= 6; rows -= 6) {
        tile<6, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        a.data += 6 * a.row_stride;
        c += 6 * c_stride;
    }
    switch (rows) {
        case 5:
            return tile<5, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        case 4:
            return tile<4, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        case 3:
            return tile<3, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        case 2:
            return tile<2, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        case 1:
            return tile<1, vectors>(depth, a, b, b_stride, c, c_stride, is_added);
        default:
            return;
    }
}

/// Computes c [rows, columns] = (c +) a [rows, depth] b [depth, columns]; columns is a multiple of the lanes.
template <class Real, class Element>
void product(Index rows, Index columns, Index depth, const Strided<Element>& a, const Element* b,
             Index b_stride, Real* c, Index c_stride, bool is_added = false) {
    Index column = 0;
    for (; column + 2 * lanes<Real> <= columns; column += 2 * lanes<Real>) {
        columns_of_product<2>(rows, depth, a, b + column, b_stride, c + column, c_stride, is_added);
    }
    if (column < columns) {
        columns_of_product<1>(rows, depth, a, b + column, b_stride, c + column, c_stride, is_added);
    }
}

/// Copies a matrix to `to` [rows, padded width], with 0 in the padding.
template <class Real, class Store>
void pack(const Store* from, Index stride, Index rows, Index width, Real* to) {
    for (Index row = 0; row < rows; ++row) {
        for (Index column = 0; column < width; column += lanes<Real>) {
            store(to + column, load_some<Real>(from + column, width - column));
        }
        from += stride;
        to += padded<Real>(width);
    }
}

/// Writes the transpose of a matrix to `to` [columns, to_stride], with 0 after the rows.
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

/// Allocates matrices in the scratch memory.
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

// Scores are stored transposed, [keys, queries], with a lane for each query: sums and maxima over keys run
// down the columns, each lane by itself, and none is taken across lanes. Lanes after the last query hold the
// results for zeros and are not read. Exponentials are powers of two.

constexpr double log2_e = 1.4426950408889634;

/// Replaces products s [keys, lanes] of queries and keys by 2^(f s - most), f = scale log2(e); `most` is each
/// column's maximum of f s, `total` the sum of its powers.
template <class Real>
SSLSLR_INLINE void powers(Real* scores, Index stride, Index keys, Real scale, Real* most, Real* total) {
    const Real factor = scale * static_cast<Real>(log2_e);
    auto highest = load<Real>(scores);
    for (Index key = 1; key < keys; ++key) {
        const auto here = load<Real>(scores + key * stride);
        highest = here > highest ? here : highest;
    }
    highest *= factor;
    Vector<Real> sum{};
    for (Index key = 0; key < keys; ++key) {
        const auto power = power_of_two(load<Real>(scores + key * stride) * factor - highest);
        store(scores + key * stride, power);
        sum += power;
    }
    store(most, highest);
    store(total, sum);
}

/// Writes `count` rows of the result, and their log_sum, from the rows of the product of powers and values.
template <class Real, class Store>
void finish_rows(const Attention<Real, Store>& c, Index begin, Index count, const Real* most,
                 const Real* total, const Real* rows) {
    for (Index i = 0; i < count; ++i) {
        c.log_sum[(begin + i) * c.log_sum_stride] = most[i] + logarithm_of_two(total[i]);
        unpack(rows + i * padded<Real>(c.width), 1, c.width, 1 / total[i], c.y + (begin + i) * c.y_stride, 0);
    }
}

/// Replaces products of queries and keys [keys, lanes] by the weights p, computed again from log_sum.
/// @param first      place of the first lane among the `count` queries from `begin` on
/// @param d_weights  [keys, lanes] gradient of p
/// @return  the sum of p d_p over keys
template <class Real, class Store>
SSLSLR_INLINE Vector<Real> weights_again(const Attention<Real, Store>& c, Index begin, Index count,
                                         Index first, Index stride, Real* scores, const Real* d_weights) {
    const Real factor = c.scale * static_cast<Real>(log2_e);
    Vector<Real> log_sums{};
    for (Index lane = 0; lane < lanes<Real> && first + lane < count; ++lane) {
        log_sums[lane] = c.log_sum[(begin + first + lane) * c.log_sum_stride];
    }
    Vector<Real> along{};
    for (Index key = 0; key < c.keys; ++key) {
        const auto p = power_of_two(load<Real>(scores + key * stride) * factor - log_sums);
        store(scores + key * stride, p);
        along += p * load<Real>(d_weights + key * stride);
    }
    return along;
}

template <class Real, class Store>
void unpack_keys(const AttentionBackward<Real, Store>& b, const Real* d_keys, const Real* d_values) {
    const auto& c = b.forward;
    unpack(d_keys, c.keys, c.width, Real{1}, b.d_k, c.kv_stride);
    if (d_values != d_keys) {
        unpack(d_values, c.keys, c.width, Real{1}, b.d_v, c.kv_stride);
    }
}

template <class Real, class Store>
void attention(const Attention<Real, Store>& c) {
    const Index width = padded<Real>(c.width);
    Scratch<Real> scratch{c.scratch};
    Real* const keys = scratch.take(c.keys, c.width);
    Real* const values = scratch.take(c.keys, c.width);
    Real* const rows = scratch.take(attention_queries, c.width);  // of queries, later of the result
    Real* const queries = scratch.take(c.width, attention_queries);
    Real* const scores = scratch.take(c.keys, attention_queries);
    pack(c.k, c.kv_stride, c.keys, c.width, keys);
    pack(c.v, c.kv_stride, c.keys, c.width, values);

    for (Index begin = 0; begin < c.queries; begin += attention_queries) {
        const Index count = c.queries - begin < attention_queries ? c.queries - begin : attention_queries;
        const Index stride = padded<Real>(count);
        pack(c.q + begin * c.q_stride, c.q_stride, count, c.width, rows);
        transpose(rows, width, count, c.width, queries, stride);
        product(c.keys, stride, c.width, Strided<Real>{keys, width, 1}, queries, stride, scores, stride);
        Real most[attention_queries];
        Real total[attention_queries];
        for (Index i = 0; i < count; i += lanes<Real>) {
            powers(scores + i, stride, c.keys, c.scale, most + i, total + i);
        }
        product(count, width, c.keys, Strided<Real>{scores, 1, stride}, values, width, rows, width);
        finish_rows(c, begin, count, most, total, rows);
    }
}

/// With p = softmax(s), s = scale q k^T: d_s = p (d_p - sum of p d_p over keys), d_p = d_y v^T.
/// Source: Dao et al. 2022, arXiv:2205.14135, appendix B.
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
    Real* const d_rows = scratch.take(attention_queries, c.width);  // rows of the result's gradient
    Real* const d_result = scratch.take(c.width, attention_queries);
    Real* const d_queries = scratch.take(attention_queries, c.width);
    Real* const weights = scratch.take(c.keys, attention_queries);
    Real* const d_scores = scratch.take(c.keys, attention_queries);
    pack(c.k, c.kv_stride, c.keys, c.width, keys);
    pack(c.v, c.kv_stride, c.keys, c.width, values);
    clear(d_keys, c.keys * width);
    clear(d_values, c.keys * width);

    for (Index begin = 0; begin < c.queries; begin += attention_queries) {
        const Index count = c.queries - begin < attention_queries ? c.queries - begin : attention_queries;
        const Index stride = padded<Real>(count);
        pack(c.q + begin * c.q_stride, c.q_stride, count, c.width, query_rows);
        transpose(query_rows, width, count, c.width, queries, stride);
        pack(b.d_y + begin * c.y_stride, c.y_stride, count, c.width, d_rows);
        transpose(d_rows, width, count, c.width, d_result, stride);
        product(c.keys, stride, c.width, Strided<Real>{keys, width, 1}, queries, stride, weights, stride);
        product(c.keys, stride, c.width, Strided<Real>{values, width, 1}, d_result, stride, d_scores, stride);
        for (Index i = 0; i < count; i += lanes<Real>) {
            const auto along = weights_again(c, begin, count, i, stride, weights + i, d_scores + i);
            for (Index key = 0; key < c.keys; ++key) {
                const Index at = key * stride + i;
                store(d_scores + at,
                      load<Real>(weights + at) * (load<Real>(d_scores + at) - along) * c.scale);
            }
        }
        product(c.keys, width, count, Strided<Real>{weights, stride, 1}, d_rows, width, d_values, width,
                true);
        product(c.keys, width, count, Strided<Real>{d_scores, stride, 1}, query_rows, width, d_keys, width,
                true);
        product(count, width, c.keys, Strided<Real>{d_scores, 1, stride}, keys, width, d_queries, width);
        unpack(d_queries, count, c.width, Real{1}, b.d_q + begin * c.q_stride, c.q_stride);
    }
    unpack_keys(b, d_keys, d_values);
}

}  // namespace sslslr::SSLSLR_PROCESSOR
