#include "src/model/fused_block.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "src/model/keyed_dropout.hpp"

namespace sslslr {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// What backward needs beside the weights. Shapes: T tokens, R rows of the result (T, or one a clip), H heads.
struct Kept {
    enum : std::size_t {
        tokens,            // [T, W]
        input_statistics,  // [T, 2] of the attention norm
        input,             // [T, W] of the attention
        q,                 // [R, W]
        kv,                // [T, 2 W]
        attended,          // [R, W]
        log_sums,          // [R, H] log2 of the sums of the scores' exponentials
        y,                 // [R, W] after the attention
        statistics,        // [R, 2] of the feed-forward norm
        hidden_input,      // [R, W] of the feed-forward
        expanded,          // [R, 4 W] before GELU
        hidden,            // [R, 4 W] after GELU and dropout
        count
    };
};

struct SharedPass final : torch::CustomClassHolder {
    explicit SharedPass(BlockPass value_) : value{std::move(value_)} {}
    BlockPass value;
};

/// The LibTorch type of a kernel's element.
template <class Element>
constexpr torch::Dtype type_of() {
    if constexpr (std::is_same_v<Element, Bfloat16>) {
        return torch::kBFloat16;
    } else {
        return c10::CppTypeToScalarType<Element>::value;
    }
}

/// Element `offset` of a tensor, or null where there is no tensor.
template <class Element>
Element* at_element(const torch::Tensor& tensor, std::int64_t offset = 0) {
    return tensor.defined() ? static_cast<Element*>(tensor.data_ptr()) + offset : nullptr;
}

/// Runs work(begin, end, thread) on parts of [0, count).
template <class Work>
void in_parallel(std::int64_t count, std::int64_t grain, const Work& work) {
    at::parallel_for(0, count, std::max<std::int64_t>(grain, 1),
                     [&](std::int64_t begin, std::int64_t end) { work(begin, end, at::get_thread_num()); });
}

constexpr std::int64_t elements_a_part = 1 << 15;  // below, starting a thread costs more than it saves

/// One forward or backward pass of a block.
template <class Real, class Store>
class Pass {
public:
    explicit Pass(const BlockPass& pass, std::int64_t width)
        : pass_{pass},
          layout_{*pass.layout},
          width_{width},
          row_keys_{pass.cls_only ? layout_.cls_keys : layout_.row_keys},
          threshold_{static_cast<std::uint32_t>(std::llround(pass.dropout * 4294967296.0))},
          scale_{static_cast<Real>(1 / (1 - pass.dropout))},
          kernels_{[&]() -> const BlockKernels<Real, Store>& {
              if constexpr (std::is_same_v<Store, Bfloat16>) {
                  return pass.kernels->of_bfloat16;
              } else if constexpr (std::is_same_v<Store, double>) {
                  return pass.kernels->of_double;
              } else {
                  return pass.kernels->of_float;
              }
          }()} {}

    /// The result, and what backward needs.
    std::pair<torch::Tensor, tensor_list> forward(const torch::Tensor& x, const BlockWeights& w) const {
        const auto [input, input_statistics] =
            normalised(x, w[attention_norm_weight], w[attention_norm_bias]);
        const auto residual = pass_.cls_only ? x.index_select(0, layout_.cls_rows) : x;
        torch::Tensor q;
        torch::Tensor kv;
        if (pass_.cls_only) {
            q = linear(input.index_select(0, layout_.cls_rows), w[qkv_weight].slice(0, 0, width_),
                       w[qkv_bias].slice(0, 0, width_));
            kv = linear(input, w[qkv_weight].slice(0, width_), w[qkv_bias].slice(0, width_));
        } else {
            const auto qkv = linear(input, w[qkv_weight], w[qkv_bias]);
            q = qkv.slice(1, 0, width_);
            kv = qkv.slice(1, width_);
        }
        const auto [attended, log_sums] = attention(q, kv);
        const auto projected = linear(attended, w[projection_weight], w[projection_bias]);
        const auto y = torch::empty_like(residual);
        const auto hidden_input = stored(residual.sizes());
        const auto statistics = torch::empty({residual.size(0), 2}, residual.options());
        residual_norm(projected, residual, DropoutPlace::attention, y, w[feed_forward_norm_weight],
                      w[feed_forward_norm_bias], hidden_input, statistics);
        const auto expanded = linear(hidden_input, w[expand_weight], w[expand_bias]);
        const auto hidden = gelu_dropout(expanded);
        const auto contracted = linear(hidden, w[contract_weight], w[contract_bias]);
        const auto out = torch::empty_like(residual);
        residual_norm(contracted, y, DropoutPlace::feed_forward, out, {}, {}, {}, {});
        return {out,
                {x, input_statistics, input, q, kv, attended, log_sums, y, statistics, hidden_input, expanded,
                 hidden}};
    }

