#pragma once

// Attention in bfloat16 for processors that multiply pairs of bfloat16 numbers and add both products to a
// float (AVX-512 bf16), which doubles the products per instruction. Scores, softmax and sums stay in float.
// Weights and gradients of scores are rounded for the products that follow, like all inputs of matrix
// products.

#include "src/model/attention_kernels.hpp"

namespace sslslr::SSLSLR_PROCESSOR {

/// Interleaves the numbers of even places with those of the places after them.
SSLSLR_INLINE Vector<Pair> paired(Vector<float> even, Vector<float> odd) {
    const auto rounded =
        reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(odd, even));  // all evens, then all odds
    const auto low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(rounded));
    const auto high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(rounded, 1));
    return reinterpret_cast<Vector<Pair>>(low) | (reinterpret_cast<Vector<Pair>>(high) << 16);
}

constexpr Index pairs(Index count) {
    return (count + 1) / 2;
}

/// Writes pairs of neighbours in a column to `to` [pairs(rows), padded width], with 0 in the padding.
inline void pair_rows(const Bfloat16* from, Index stride, Index rows, Index width, Pair* to) {
    for (Index row = 0; row < rows; row += 2) {
        for (Index column = 0; column < width; column += lanes<float>) {
            const auto at = [&](Index r) {
                return r < rows ? reinterpret_cast<Vector<Pair>>(
                                      load_some<float>(from + r * stride + column, width - column))
                                : Vector<Pair>{};
            };
            store(to + column,
                  (at(row) >> 16) | at(row + 1));  // a float has its bfloat16 in the upper half
        }
        to += padded<float>(width);
    }
}

SSLSLR_INLINE Pair* as_pairs(float* scratch) {
    return reinterpret_cast<Pair*>(scratch);
}

/// Reinterprets neighbours in a row as pairs, without a copy.
SSLSLR_INLINE const Pair* as_pairs(const Bfloat16* rows) {
    return reinterpret_cast<const Pair*>(rows);
}

/// Whether every row of queries, keys and values consists of whole pairs.
SSLSLR_INLINE bool is_of_pairs(const Attention<float, Bfloat16>& c) {
    return c.width % 2 == 0 && c.q_stride % 2 == 0 && c.kv_stride % 2 == 0 && c.y_stride % 2 == 0;
}

inline void attention(const Attention<float, Bfloat16>& c) {
    if (!is_of_pairs(c)) {
        attention<float, Bfloat16>(c);
        return;
    }
    const Index width = padded<float>(c.width);
    const Index depth = c.width / 2;
    Scratch<float> scratch{c.scratch};
    Pair* const values = as_pairs(scratch.take(pairs(c.keys), c.width));
    Pair* const queries = as_pairs(scratch.take(depth, attention_queries));
    float* const scores = scratch.take(c.keys + 1, attention_queries);
    Pair* const weights = as_pairs(scratch.take(pairs(c.keys), attention_queries));
    float* const result = scratch.take(attention_queries, c.width);
    pair_rows(c.v, c.kv_stride, c.keys, c.width, values);

    for (Index begin = 0; begin < c.queries; begin += attention_queries) {
        const Index count = c.queries - begin < attention_queries ? c.queries - begin : attention_queries;
        const Index stride = padded<float>(count);
        transpose(as_pairs(c.q + begin * c.q_stride), c.q_stride / 2, count, depth, queries, stride);
        product(c.keys, stride, depth, Strided<Pair>{as_pairs(c.k), c.kv_stride / 2, 1}, queries, stride,
                scores, stride);
        float most[attention_queries];
        float total[attention_queries];
        for (Index i = 0; i < count; i += lanes<float>) {
            powers(scores + i, stride, c.keys, c.scale, most + i, total + i);
            store(scores + c.keys * stride + i, Vector<float>{});  // the last key may have no neighbour
            for (Index key = 0; key < c.keys; key += 2) {
                const float* const even = scores + key * stride + i;
                store(weights + key / 2 * stride + i, paired(load<float>(even), load<float>(even + stride)));
            }
        }
        product(count, width, pairs(c.keys), Strided<Pair>{weights, 1, stride}, values, width, result, width);
        finish_rows(c, begin, count, most, total, result);
    }
}

