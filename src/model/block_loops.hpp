#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include <ATen/Parallel.h>
#include <torch/types.h>

#include "src/model/block_kernels.hpp"
#include "src/model/block_pass.hpp"
#include "src/model/keyed_dropout.hpp"

namespace sslslr {

/// The LibTorch type of a kernel's elements.
template <class Element>
constexpr torch::Dtype type_of() {
    if constexpr (std::is_same_v<Element, Bfloat16>) {
        return torch::kBFloat16;
    } else {
        return c10::CppTypeToScalarType<Element>::value;
    }
}

/// Returns a pointer to element (row, column) of a matrix, or null for an undefined tensor.
template <class Element>
Element* at_element(const torch::Tensor& tensor, std::int64_t row = 0, std::int64_t column = 0) {
    return tensor.defined() ? static_cast<Element*>(tensor.data_ptr()) + row * tensor.stride(0) + column
                            : nullptr;
}

/// Runs work(begin, end, thread) on parts of [0, count), in parallel.
template <class Work>
void in_parallel(std::int64_t count, std::int64_t grain, const Work& work) {
    at::parallel_for(0, count, std::max<std::int64_t>(grain, 1),
                     [&](std::int64_t begin, std::int64_t end) { work(begin, end, at::get_thread_num()); });
}

/// The tensors that attention reads and writes, or their gradients: matrices whose columns are contiguous.
///
/// All tokens: a row is a token, and a head a group of columns; log_sums is [T, H].
/// Only CLS tokens: keys and values of a clip are its rows of the input [T, W], and the weights of a head are
/// folded into its query and its result. A row of q and y, [H, B W], is a head, and a clip a group of
/// columns; log_sums is [H, B].
struct AttentionTensors {
    torch::Tensor q, k, v, y;
    torch::Tensor log_sums;  ///< log2 of the sums of the scores' exponentials
};

/// The kernels on tensors, with rows divided over threads.
template <class Real, class Store>
class BlockLoops {
public:
    /// A sum over rows, with one partial sum for each thread.
    class Sums {
    public:
        explicit Sums(std::int64_t columns)
            : parts_{torch::zeros({at::get_num_threads(), columns}, type_of<Real>())} {}
        Real* of(int thread) const { return at_element<Real>(parts_, thread); }
        torch::Tensor total() const { return parts_.size(0) == 1 ? parts_[0] : parts_.sum(0); }

    private:
        torch::Tensor parts_;
    };
    struct NormSums {
        explicit NormSums(std::int64_t width) : gamma{width}, beta{width} {}
        Sums gamma, beta;
    };
    /// A layer norm's input and weight, and mean and 1 / deviation of each row.
    struct Norm {
        torch::Tensor y, gamma, statistics;
    };

    BlockLoops(const BlockPass& pass, std::int64_t width)
        : pass_{pass},
          width_{width},
          row_keys_{pass.cls_only ? pass.layout->cls_keys : pass.layout->row_keys},
          threshold_{static_cast<std::uint32_t>(std::llround(pass.dropout * 4294967296.0))},
          scale_{static_cast<Real>(1 / (1 - pass.dropout))} {}

    static torch::Tensor stored(at::IntArrayRef sizes) { return torch::empty(sizes, type_of<Store>()); }

    /// Writes residual + dropout(x) to y and its layer norm to `norm`. For undefined tensors see
    /// ResidualNorm.
    void residual_norm(const torch::Tensor& x, const torch::Tensor& residual, DropoutPlace place,
                       const torch::Tensor& y, const torch::Tensor& gamma, const torch::Tensor& beta,
                       const torch::Tensor& norm, const torch::Tensor& statistics) const {
        rows_in_parallel(residual, [&](std::int64_t begin, std::int64_t rows, int) {
            kernels().residual_norm({.rows = rows,
                                     .columns = width_,
                                     .x = at_element<Store>(x, begin),
                                     .residual = at_element<Real>(residual, begin),
                                     .mask = x.defined() ? mask(place, begin) : DropoutMask{},
                                     .scale = scale_,
                                     .y = at_element<Real>(y, begin),
                                     .gamma = at_element<Real>(gamma),
                                     .beta = at_element<Real>(beta),
                                     .norm = at_element<Store>(norm, begin),
                                     .statistics = at_element<Real>(statistics, begin)});
        });
    }

