#include "src/model/fused_block.hpp"

#include <algorithm>
#include <vector>

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "src/model/block_loops.hpp"
#include "src/model/products.hpp"

namespace sslslr {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// Tensors that backward needs besides the weights. Shapes: T tokens, R rows of the result (T, or one per
/// clip), H heads.
struct Kept {
    enum : std::size_t {
        tokens,            // [T, W]
        input_statistics,  // [T, 2] of the attention norm
        input,             // [T, W] of the attention
        qkv,               // [T, 3 W], or only the queries of the CLS tokens, [B, W]
        folded,            // [H, B W] these times the weight of the keys, else undefined
        context,           // [H, B W] mean of the input weighted by attention, else undefined
        attended,          // [R, W]
        log_sums,          // as in AttentionTensors
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

/// One forward or backward pass of a block.
template <class Real, class Store>
class Pass {
public:
    Pass(const BlockPass& pass, const BlockWeights& weights, std::int64_t width)
        : pass_{pass}, layout_{*pass.layout}, w_{weights}, width_{width}, loops_{pass, width} {}

    /// Returns the result and the tensors that backward needs.
    std::pair<torch::Tensor, tensor_list> forward(const torch::Tensor& x) const {
        tensor_list kept(Kept::count);
        kept[Kept::tokens] = x;
        kept[Kept::input] = stored(x.sizes());
        kept[Kept::input_statistics] = torch::empty({x.size(0), 2}, x.options());
        loops_.residual_norm({}, x, DropoutPlace::attention, {}, w_[attention_norm_weight],
                             w_[attention_norm_bias], kept[Kept::input], kept[Kept::input_statistics]);
        const auto residual = pass_.cls_only ? x.index_select(0, layout_.cls_rows) : x;
        if (pass_.cls_only) {
            attend_from_cls(kept);
        } else {
            attend(kept);
        }
        const auto projected = linear(kept[Kept::attended], w_[projection_weight], w_[projection_bias]);
        const auto y = kept[Kept::y] = torch::empty_like(residual);
        kept[Kept::hidden_input] = stored(residual.sizes());
        kept[Kept::statistics] = torch::empty({residual.size(0), 2}, residual.options());
        loops_.residual_norm(projected, residual, DropoutPlace::attention, y, w_[feed_forward_norm_weight],
                             w_[feed_forward_norm_bias], kept[Kept::hidden_input], kept[Kept::statistics]);
        kept[Kept::expanded] = linear(kept[Kept::hidden_input], w_[expand_weight], w_[expand_bias]);
        kept[Kept::hidden] = loops_.gelu_dropout(kept[Kept::expanded]);
        const auto contracted = linear(kept[Kept::hidden], w_[contract_weight], w_[contract_bias]);
        auto out = torch::empty_like(residual);
        loops_.residual_norm(contracted, y, DropoutPlace::feed_forward, out, {}, {}, {}, {});
        return {std::move(out), std::move(kept)};
    }

    /// Returns the gradients of the tokens and of the weights.
    tensor_list backward(const torch::Tensor& d_out, const tensor_list& kept) const {
        tensor_list d_w(w_.size());

        const auto d_contracted = stored(d_out.sizes());
        const Sums d_contract_bias{width_};
        loops_.residual_norm_backward({}, {}, nullptr, d_out, {}, DropoutPlace::feed_forward, d_contracted,
                                      &d_contract_bias);
        d_w[contract_weight] = weight_gradient(contract_weight, d_contracted, kept[Kept::hidden]);
        d_w[contract_bias] = d_contract_bias.total();
        const auto d_hidden = product(d_contracted, w_[contract_weight]);

        const Sums d_expand_bias{4 * width_};
        loops_.gelu_dropout_backward(kept[Kept::expanded], d_hidden, d_expand_bias);
        const auto& d_expanded = d_hidden;
        d_w[expand_weight] = weight_gradient(expand_weight, d_expanded, kept[Kept::hidden_input]);
        d_w[expand_bias] = d_expand_bias.total();
        const auto d_hidden_input = product(d_expanded, w_[expand_weight]);

        const auto& y = kept[Kept::y];
        const auto d_y = torch::empty_like(y);
        const auto d_projected = stored(y.sizes());
        const Sums d_projection_bias{width_};
        const NormSums d_norm{width_};
        loops_.residual_norm_backward(d_hidden_input,
                                      {y, w_[feed_forward_norm_weight], kept[Kept::statistics]}, &d_norm,
                                      d_out, d_y, DropoutPlace::attention, d_projected, &d_projection_bias);
        d_w[feed_forward_norm_weight] = d_norm.gamma.total();
        d_w[feed_forward_norm_bias] = d_norm.beta.total();
        d_w[projection_weight] = weight_gradient(projection_weight, d_projected, kept[Kept::attended]);
        d_w[projection_bias] = d_projection_bias.total();
        const auto d_attended = product(d_projected, w_[projection_weight]);

        const auto& x = kept[Kept::tokens];
        const auto d_input = pass_.cls_only ? attend_from_cls_backward(kept, d_attended, d_w)
                                            : attend_backward(kept, d_attended, d_w);
        const auto d_residual =
            pass_.cls_only ? torch::zeros_like(x).index_copy_(0, layout_.cls_rows, d_y) : d_y;
        const NormSums d_input_norm{width_};
        const auto d_x = torch::empty_like(x);
        loops_.norm_backward(d_input, {x, w_[attention_norm_weight], kept[Kept::input_statistics]},
                             d_input_norm, d_residual, d_x);
        d_w[attention_norm_weight] = d_input_norm.gamma.total();
        d_w[attention_norm_bias] = d_input_norm.beta.total();
        d_w.insert(d_w.begin(), d_x);
        return d_w;
    }

private:
    using Loops = BlockLoops<Real, Store>;
    using Sums = typename Loops::Sums;
    using NormSums = typename Loops::NormSums;

