#include "src/model/encoder.hpp"

#include <algorithm>
#include <cmath>

#include "src/model/keyed_dropout.hpp"

namespace sslslr {
namespace {

namespace nn = torch::nn;

/// A layer norm registered under `name`, or an empty holder.
nn::LayerNorm layer_norm(nn::Module& owner, const char* name, std::int64_t width, bool is_wanted) {
    if (!is_wanted) {
        return nullptr;
    }
    return owner.register_module(name, nn::LayerNorm{nn::LayerNormOptions({width})});
}

torch::Tensor normalised(nn::LayerNorm& norm, const torch::Tensor& x) {
    return norm.is_empty() ? x : norm(x);
}

/// Scaled-dot-product attention of each clip on itself, run by run.
/// @param q     [sum of clips * query_rows(run), W]
/// @param k, v  [T, W]
/// @param q_rows, kv_rows  rows of each run's piece
torch::Tensor attend(const SequenceLayout& layout, std::int64_t heads, const torch::Tensor& q,
                     const std::vector<std::int64_t>& q_rows, const torch::Tensor& kv) {
    if (layout.runs.empty()) {
        return q + 0 * kv.sum();  // an empty batch keeps the graph whole
    }
    const auto width = q.size(1);
    // One split and one cat: slices would each send a zero-padded gradient of the whole.
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

/// One row a clip: the CLS tokens of a packed [T, W].
torch::Tensor cls_rows(const torch::Tensor& x, const SequenceLayout& layout) {
    if (layout.runs.empty()) {
        return x;
    }
    std::vector<torch::Tensor> rows;
    const auto pieces = x.split_with_sizes(layout.rows(1));
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        rows.push_back(pieces[i].view({layout.runs[i].clips, -1, x.size(1)}).select(1, 0));
    }
    return torch::cat(rows);
}

/// sin and cos of position / 10000^(2i / W). Source: Vaswani et al. 2017, section 3.5.
torch::Tensor sinusoidal_positions(std::int64_t positions, std::int64_t width) {
    const auto frequency = torch::exp(torch::arange(0, width, 2, torch::kDouble) *
                                      (-std::log(10000.0) / static_cast<double>(width)));
    const auto angle = torch::arange(positions, torch::kDouble).unsqueeze(1) * frequency;
    return torch::stack({angle.sin(), angle.cos()}, 2).flatten(1).slice(1, 0, width).to(torch::kFloat);
}

}  // namespace

BlockImpl::BlockImpl(const EncoderConfig& config, std::uint32_t layer)
    : heads_{config.heads}, dropout_{config.dropout}, layer_{layer} {
    const auto width = config.width;
    const bool has_norm = config.layer_norm != "none";
    attention_norm_ = layer_norm(*this, "attention_norm", width, has_norm);
    auto attention = std::make_shared<nn::Module>();
    qkv_ = attention->register_module("qkv", nn::Linear{width, 3 * width});
    projection_ = attention->register_module("projection", nn::Linear{width, width});
    register_module("attention", attention);
    feed_forward_norm_ = layer_norm(*this, "feed_forward_norm", width, has_norm);
    auto feed_forward = std::make_shared<nn::Module>();
    expand_ = feed_forward->register_module("expand", nn::Linear{width, 4 * width});
    contract_ = feed_forward->register_module("contract", nn::Linear{4 * width, width});
    register_module("feed_forward", feed_forward);
}

torch::Tensor BlockImpl::forward(const torch::Tensor& x, const SequenceLayout& layout,
                                 std::uint32_t network) {
    const auto width = x.size(1);
    const auto qkv = qkv_(normalised(attention_norm_, x)).split_with_sizes({width, 2 * width}, 1);
    return finish(x, attend(layout, heads_, qkv[0], layout.rows(1), qkv[1]), layout.row_keys, network);
}

torch::Tensor BlockImpl::forward_cls(const torch::Tensor& x, const SequenceLayout& layout,
                                     std::uint32_t network) {
    const auto width = x.size(1);
    const auto input = normalised(attention_norm_, x);
    const auto weight = qkv_->weight.split_with_sizes({width, 2 * width});
    const auto bias = qkv_->bias.split_with_sizes({width, 2 * width});
    const auto q = torch::linear(cls_rows(input, layout), weight[0], bias[0]);
    const auto kv = torch::linear(input, weight[1], bias[1]);
    std::vector<std::int64_t> one_a_clip;
    for (const auto& run : layout.runs) {
        one_a_clip.push_back(run.clips);
    }
    return finish(cls_rows(x, layout), attend(layout, heads_, q, one_a_clip, kv), layout.cls_keys, network);
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

EncoderImpl::EncoderImpl(const EncoderConfig& config) : config_{config} {
    TORCH_CHECK_VALUE(config.width % config.heads == 0, "encoder: width ", config.width,
                      " is not a multiple of ", config.heads, " heads");
    const auto width = config.width;
    input_norm_ = layer_norm(*this, "input_norm", config.features, config.layer_norm == "all");
    input_ = register_module("input", nn::Linear{config.features, width});
    token_norm_ = layer_norm(*this, "token_norm", width, config.layer_norm == "all");
    cls_ = register_parameter("cls", 0.02 * torch::randn({1, width}));
    // Learnt positions start at the table too: beside layer-normalised tokens the usual noise of 0.02 is so
    // faint that the order of frames, which the boundary augmentation changes, would hardly reach the output.
    const auto position = sinusoidal_positions(1 + config.frames, width);
    position_ = config.position == "sinusoidal" ? register_buffer("position", position)
                                                : register_parameter("position", position);
    nn::ModuleList blocks;
    for (std::int64_t layer = 1; layer <= config.blocks; ++layer) {
        blocks_.emplace_back(config, static_cast<std::uint32_t>(layer));
        blocks->push_back(blocks_.back());
    }
    register_module("blocks", blocks);
    norm_ = layer_norm(*this, "norm", width, config.layer_norm != "none");
}

torch::Tensor EncoderImpl::forward(const PackedClips& clips, const DropoutKey& key) {
    TORCH_CHECK_VALUE(clips.frames.dim() == 2 && clips.frames.size(1) == config_.features, "encoder: frames ",
                      clips.frames.sizes(), ", expected [S, ", config_.features, "]");
    const SequenceLayout layout{clips, key.seed};
    TORCH_CHECK_VALUE(layout.runs.empty() || layout.runs.back().length <= config_.frames,
                      "encoder: a clip of ", layout.runs.back().length, " frames, longer than ",
                      config_.frames);

    const auto embedded =
        normalised(token_norm_, input_(normalised(input_norm_, frames_in_order(clips, layout))));  // [S, W]
    auto x = keyed_dropout(with_cls(embedded, layout), {}, layout.row_keys,
                           dropout_site(key.network, 0, DropoutPlace::embedding),
                           is_training() ? config_.dropout : 0.0);
    const bool cls_only = config_.pooling == "cls" && !blocks_.empty();
    for (std::size_t i = 0; i + (cls_only ? 1 : 0) < blocks_.size(); ++i) {
        x = blocks_[i](x, layout, key.network);
    }
    const auto pooled = cls_only ? normalised(norm_, blocks_.back()->forward_cls(x, layout, key.network))
                                 : mean_of_frames(normalised(norm_, x), layout);
    return pooled.index_select(0, layout.inverse.to(pooled.device()));
}

torch::Tensor EncoderImpl::with_cls(const torch::Tensor& embedded, const SequenceLayout& layout) const {
    const auto width = config_.width;
    const auto cls = cls_ + position_.slice(0, 0, 1);
    std::vector<torch::Tensor> tokens{embedded.slice(0, 0, 0) +
                                      0 * cls};  // an empty batch keeps the graph whole
    if (!layout.runs.empty()) {
        const auto pieces = embedded.split_with_sizes(layout.rows(0));
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const auto [clips, length] = layout.runs[i];
            const auto frames = pieces[i].view({clips, length, width}) + position_.slice(0, 1, 1 + length);
            tokens.push_back(torch::cat({cls.expand({clips, 1, width}), frames}, 1).flatten(0, 1));
        }
    }
    return torch::cat(tokens);
}

torch::Tensor EncoderImpl::mean_of_frames(const torch::Tensor& x, const SequenceLayout& layout) const {
    if (layout.runs.empty()) {
        return x;
    }
    std::vector<torch::Tensor> means;
    const auto pieces = x.split_with_sizes(layout.rows(1));
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        means.push_back(pieces[i].view({layout.runs[i].clips, -1, config_.width}).slice(1, 1).mean(1));
    }
    return torch::cat(means);
}

}  // namespace sslslr