    /// Computes d_residual from the gradients of y and of its norm, d_norm.
    void norm_backward(const torch::Tensor& d_norm, const Norm& norm, const NormSums& sums,
                       const torch::Tensor& d_y, const torch::Tensor& d_residual) const {
        residual_norm_backward(d_norm, norm, &sums, d_y, d_residual, DropoutPlace::attention, {}, nullptr);
    }

    /// Computes d_residual, d_x and the sum of d_x's rows from the gradients of y = residual + dropout(x) and
    /// of y's norm. Without `sums` there was no norm; d_residual then equals d_y and is not written.
    void residual_norm_backward(const torch::Tensor& d_norm, const Norm& norm, const NormSums* sums,
                                const torch::Tensor& d_y, const torch::Tensor& d_residual, DropoutPlace place,
                                const torch::Tensor& d_x, const Sums* d_x_sum) const {
        rows_in_parallel(d_y, [&](std::int64_t begin, std::int64_t rows, int thread) {
            kernels().residual_norm_backward({.rows = rows,
                                              .columns = width_,
                                              .d_norm = at_element<Store>(d_norm, begin),
                                              .y = at_element<Real>(norm.y, begin),
                                              .gamma = at_element<Real>(norm.gamma),
                                              .statistics = at_element<Real>(norm.statistics, begin),
                                              .d_gamma = sums == nullptr ? nullptr : sums->gamma.of(thread),
                                              .d_beta = sums == nullptr ? nullptr : sums->beta.of(thread),
                                              .d_y = at_element<Real>(d_y, begin),
                                              .d_residual = at_element<Real>(d_residual, begin),
                                              .mask = d_x.defined() ? mask(place, begin) : DropoutMask{},
                                              .scale = scale_,
                                              .d_x = at_element<Store>(d_x, begin),
                                              .d_x_sum = d_x_sum == nullptr ? nullptr : d_x_sum->of(thread)});
        });
    }

    torch::Tensor gelu_dropout(const torch::Tensor& x) const {
        auto y = torch::empty_like(x);
        rows_in_parallel(x, [&](std::int64_t begin, std::int64_t rows, int) {
            kernels().gelu_dropout({.rows = rows,
                                    .columns = x.size(1),
                                    .x = at_element<Store>(x, begin),
                                    .mask = mask(DropoutPlace::feed_forward_hidden, begin),
                                    .scale = scale_,
                                    .y = at_element<Store>(y, begin)});
        });
        return y;
    }

    /// Replaces the gradient of the result by that of x, in place.
    void gelu_dropout_backward(const torch::Tensor& x, const torch::Tensor& gradient,
                               const Sums& sums) const {
        rows_in_parallel(x, [&](std::int64_t begin, std::int64_t rows, int thread) {
            kernels().gelu_dropout_backward({.rows = rows,
                                             .columns = x.size(1),
                                             .x = at_element<Store>(x, begin),
                                             .d_y = at_element<Store>(gradient, begin),
                                             .mask = mask(DropoutPlace::feed_forward_hidden, begin),
                                             .scale = scale_,
                                             .d_x = at_element<Store>(gradient, begin),
                                             .d_x_sum = sums.of(thread)});
        });
    }

    void attention(const AttentionTensors& t) const {
        for_each_head(t,
                      [&](const Attention<Real, Store>& call, const Where&) { kernels().attention(call); });
    }

    /// Computes d.q, d.k and d.v from d.y; strides are those of t. If t.k is also t.v, d.k may be d.v, which
    /// then holds the sum of both.
    void attention_backward(const AttentionTensors& t, const AttentionTensors& d) const {
        for_each_head(t, [&](const Attention<Real, Store>& call, const Where& at) {
            kernels().attention_backward({.forward = call,
                                          .d_y = at_element<Store>(d.y, at.query, at.query_column),
                                          .d_q = at_element<Store>(d.q, at.query, at.query_column),
                                          .d_k = at_element<Store>(d.k, at.key, at.key_column),
                                          .d_v = at_element<Store>(d.v, at.key, at.key_column)});
        });
    }

private:
    /// The part of AttentionTensors that one attention call works on.
    struct Where {
        std::int64_t queries, keys, width;
        std::int64_t query, query_column, key, key_column, log_sum_column;  ///< first row and column
    };