    /// Gradients of the tokens and of the weights.
    tensor_list backward(const torch::Tensor& d_out, const tensor_list& kept, const BlockWeights& w) const {
        const auto& x = kept[Kept::tokens];
        const auto& input = kept[Kept::input];
        const auto& attended = kept[Kept::attended];
        const auto& y = kept[Kept::y];
        const auto& hidden = kept[Kept::hidden];
        tensor_list d_weights(w.size());

        const auto d_contracted = stored(d_out.sizes());
        Sums d_contract_bias{width_};
        residual_norm_backward({}, {}, {}, {}, nullptr, d_out, {}, DropoutPlace::feed_forward, d_contracted,
                               &d_contract_bias);
        const auto d_hidden = product(d_contracted, w[contract_weight]);
        d_weights[contract_weight] = product_of_transposed(d_contracted, hidden);
        d_weights[contract_bias] = d_contract_bias.total();

        Sums d_expand_bias{4 * width_};
        gelu_dropout_backward(kept[Kept::expanded], d_hidden,
                              d_expand_bias);  // in place: d_hidden becomes d_expanded
        d_weights[expand_weight] = product_of_transposed(d_hidden, kept[Kept::hidden_input]);
        d_weights[expand_bias] = d_expand_bias.total();
        const auto d_hidden_input = product(d_hidden, w[expand_weight]);

        const auto d_y = torch::empty_like(y);
        const auto d_projected = stored(y.sizes());
        Sums d_projection_bias{width_};
        NormSums d_norm{width_};
        residual_norm_backward(d_hidden_input, y, w[feed_forward_norm_weight], kept[Kept::statistics],
                               &d_norm, d_out, d_y, DropoutPlace::attention, d_projected, &d_projection_bias);
        d_weights[feed_forward_norm_weight] = d_norm.gamma.total();
        d_weights[feed_forward_norm_bias] = d_norm.beta.total();
        d_weights[projection_weight] = product_of_transposed(d_projected, attended);
        d_weights[projection_bias] = d_projection_bias.total();
        const auto d_attended = product(d_projected, w[projection_weight]);

        torch::Tensor d_input;
        torch::Tensor d_residual;
        if (pass_.cls_only) {
            const auto d_q = stored({layout_.clips(), width_});
            const auto d_kv = stored({x.size(0), 2 * width_});
            attention_backward(kept, d_attended, d_q, d_kv);
            d_input = product(d_kv, w[qkv_weight].slice(0, width_));
            d_input.index_add_(0, layout_.cls_rows, product(d_q, w[qkv_weight].slice(0, 0, width_)));
            const auto cls_input = input.index_select(0, layout_.cls_rows);
            d_weights[qkv_weight] =
                torch::cat({product_of_transposed(d_q, cls_input), product_of_transposed(d_kv, input)});
            d_weights[qkv_bias] =
                torch::cat({d_q.sum(0, false, x.scalar_type()), d_kv.sum(0, false, x.scalar_type())});
            d_residual = torch::zeros_like(x).index_copy_(0, layout_.cls_rows, d_y);
        } else {
            const auto d_qkv = stored({x.size(0), 3 * width_});
            attention_backward(kept, d_attended, d_qkv.slice(1, 0, width_), d_qkv.slice(1, width_));
            d_input = product(d_qkv, w[qkv_weight]);
            d_weights[qkv_weight] = product_of_transposed(d_qkv, input);
            d_weights[qkv_bias] = d_qkv.sum(0, false, x.scalar_type());
            d_residual = d_y;
        }
        NormSums d_input_norm{width_};
        const auto d_x = torch::empty_like(x);
        residual_norm_backward(d_input, x, w[attention_norm_weight], kept[Kept::input_statistics],
                               &d_input_norm, d_residual, d_x, DropoutPlace::attention, {}, nullptr);
        d_weights[attention_norm_weight] = d_input_norm.gamma.total();
        d_weights[attention_norm_bias] = d_input_norm.beta.total();
        d_weights.insert(d_weights.begin(), d_x);
        return d_weights;
    }

private:
    /// A sum over rows that threads share.
    class Sums {
    public:
        explicit Sums(std::int64_t columns)
            : parts_{torch::zeros({at::get_num_threads(), columns}, type_of<Real>())} {}
        Real* of(int thread) const { return at_element<Real>(parts_, thread * parts_.size(1)); }
        torch::Tensor total() const { return parts_.size(0) == 1 ? parts_[0] : parts_.sum(0); }

