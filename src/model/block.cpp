#include "src/model/block.hpp"

#include <tuple>
#include <vector>

#include "src/model/keyed_dropout.hpp"

namespace sslslr {
namespace {

namespace nn = torch::nn;

/// Applies scaled-dot-product attention to each clip, for all clips of one length at a time.
/// @param q       [R, W] queries
/// @param q_rows  rows of q for each length
/// @param kv      [T, 2 W] keys and values
torch::Tensor attend(const SequenceLayout& layout, std::int64_t heads, const torch::Tensor& q,
                     const std::vector<std::int64_t>& q_rows, const torch::Tensor& kv) {
    if (layout.runs.empty()) {
        return q + 0 * kv.sum();  // keeps an empty batch in the graph
    }
    const auto width = q.size(1);
    // One split and one cat: slices would each propagate a zero-padded gradient of the whole tensor.
    const auto queries = q.split_with_sizes(q_rows);
    const auto others = kv.split_with_sizes(layout.rows(1));
    std::vector<torch::Tensor> attended;
    attended.reserve(layout.runs.size());
    for (std::size_t i = 0; i < layout.runs.size(); ++i) {
        const auto clips = layout.runs[i].clips;
        const auto by_head = [&](const torch::Tensor& x) {
            return x.view({clips, -1, heads, width / heads}).transpose(1, 2);
        };
        const auto pair = others[i].split(width, 1);
        const auto out =
            torch::scaled_dot_product_attention(by_head(queries[i]), by_head(pair[0]), by_head(pair[1]));
        attended.push_back(out.transpose(1, 2).reshape({-1, width}));
    }
    return torch::cat(attended);
}

}  // namespace

BlockImpl::BlockImpl(const EncoderConfig& config, std::uint32_t layer)
    : heads_{config.heads},
      dropout_{config.dropout},
      fused_{config.fused && config.layer_norm != LayerNorms::none},
      layer_{layer} {
    const auto width = config.width;
    const bool has_norm = config.layer_norm != LayerNorms::none;
    attention_norm_ = optional_layer_norm(*this, "attention_norm", width, has_norm);
    auto attention = std::make_shared<nn::Module>();
    qkv_ = attention->register_module("qkv", nn::Linear{width, 3 * width});
    projection_ = attention->register_module("projection", nn::Linear{width, width});
    register_module("attention", attention);
    feed_forward_norm_ = optional_layer_norm(*this, "feed_forward_norm", width, has_norm);
    auto feed_forward = std::make_shared<nn::Module>();
    expand_ = feed_forward->register_module("expand", nn::Linear{width, 4 * width});
    contract_ = feed_forward->register_module("contract", nn::Linear{4 * width, width});
    register_module("feed_forward", feed_forward);
}

torch::Tensor BlockImpl::forward(const torch::Tensor& x, const std::shared_ptr<const SequenceLayout>& layout,
                                 std::uint32_t network, bool cls_only) {
    if (!fused_ || !can_fuse(x)) {
        return composed(x, *layout, network, cls_only);
    }
    return fused_block(x, weights(),
                       {.layout = layout,
                        .heads = heads_,
                        .dropout = is_training() ? dropout_ : 0.0,
                        .network = network,
                        .layer = layer_,
                        .cls_only = cls_only,
                        .gradient_places = gradient_places_});
}

BlockWeights BlockImpl::weights() const {
    const auto& [n1, n2] = std::tie(attention_norm_, feed_forward_norm_);
    return {n1->weight, n1->bias, qkv_->weight,    qkv_->bias,    projection_->weight, projection_->bias,
            n2->weight, n2->bias, expand_->weight, expand_->bias, contract_->weight,   contract_->bias};
}

torch::Tensor BlockImpl::composed(const torch::Tensor& x, const SequenceLayout& layout, std::uint32_t network,
                                  bool cls_only) {
    const auto width = x.size(1);
    const auto input = normalised(attention_norm_, x);
    if (!cls_only) {
        const auto qkv = qkv_(input).split_with_sizes({width, 2 * width}, 1);
        return finish(x, attend(layout, heads_, qkv[0], layout.rows(1), qkv[1]), layout.row_keys, network);
    }
    const auto weight = qkv_->weight.split_with_sizes({width, 2 * width});
    const auto bias = qkv_->bias.split_with_sizes({width, 2 * width});
    const auto cls_rows = layout.cls_rows.to(x.device());
    const auto q = torch::linear(input.index_select(0, cls_rows), weight[0], bias[0]);
    const auto kv = torch::linear(input, weight[1], bias[1]);
    std::vector<std::int64_t> one_a_clip;
    for (const auto& run : layout.runs) {
        one_a_clip.push_back(run.clips);
    }
    return finish(x.index_select(0, cls_rows), attend(layout, heads_, q, one_a_clip, kv), layout.cls_keys,
                  network);
}

torch::Tensor BlockImpl::finish(const torch::Tensor& residual, const torch::Tensor& attended,
                                const torch::Tensor& keys, std::uint32_t network) {
    const double p = is_training() ? dropout_ : 0.0;
    const auto site = [&](DropoutPlace place) { return dropout_site(network, layer_, place); };
    const auto x = keyed_dropout(projection_(attended), residual, keys, site(DropoutPlace::attention), p);
    const auto hidden = keyed_dropout(torch::gelu(expand_(normalised(feed_forward_norm_, x))), {}, keys,
                                      site(DropoutPlace::feed_forward_hidden), p);
    return keyed_dropout(contract_(hidden), x, keys, site(DropoutPlace::feed_forward), p);
}

torch::nn::LayerNorm optional_layer_norm(torch::nn::Module& owner, const char* name, std::int64_t width,
                                         bool is_wanted) {
    if (!is_wanted) {
        return nullptr;
    }
    return owner.register_module(name, nn::LayerNorm{nn::LayerNormOptions({width})});
}

torch::Tensor normalised(nn::LayerNorm& norm, const torch::Tensor& x) {
    return norm.is_empty() ? x : norm(x);
}

}  // namespace sslslr
