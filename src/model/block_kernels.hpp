#pragma once

#include <cstdint>

// The loops of a transformer block, on plain arrays and free of LibTorch. Rows are tokens, columns channels;
// arrays are contiguous unless a stride is named. Real is what is computed in, Store what activations are
// kept in: <float, float>, <double, double> and <float, bfloat16>.
//
// block_kernels.cpp is compiled once for each kind of processor; kernels() are the widest that run here, so one
// binary serves a laptop and a cluster.

namespace sslslr {

/// The upper half of a float's bits.
struct Bfloat16 {
    std::uint16_t bits;
};

/// The mask of one dropout place: element (row, column) is kept iff hash(row key, site, column) >= threshold.
///
/// It is recomputed from its keys wherever it is needed, forward and backward, and never stored. Hash:
/// lowbias32 (Chris Wellons, "Prospecting for Hash Functions", 2018), applied to the column and to the row's
/// key.
struct DropoutMask {
    const std::uint32_t* row_keys = nullptr;  ///< [rows] a function of (seed, step, clip, view, position)
    std::uint32_t site = 0;                   ///< which dropout of which network and layer
    std::uint32_t threshold = 0;              ///< p * 2^32; 0 keeps everything and reads no key
};

/// y = residual + dropout(x) and norm = LayerNorm(y), of `rows` rows.
template <class Real, class Store>
struct ResidualNorm {
    std::int64_t rows, columns;
    const Store* x;        ///< null: y = residual
    const Real* residual;  ///< null: y = dropout(x)
    DropoutMask mask;
    Real scale;         ///< 1 / (1 - p)
    Real* y;            ///< null: not kept
    const Real* gamma;  ///< null: no norm, and the members below are not read
    const Real* beta;
    Store* norm;
    Real* statistics;  ///< [rows, 2] mean and 1 / deviation
};

/// From the gradients of y (along the residual stream) and of norm to those of residual and x.
template <class Real, class Store>
struct ResidualNormBackward {
    std::int64_t rows, columns;
    const Store* d_norm;  ///< null: there was no norm
    const Real* y;
    const Real* gamma;
    const Real* statistics;
    Real* d_gamma;     ///< [columns] added to
    Real* d_beta;      ///< [columns] added to
    const Real* d_y;   ///< null: zero
    Real* d_residual;  ///< d_y and what comes through the norm; may be d_y
    DropoutMask mask;
    Real scale;
    Store* d_x;     ///< null: there was no x
    Real* d_x_sum;  ///< [columns] added to: the gradient of a bias before the dropout
};

/// y = dropout(GELU(x)), the exact GELU (x times the normal distribution function).
template <class Real, class Store>
struct GeluDropout {
    std::int64_t rows, columns;
    const Store* x;
    DropoutMask mask;
    Real scale;
    Store* y;
};

template <class Real, class Store>
struct GeluDropoutBackward {
    std::int64_t rows, columns;
    const Store* x;
    const Store* d_y;
    DropoutMask mask;
    Real scale;
    Store* d_x;     ///< may be d_y
    Real* d_x_sum;  ///< [columns] added to
};

/// Attention of one head of one clip: y = softmax(scale q k^T) v. Rows lie `stride` elements apart.
template <class Real, class Store>
struct Attention {
    std::int64_t queries, keys, width;  ///< rows of q, rows of k and v, channels of the head
    const Store *q, *k, *v;
    std::int64_t q_stride, kv_stride;
    Real scale;
    Store* y;
    std::int64_t y_stride;
    Real* log_sum;  ///< [queries] log2 of the sum of the exponentials
    std::int64_t log_sum_stride;
    Real* scratch;  ///< attention_scratch() elements
};

template <class Real, class Store>
struct AttentionBackward {
    Attention<Real, Store> forward;  ///< log_sum as forward left it; y is not read
    const Store* d_y;                ///< strides as in forward
    Store *d_q, *d_k, *d_v;  ///< where keys are the values too, d_v may be d_k: it holds the sum of both
};

/// How many queries attention takes at a time: scores of long clips stay in the cache.
inline constexpr std::int64_t attention_queries = 64;

/// Elements of scratch memory for either direction of attention.
constexpr std::int64_t attention_scratch(std::int64_t keys, std::int64_t width) {
    constexpr std::int64_t padding = 15;  // to a multiple of the most lanes of any processor
    return (4 * keys + 3 * attention_queries) * (width + padding) +
           (2 * width + 4 * (keys + 1)) * attention_queries;
}

template <class Real, class Store>
struct BlockKernels {
    void (*residual_norm)(const ResidualNorm<Real, Store>&);
    void (*residual_norm_backward)(const ResidualNormBackward<Real, Store>&);
    void (*gelu_dropout)(const GeluDropout<Real, Store>&);
    void (*gelu_dropout_backward)(const GeluDropoutBackward<Real, Store>&);
    void (*attention)(const Attention<Real, Store>&);
    void (*attention_backward)(const AttentionBackward<Real, Store>&);
};

/// Everything that is compiled for one kind of processor.
struct ProcessorKernels {
    BlockKernels<float, float> of_float;
    BlockKernels<double, double> of_double;
    BlockKernels<float, Bfloat16> of_bfloat16;
    /// to [columns, rows] = from^T, whose rows lie `stride` elements apart
    void (*transpose)(const float* from, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                      float* to);
};

enum class Processor { any, avx2, avx512, avx512_bf16 };

/// The widest kind that this processor is.
Processor widest_processor();

/// @throws c10::ValueError  this processor is not of that kind
const ProcessorKernels& kernels_for(Processor kind);

/// Those of widest_processor().
const ProcessorKernels& kernels();

}  // namespace sslslr