    private:
        torch::Tensor parts_;
    };
    struct NormSums {
        explicit NormSums(std::int64_t width) : gamma{width}, beta{width} {}
        Sums gamma, beta;
    };

    static torch::Tensor stored(at::IntArrayRef sizes) { return torch::empty(sizes, type_of<Store>()); }

    static torch::Tensor cast(const torch::Tensor& weight) { return weight.to(type_of<Store>()); }

    static torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                                const torch::Tensor& bias) {
        return product_with_transposed(x, cast(weight), cast(bias));
    }
    /// g w, the gradient of linear()'s x.
    static torch::Tensor product(const torch::Tensor& g, const torch::Tensor& weight) {
        return product_with_transposed(g, cast(weight).t(), {});
    }
    /// g^T x, the gradient of linear()'s weight.
    static torch::Tensor product_of_transposed(const torch::Tensor& g, const torch::Tensor& x) {
        return torch::mm(g.t(), x).to(type_of<Real>());
    }

    DropoutMask mask(DropoutPlace place, std::int64_t first_row) const {
        return {reinterpret_cast<const std::uint32_t*>(row_keys_.const_data_ptr<std::int32_t>()) + first_row,
                dropout_site(pass_.network, pass_.layer, place), threshold_};
    }

    std::pair<torch::Tensor, torch::Tensor> normalised(const torch::Tensor& x, const torch::Tensor& gamma,
                                                       const torch::Tensor& beta) const {
        auto norm = stored(x.sizes());
        auto statistics = torch::empty({x.size(0), 2}, x.options());
        residual_norm({}, x, DropoutPlace::attention, {}, gamma, beta, norm, statistics);
        return {norm, statistics};
    }

    void residual_norm(const torch::Tensor& x, const torch::Tensor& residual, DropoutPlace place,
                       const torch::Tensor& y, const torch::Tensor& gamma, const torch::Tensor& beta,
                       const torch::Tensor& norm, const torch::Tensor& statistics) const {
        in_parallel(residual.size(0), elements_a_part / width_,
                    [&](std::int64_t begin, std::int64_t end, int) {
                        const auto at = begin * width_;
                        kernels_.residual_norm({.rows = end - begin,
                                                .columns = width_,
                                                .x = at_element<Store>(x, at),
                                                .residual = at_element<Real>(residual, at),
                                                .mask = mask(place, x.defined() ? begin : 0),
                                                .scale = scale_,
                                                .y = at_element<Real>(y, at),
                                                .gamma = at_element<Real>(gamma),
                                                .beta = at_element<Real>(beta),
                                                .norm = at_element<Store>(norm, at),
                                                .statistics = at_element<Real>(statistics, 2 * begin)});
                    });
    }

    void residual_norm_backward(const torch::Tensor& d_norm, const torch::Tensor& y,
                                const torch::Tensor& gamma, const torch::Tensor& statistics,
                                const NormSums* sums, const torch::Tensor& d_y,
                                const torch::Tensor& d_residual, DropoutPlace place, const torch::Tensor& d_x,
                                const Sums* d_x_sum) const {
        in_parallel(d_y.size(0), elements_a_part / width_,
                    [&](std::int64_t begin, std::int64_t end, int thread) {
                        const auto at = begin * width_;
                        kernels_.residual_norm_backward(
                            {.rows = end - begin,
                             .columns = width_,
                             .d_norm = at_element<Store>(d_norm, at),
                             .y = at_element<Real>(y, at),
                             .gamma = at_element<Real>(gamma),
                             .statistics = at_element<Real>(statistics, 2 * begin),
                             .d_gamma = sums == nullptr ? nullptr : sums->gamma.of(thread),
                             .d_beta = sums == nullptr ? nullptr : sums->beta.of(thread),
                             .d_y = at_element<Real>(d_y, at),
                             .d_residual = at_element<Real>(d_residual, at),
                             .mask = mask(place, d_x.defined() ? begin : 0),
                             .scale = scale_,
                             .d_x = at_element<Store>(d_x, at),
                             .d_x_sum = d_x_sum == nullptr ? nullptr : d_x_sum->of(thread)});
                    });
    }