    static torch::Tensor stored(at::IntArrayRef sizes) { return Loops::stored(sizes); }

    static torch::Tensor cast(const torch::Tensor& weight) { return weight.to(type_of<Store>()); }

    static torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                                const torch::Tensor& bias) {
        return product_with_transposed(x, cast(weight), cast(bias));
    }
    /// Returns g w, the gradient of linear()'s x.
    static torch::Tensor product(const torch::Tensor& g, const torch::Tensor& weight) {
        return product_with_transposed(g, cast(weight).t(), {});
    }
    static torch::Tensor sum_of_rows(const torch::Tensor& x) { return x.sum(0, false, type_of<Real>()); }

    /// Returns memory for the gradient of a weight.
    torch::Tensor place_of(BlockWeight weight) const {
        const auto place =
            pass_.gradient_places != nullptr ? pass_.gradient_places->take(w_[weight]) : torch::Tensor{};
        return place.defined() ? place : torch::empty_like(w_[weight]);
    }
    /// Computes the gradient of linear()'s weight from that of its result.
    torch::Tensor weight_gradient(BlockWeight weight, const torch::Tensor& g, const torch::Tensor& x) const {
        auto gradient = place_of(weight);
        product_of_transposed(g, x, gradient);
        return gradient;
    }

    // ---- Attention of all tokens --------------------------------------------------------------------------

    AttentionTensors split(const torch::Tensor& qkv, const torch::Tensor& y,
                           const torch::Tensor& log_sums) const {
        const auto part = qkv.split(width_, 1);
        return {part[0], part[1], part[2], y, log_sums};
    }

    void attend(tensor_list& kept) const {
        const auto rows = kept[Kept::input].size(0);
        kept[Kept::qkv] = linear(kept[Kept::input], w_[qkv_weight], w_[qkv_bias]);
        kept[Kept::attended] = stored({rows, width_});
        kept[Kept::log_sums] = torch::empty({rows, pass_.heads}, type_of<Real>());
        loops_.attention(split(kept[Kept::qkv], kept[Kept::attended], kept[Kept::log_sums]));
    }

    /// Returns the gradient of the input.
    torch::Tensor attend_backward(const tensor_list& kept, const torch::Tensor& d_attended,
                                  tensor_list& d_w) const {
        const auto d_qkv = stored(kept[Kept::qkv].sizes());
        loops_.attention_backward(split(kept[Kept::qkv], kept[Kept::attended], kept[Kept::log_sums]),
                                  split(d_qkv, d_attended, {}));
        d_w[qkv_weight] = weight_gradient(qkv_weight, d_qkv, kept[Kept::input]);
        d_w[qkv_bias] = sum_of_rows(d_qkv);
        return product(d_qkv, w_[qkv_weight]);
    }

    // ---- Attention of only the CLS tokens -----------------------------------------------------------------
    //
    // With one query per clip, keys and values need not be computed: q (n Wk^T)^T = (q Wk) n^T and
    // p (n Wv^T) = (p n) Wv^T for the clip's input rows n, head by head. The bias of the keys adds the same
    // to all scores of a query, so it does not change the result; that of the values is added to the result
    // as it is, since the weights p add up to 1.

    /// Splits into heads: [B, W] -> [H, B, W / H].
    torch::Tensor by_head(const torch::Tensor& x) const {
        return x.view({-1, pass_.heads, width_ / pass_.heads}).transpose(0, 1);
    }
    /// Joins heads: [H, B, W / H] -> [B, W].
    torch::Tensor joined(const torch::Tensor& x) const { return x.transpose(0, 1).reshape({-1, width_}); }
    /// Splits into clips: [H, B W] -> [H, B, W].
    torch::Tensor by_clip(const torch::Tensor& x) const { return x.view({pass_.heads, -1, width_}); }
    /// Returns the weight of queries (0), keys (1) or values (2): [H, W / H, W].
    torch::Tensor weight_by_head(const torch::Tensor& qkv, std::int64_t part) const {
        return qkv.slice(0, part * width_, (part + 1) * width_).view({pass_.heads, -1, width_});
    }

