#pragma once

#include <cstdint>

// The loops of a transformer block, on plain arrays and without LibTorch. Rows are tokens, columns channels;
// arrays are contiguous unless a stride is given. Real is the type of computations, Store that in which
// activations are stored: <float, float>, <double, double> and <float, bfloat16>.
//
// block_kernels.cpp is compiled once for each kind of processor. kernels() returns the widest ones that run
// here, so one binary serves a laptop and a cluster.

namespace sslslr {

/// The upper half of a float's bits.
struct Bfloat16 {
    std::uint16_t bits;
};

/// The mask of one dropout place: element (row, column) is kept if and only if
/// hash(row key, site, column) >= threshold.
///
/// The mask is never stored; forward and backward compute it from its keys. The hash is lowbias32 (Chris
/// Wellons, "Prospecting for Hash Functions", 2018), applied to the column and to the row's key.
struct DropoutMask {
    const std::uint32_t* row_keys = nullptr;  ///< [rows] a function of (seed, step, clip, view, position)
    std::uint32_t site = 0;                   ///< which dropout of which network and layer
    std::uint32_t threshold = 0;              ///< p * 2^32; 0 keeps everything and reads no key
};

/// y = residual + dropout(x) and norm = LayerNorm(y), for `rows` rows.
template <class Real, class Store>
struct ResidualNorm {
    std::int64_t rows, columns;
    const Store* x;        ///< null: y = residual
    const Real* residual;  ///< null: y = dropout(x)
    DropoutMask mask;
    Real scale;         ///< 1 / (1 - p)
    Real* y;            ///< null: not stored
    const Real* gamma;  ///< null: no norm, and the members below are not read
    const Real* beta;
    Store* norm;
    Real* statistics;  ///< [rows, 2] mean and 1 / deviation
};

/// Computes the gradients of residual and x from those of y (along the residual stream) and of norm.
template <class Real, class Store>
struct ResidualNormBackward {
    std::int64_t rows, columns;
    const Store* d_norm;  ///< null: there was no norm
    const Real* y;
    const Real* gamma;
    const Real* statistics;
    Real* d_gamma;     ///< [columns] the gradient is added to it
    Real* d_beta;      ///< [columns] likewise
    const Real* d_y;   ///< null: zero
    Real* d_residual;  ///< d_y plus the gradient through the norm; may be d_y
    DropoutMask mask;
    Real scale;
    Store* d_x;     ///< null: there was no x
    Real* d_x_sum;  ///< [columns] likewise: the gradient of a bias before the dropout
};

/// y = dropout(GELU(x)), with the exact GELU (x times the normal distribution function).
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
    Real* d_x_sum;  ///< [columns] the sum of d_x's rows is added to it
};

/// Attention of one head of one clip: y = softmax(scale q k^T) v. Strides are the distances of rows, in
/// elements.
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
    Attention<Real, Store> forward;  ///< with the log_sum of the forward pass; y is not read
    const Store* d_y;                ///< strides as in forward
    Store *d_q, *d_k, *d_v;  ///< if keys are also the values, d_v may be d_k: it then holds the sum of both
};

/// The number of queries that attention handles at a time, so that the scores of long clips stay in the
/// cache.
inline constexpr std::int64_t attention_queries = 64;

/// Returns the elements of scratch memory that attention needs, forward or backward.
constexpr std::int64_t attention_scratch(std::int64_t keys, std::int64_t width) {
    constexpr std::int64_t padding = 15;  // to a multiple of the lanes of any processor
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

/// All kernels that are compiled for one kind of processor.
struct ProcessorKernels {
    BlockKernels<float, float> of_float;
    BlockKernels<double, double> of_double;
    BlockKernels<float, Bfloat16> of_bfloat16;
    /// Writes from^T to `to` [columns, rows]. The rows of `from` are `stride` elements apart.
    void (*transpose)(const float* from, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                      float* to);
};

enum class Processor { any, avx2, avx512, avx512_bf16 };

/// Returns the widest kind that this processor supports.
Processor widest_processor();

/// Returns the kernels for a kind of processor.
/// @throws c10::ValueError  this processor does not support the kind
const ProcessorKernels& kernels_for(Processor kind);

/// Returns the kernels for widest_processor().
const ProcessorKernels& kernels();

}  // namespace sslslr