    torch::Tensor gelu_dropout(const torch::Tensor& x) const {
        auto y = torch::empty_like(x);
        const auto columns = x.size(1);
        in_parallel(x.size(0), elements_a_part / columns, [&](std::int64_t begin, std::int64_t end, int) {
            kernels_.gelu_dropout({.rows = end - begin,
                                   .columns = columns,
                                   .x = at_element<Store>(x, begin * columns),
                                   .mask = mask(DropoutPlace::feed_forward_hidden, begin),
                                   .scale = scale_,
                                   .y = at_element<Store>(y, begin * columns)});
        });
        return y;
    }

    void gelu_dropout_backward(const torch::Tensor& x, const torch::Tensor& d_y, const Sums& sums) const {
        const auto columns = x.size(1);
        in_parallel(
            x.size(0), elements_a_part / columns, [&](std::int64_t begin, std::int64_t end, int thread) {
                auto* const gradient = at_element<Store>(d_y, begin * columns);
                kernels_.gelu_dropout_backward({.rows = end - begin,
                                                .columns = columns,
                                                .x = at_element<Store>(x, begin * columns),
                                                .d_y = gradient,
                                                .mask = mask(DropoutPlace::feed_forward_hidden, begin),
                                                .scale = scale_,
                                                .d_x = gradient,
                                                .d_x_sum = sums.of(thread)});
            });
    }

    /// Calls visit(attention of one clip and head, first row of its q, first row of its k, first channel).
    template <class Visit>
    void for_each_head(const torch::Tensor& q, const torch::Tensor& kv, const torch::Tensor& attended,
                       const torch::Tensor& log_sums, const Visit& visit) const {
        const auto head_width = width_ / pass_.heads;
        const auto longest = layout_.runs.empty() ? 0 : layout_.runs.back().length + 1;
        in_parallel(layout_.clips(), 1, [&](std::int64_t begin, std::int64_t end, int) {
            const auto scratch = torch::empty({attention_scratch(longest, head_width)}, type_of<Real>());
            for (auto clip = begin; clip < end; ++clip) {
                const auto first = layout_.starts[static_cast<std::size_t>(clip)];
                const auto keys = layout_.starts[static_cast<std::size_t>(clip) + 1] - first;
                const auto first_query = pass_.cls_only ? clip : first;
                for (std::int64_t head = 0; head < pass_.heads; ++head) {
                    const auto channel = head * head_width;
                    const auto key_at = first * kv.stride(0) + channel;
                    const Attention<Real, Store> call{
                        .queries = pass_.cls_only ? 1 : keys,
                        .keys = keys,
                        .width = head_width,
                        .q = at_element<Store>(q, first_query * q.stride(0) + channel),
                        .k = at_element<Store>(kv, key_at),
                        .v = at_element<Store>(kv, key_at + width_),
                        .q_stride = q.stride(0),
                        .kv_stride = kv.stride(0),
                        .scale = static_cast<Real>(1 / std::sqrt(static_cast<double>(head_width))),
                        .y = at_element<Store>(attended, first_query * width_ + channel),
                        .y_stride = width_,
                        .log_sum = at_element<Real>(log_sums, first_query * pass_.heads + head),
                        .log_sum_stride = pass_.heads,
                        .scratch = at_element<Real>(scratch)};
                    visit(call, first_query, first, channel);
                }
            }
        });
    }

    std::pair<torch::Tensor, torch::Tensor> attention(const torch::Tensor& q, const torch::Tensor& kv) const {
        auto attended = stored({q.size(0), width_});
        auto log_sums = torch::empty({q.size(0), pass_.heads}, type_of<Real>());
        for_each_head(q, kv, attended, log_sums,
                      [&](const Attention<Real, Store>& call, auto...) { kernels_.attention(call); });
        return {attended, log_sums};
    }