    AttentionTensors folded_attention(const tensor_list& kept) const {
        const auto& input = kept[Kept::input];
        return {kept[Kept::folded], input, input, kept[Kept::context], kept[Kept::log_sums]};
    }

    void attend_from_cls(tensor_list& kept) const {
        const auto weight = cast(w_[qkv_weight]);
        const auto bias = cast(w_[qkv_bias]);
        const auto cls_input = kept[Kept::input].index_select(0, layout_.cls_rows);
        const auto q = kept[Kept::qkv] =
            product_with_transposed(cls_input, weight.slice(0, 0, width_), bias.slice(0, 0, width_));
        kept[Kept::folded] = torch::bmm(by_head(q), weight_by_head(weight, 1)).flatten(1);
        kept[Kept::context] = stored(kept[Kept::folded].sizes());
        kept[Kept::log_sums] = torch::empty({pass_.heads, layout_.clips()}, type_of<Real>());
        loops_.attention(folded_attention(kept));
        kept[Kept::attended] =
            joined(torch::bmm(by_clip(kept[Kept::context]), weight_by_head(weight, 2).transpose(1, 2)))
                .add_(bias.slice(0, 2 * width_));
    }

    /// Returns the gradient of the input.
    torch::Tensor attend_from_cls_backward(const tensor_list& kept, const torch::Tensor& d_attended,
                                           tensor_list& d_w) const {
        const auto weight = cast(w_[qkv_weight]);
        const auto& input = kept[Kept::input];
        const auto d_values = by_head(d_attended);
        const auto d_context = torch::bmm(d_values, weight_by_head(weight, 2)).flatten(1);
        const auto d_folded = stored(d_context.sizes());
        auto d_input = stored(input.sizes());
        loops_.attention_backward(folded_attention(kept), {d_folded, d_input, d_input, d_context, {}});
        const auto d_q = joined(torch::bmm(by_clip(d_folded), weight_by_head(weight, 1).transpose(1, 2)));

        const auto gradient = d_w[qkv_weight] = place_of(qkv_weight);
        const auto cls_input = input.index_select(0, layout_.cls_rows);
        product_of_transposed(d_q, cls_input, gradient.slice(0, 0, width_));
        weight_by_head(gradient, 1)
            .copy_(torch::bmm(by_head(kept[Kept::qkv]).transpose(1, 2), by_clip(d_folded)));
        weight_by_head(gradient, 2).copy_(torch::bmm(d_values.transpose(1, 2), by_clip(kept[Kept::context])));
        const auto d_query_bias = sum_of_rows(d_q);
        d_w[qkv_bias] = torch::cat({d_query_bias, torch::zeros_like(d_query_bias), sum_of_rows(d_attended)});
        return d_input.index_add_(0, layout_.cls_rows,
                                  product_with_transposed(d_q, weight.slice(0, 0, width_).t(), {}));
    }

    const BlockPass& pass_;
    const SequenceLayout& layout_;
    const BlockWeights& w_;
    std::int64_t width_;
    Loops loops_;
};

/// Calls `use` with the Pass of the types for these tokens.
template <class Use>
auto with_pass(const BlockPass& pass, const BlockWeights& weights, const torch::Tensor& x, bool is_bfloat16,
               const Use& use) {
    if (x.scalar_type() == torch::kFloat64) {
        return use(Pass<double, double>{pass, weights, x.size(1)});
    }
    return is_bfloat16 ? use(Pass<float, Bfloat16>{pass, weights, x.size(1)})
                       : use(Pass<float, float>{pass, weights, x.size(1)});
}

struct FusedBlock : torch::autograd::Function<FusedBlock> {
    template <class... Weights>
    static torch::Tensor forward(AutogradContext* context, const c10::intrusive_ptr<SharedPass>& pass,
                                 const torch::Tensor& x, const Weights&... weights) {
        const bool is_bfloat16 =
            at::autocast::is_autocast_enabled(torch::kCPU) && x.scalar_type() == torch::kFloat32;
        const c10::impl::ExcludeDispatchKeyGuard plain_types{c10::autocast_dispatch_keyset};
        auto [out, saved] = with_pass(pass->value, {weights...}, x, is_bfloat16,
                                      [&](const auto& block) { return block.forward(x); });
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
        auto all =
            with_pass(pass->value, weights, kept[Kept::tokens], context->saved_data["is_bfloat16"].toBool(),
                      [&](const auto& block) { return block.backward(gradients[0].contiguous(), kept); });
        all.insert(all.begin(), torch::Tensor{});  // `pass` has no gradient
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

}  // namespace sslslr