    const BlockKernels<Real, Store>& kernels() const {
        if constexpr (std::is_same_v<Store, Bfloat16>) {
            return pass_.kernels->of_bfloat16;
        } else if constexpr (std::is_same_v<Store, double>) {
            return pass_.kernels->of_double;
        } else {
            return pass_.kernels->of_float;
        }
    }

    DropoutMask mask(DropoutPlace place, std::int64_t first_row) const {
        return {reinterpret_cast<const std::uint32_t*>(row_keys_.const_data_ptr<std::int32_t>()) + first_row,
                dropout_site(pass_.network, pass_.layer, place), threshold_};
    }

    /// Runs work(first row, rows, thread) on parts of a matrix, in parallel.
    template <class Work>
    static void rows_in_parallel(const torch::Tensor& x, const Work& work) {
        constexpr std::int64_t elements_a_part = 1
                                                 << 15;  // below, starting a thread costs more than it saves
        in_parallel(
            x.size(0), elements_a_part / x.size(1),
            [&](std::int64_t begin, std::int64_t end, int thread) { work(begin, end - begin, thread); });
    }

    /// Calls visit(call, where) for each clip and head, or for each clip if a call takes all heads.
    template <class Visit>
    void for_each_head(const AttentionTensors& t, const Visit& visit) const {
        const auto& layout = *pass_.layout;
        const auto head_width = width_ / pass_.heads;
        const auto longest = layout.runs.empty() ? 0 : layout.runs.back().length + 1;
        const auto scratch_size = attention_scratch(longest, pass_.cls_only ? width_ : head_width);
        in_parallel(layout.clips(), 1, [&](std::int64_t begin, std::int64_t end, int) {
            const auto scratch = torch::empty({scratch_size}, type_of<Real>());
            const auto call_at = [&](const Where& at) {
                visit(
                    Attention<Real, Store>{
                        .queries = at.queries,
                        .keys = at.keys,
                        .width = at.width,
                        .q = at_element<Store>(t.q, at.query, at.query_column),
                        .k = at_element<Store>(t.k, at.key, at.key_column),
                        .v = at_element<Store>(t.v, at.key, at.key_column),
                        .q_stride = t.q.stride(0),
                        .kv_stride = t.k.stride(0),
                        .scale = static_cast<Real>(1 / std::sqrt(static_cast<double>(head_width))),
                        .y = at_element<Store>(t.y, at.query, at.query_column),
                        .y_stride = t.y.stride(0),
                        .log_sum = at_element<Real>(t.log_sums, at.query, at.log_sum_column),
                        .log_sum_stride = t.log_sums.stride(0),
                        .scratch = at_element<Real>(scratch)},
                    at);
            };
            for (auto clip = begin; clip < end; ++clip) {
                const auto first = layout.starts[static_cast<std::size_t>(clip)];
                const auto keys = layout.starts[static_cast<std::size_t>(clip) + 1] - first;
                if (pass_.cls_only) {
                    call_at({.queries = pass_.heads,
                             .keys = keys,
                             .width = width_,
                             .query = 0,
                             .query_column = clip * width_,
                             .key = first,
                             .key_column = 0,
                             .log_sum_column = clip});
                    continue;
                }
                for (std::int64_t head = 0; head < pass_.heads; ++head) {
                    const auto channel = head * head_width;
                    call_at({keys, keys, head_width, first, channel, first, channel, head});
                }
            }
        });
    }

    const BlockPass& pass_;
    std::int64_t width_;
    const torch::Tensor& row_keys_;  ///< for the rows of the result
    std::uint32_t threshold_;
    Real scale_;
};

}  // namespace sslslr