    void attention_backward(const tensor_list& kept, const torch::Tensor& d_attended,
                            const torch::Tensor& d_q, const torch::Tensor& d_kv) const {
        for_each_head(
            kept[Kept::q], kept[Kept::kv], kept[Kept::attended], kept[Kept::log_sums],
            [&](const Attention<Real, Store>& call, std::int64_t query, std::int64_t key,
                std::int64_t channel) {
                const auto key_at = key * d_kv.stride(0) + channel;
                kernels_.attention_backward({.forward = call,
                                             .d_y = at_element<Store>(d_attended, query * width_ + channel),
                                             .d_q = at_element<Store>(d_q, query * d_q.stride(0) + channel),
                                             .d_k = at_element<Store>(d_kv, key_at),
                                             .d_v = at_element<Store>(d_kv, key_at + width_)});
            });
    }

    const BlockPass& pass_;
    const SequenceLayout& layout_;
    std::int64_t width_;
    const torch::Tensor& row_keys_;  ///< of the result's rows
    std::uint32_t threshold_;
    Real scale_;
    const BlockKernels<Real, Store>& kernels_;
};

/// Calls `use` with the Pass for these tokens.
template <class Use>
auto with_pass(const BlockPass& pass, const torch::Tensor& x, bool is_bfloat16, const Use& use) {
    if (x.scalar_type() == torch::kFloat64) {
        return use(Pass<double, double>{pass, x.size(1)});
    }
    return is_bfloat16 ? use(Pass<float, Bfloat16>{pass, x.size(1)})
                       : use(Pass<float, float>{pass, x.size(1)});
}

struct FusedBlock : torch::autograd::Function<FusedBlock> {
    template <class... Weights>
    static torch::Tensor forward(AutogradContext* context, const c10::intrusive_ptr<SharedPass>& pass,
                                 const torch::Tensor& x, const Weights&... weights) {
        const bool is_bfloat16 =
            at::autocast::is_autocast_enabled(torch::kCPU) && x.scalar_type() == torch::kFloat32;
        const c10::impl::ExcludeDispatchKeyGuard plain_types{c10::autocast_dispatch_keyset};
        auto [out, saved] = with_pass(pass->value, x, is_bfloat16,
                                      [&](const auto& block) { return block.forward(x, {weights...}); });
        saved.insert(saved.end(), {weights...});
        context->save_for_backward(std::move(saved));
        context->saved_data["pass"] = c10::IValue::make_capsule(pass);
        context->saved_data["is_bfloat16"] = is_bfloat16;
        return out;
    }

    static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
        const auto kept = context->get_saved_variables();
        BlockWeights weights;
        std::copy(kept.begin() + Kept::count, kept.end(), weights.begin());
        const auto pass =
            c10::static_intrusive_pointer_cast<SharedPass>(context->saved_data["pass"].toCapsule());
        auto all = with_pass(
            pass->value, kept[Kept::tokens], context->saved_data["is_bfloat16"].toBool(),
            [&](const auto& block) { return block.backward(gradients[0].contiguous(), kept, weights); });
        all.insert(all.begin(), torch::Tensor{});  // of `pass`
        return all;
    }
};

}  // namespace

bool can_fuse(const torch::Tensor& x) {
    return x.is_cpu() && (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kFloat64);
}

torch::Tensor fused_block(const torch::Tensor& x, const BlockWeights& weights, const BlockPass& pass) {
    return std::apply(
        [&](const auto&... each) {
            return FusedBlock::apply(c10::make_intrusive<SharedPass>(pass), x.contiguous(), each...);
        },
        weights);
}

torch::Tensor product_with_transposed(const torch::Tensor& x, const torch::Tensor& w,
                                      const torch::Tensor& b) {
    using Linear = torch::Tensor(const torch::Tensor&, const torch::Tensor&,
                                 const std::optional<torch::Tensor>&, std::string_view,
                                 torch::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
    static const auto onednn = [] {
        const auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
        return schema ? std::optional{schema->typed<Linear>()} : std::nullopt;
    }();
    if (!onednn || x.scalar_type() != torch::kFloat32 || x.size(0) == 0) {
        return torch::linear(x, w, b);
    }
    const auto bias = b.defined() ? std::optional{b} : std::nullopt;
    return onednn->call(x, w, bias, "none", torch::List<std::optional<at::Scalar>>{}, "");
}

}  // namespace sslslr