inline void attention_backward(const AttentionBackward<float, Bfloat16>& b) {
    const auto& c = b.forward;
    if (!is_of_pairs(c)) {
        attention_backward<float, Bfloat16>(b);
        return;
    }
    const Index width = padded<float>(c.width);
    const Index depth = c.width / 2;
    Scratch<float> scratch{c.scratch};
    Pair* const key_pairs = as_pairs(scratch.take(pairs(c.keys), c.width));
    float* const d_keys = scratch.take(c.keys, c.width);
    float* const d_values = b.d_v == b.d_k ? d_keys : scratch.take(c.keys, c.width);
    Pair* const queries = as_pairs(scratch.take(depth, attention_queries));
    Pair* const d_result = as_pairs(scratch.take(depth, attention_queries));
    Pair* const query_pairs = as_pairs(scratch.take(pairs(attention_queries), c.width));
    Pair* const d_result_pairs = as_pairs(scratch.take(pairs(attention_queries), c.width));
    float* const d_queries = scratch.take(attention_queries, c.width);
    float* const scores = scratch.take(c.keys + 1, attention_queries);
    float* const d_weights = scratch.take(c.keys + 1, attention_queries);
    // Weights and gradients of scores in pairs of neighbouring queries, and gradients also in pairs of keys.
    Pair* const weights = as_pairs(scratch.take(c.keys + 1, pairs(attention_queries)));
    Pair* const d_scores = as_pairs(scratch.take(c.keys + 1, pairs(attention_queries)));
    Pair* const d_scores_of_queries = as_pairs(scratch.take(pairs(c.keys), attention_queries));
    pair_rows(c.k, c.kv_stride, c.keys, c.width, key_pairs);
    clear(d_keys, c.keys * width);
    clear(d_values, c.keys * width);

    for (Index begin = 0; begin < c.queries; begin += attention_queries) {
        const Index count = c.queries - begin < attention_queries ? c.queries - begin : attention_queries;
        const Index stride = padded<float>(count);
        const auto* const q = c.q + begin * c.q_stride;
        const auto* const d_y = b.d_y + begin * c.y_stride;
        transpose(as_pairs(q), c.q_stride / 2, count, depth, queries, stride);
        transpose(as_pairs(d_y), c.y_stride / 2, count, depth, d_result, stride);
        pair_rows(q, c.q_stride, count, c.width, query_pairs);
        pair_rows(d_y, c.y_stride, count, c.width, d_result_pairs);
        product(c.keys, stride, depth, Strided<Pair>{as_pairs(c.k), c.kv_stride / 2, 1}, queries, stride,
                scores, stride);
        product(c.keys, stride, depth, Strided<Pair>{as_pairs(c.v), c.kv_stride / 2, 1}, d_result, stride,
                d_weights, stride);
        for (Index i = 0; i < count; i += lanes<float>) {
            const auto along = weights_again(c, begin, count, i, stride, scores + i, d_weights + i);
            store(scores + c.keys * stride + i, Vector<float>{});  // the last key may have no neighbour
            store(d_weights + c.keys * stride + i, Vector<float>{});
            for (Index key = 0; key < c.keys; key += 2) {
                Vector<float> d_score[2];
                for (Index k = 0; k < 2; ++k) {
                    const Index at = (key + k) * stride + i;
                    const auto p = load<float>(scores + at);
                    d_score[k] = p * (load<float>(d_weights + at) - along) * c.scale;
                    store(reinterpret_cast<Bfloat16*>(weights) + at, p);
                    store(reinterpret_cast<Bfloat16*>(d_scores) + at, d_score[k]);
                }
                store(d_scores_of_queries + key / 2 * stride + i, paired(d_score[0], d_score[1]));
            }
        }
        const Index half = stride / 2;
        product(c.keys, width, pairs(count), Strided<Pair>{weights, half, 1}, d_result_pairs, width, d_values,
                width, true);
        product(c.keys, width, pairs(count), Strided<Pair>{d_scores, half, 1}, query_pairs, width, d_keys,
                width, true);
        product(count, width, pairs(c.keys), Strided<Pair>{d_scores_of_queries, 1, stride}, key_pairs, width,
                d_queries, width);
        unpack(d_queries, count, c.width, 1.0F, b.d_q + begin * c.q_stride, c.q_stride);
    }
    unpack_keys(b, d_keys, d_values);
}

}  // namespace sslslr::SSLSLR_PROCESSOR
