#include "src/model/encoder.hpp"

#include <algorithm>
#include <cmath>

#include <torch/nn/modules/container/modulelist.h>

#include "src/model/keyed_dropout.hpp"

namespace sslslr {
namespace {

namespace nn = torch::nn;

/// Returns sin and cos of position / 10000^(2i / W). Source: Vaswani et al. 2017, section 3.5.
torch::Tensor sinusoidal_positions(std::int64_t positions, std::int64_t width) {
    const auto frequency = torch::exp(torch::arange(0, width, 2, torch::kDouble) *
                                      (-std::log(10000.0) / static_cast<double>(width)));
    const auto angle = torch::arange(positions, torch::kDouble).unsqueeze(1) * frequency;
    return torch::stack({angle.sin(), angle.cos()}, 2).flatten(1).slice(1, 0, width).to(torch::kFloat);
}

}  // namespace

std::optional<Inputs> inputs_of(const EncoderConfig& config) {
    if (config.inputs == std::vector{InputPart::positions} && config.layout.flags == 0) {
        return std::nullopt;
    }
    TORCH_CHECK_VALUE(config.layout.width() == config.features, "encoder: a layout of ",
                      config.layout.width(), " features, expected ", config.features);
    return std::optional<Inputs>{std::in_place, config.layout, config.inputs};
}

void fit_to(EncoderConfig& config, const FeatureLayout& layout) {
    config.features = layout.width();
    config.layout = layout;
}

EncoderImpl::EncoderImpl(const EncoderConfig& config) : config_{config}, inputs_{inputs_of(config)} {
    TORCH_CHECK_VALUE(config.width % config.heads == 0, "encoder: width ", config.width,
                      " is not a multiple of ", config.heads, " heads");
    const auto width = config.width;
    const auto inputs = inputs_ ? inputs_->width() : config.features;
    input_norm_ = optional_layer_norm(*this, "input_norm", inputs, config.layer_norm == LayerNorms::all);
    input_ = register_module("input", nn::Linear{inputs, width});
    token_norm_ = optional_layer_norm(*this, "token_norm", width, config.layer_norm == LayerNorms::all);
    cls_ = register_parameter("cls", 0.02 * torch::randn({1, width}));
    // Learnt positions also start with the table. The usual noise of 0.02 is so small compared with
    // layer-normalised tokens that the order of frames, which the boundary augmentation changes, would hardly
    // reach the output.
    const auto position = sinusoidal_positions(1 + config.frames, width);
    position_ = config.position == Positions::sinusoidal ? register_buffer("position", position)
                                                         : register_parameter("position", position);
    nn::ModuleList blocks;
    for (std::int64_t layer = 1; layer <= config.blocks; ++layer) {
        blocks_.emplace_back(config, static_cast<std::uint32_t>(layer));
        blocks->push_back(blocks_.back());
    }
    register_module("blocks", blocks);
    norm_ = optional_layer_norm(*this, "norm", width, config.layer_norm != LayerNorms::none);
}

torch::Tensor EncoderImpl::forward(const PackedClips& clips, const DropoutKey& key) {
    TORCH_CHECK_VALUE(clips.frames.dim() == 2 && clips.frames.size(1) == config_.features, "encoder: frames ",
                      clips.frames.sizes(), ", expected [S, ", config_.features, "]");
    const auto shared_layout = std::make_shared<const SequenceLayout>(clips, key.seed);
    const auto& layout = *shared_layout;
    TORCH_CHECK_VALUE(layout.runs.empty() || layout.runs.back().length <= config_.frames,
                      "encoder: a clip of ", layout.runs.back().length, " frames, longer than ",
                      config_.frames);

    const auto embedded =
        normalised(token_norm_, input_(normalised(input_norm_, inputs_in_order(clips, layout))));  // [S, W]
    auto x = keyed_dropout(with_cls(embedded, layout), {}, layout.row_keys,
                           dropout_site(key.network, 0, DropoutPlace::embedding),
                           is_training() ? config_.dropout : 0.0);
    const bool cls_only = config_.pooling == Pooling::cls && !blocks_.empty();
    for (std::size_t i = 0; i + (cls_only ? 1 : 0) < blocks_.size(); ++i) {
        x = blocks_[i](x, shared_layout, key.network, /*cls_only=*/false);
    }
    const auto pooled = cls_only ? normalised(norm_, blocks_.back()(x, shared_layout, key.network, cls_only))
                                 : mean_of_frames(normalised(norm_, x), layout);
    return pooled.index_select(0, layout.inverse.to(pooled.device()));
}

void EncoderImpl::set_gradient_places(const std::shared_ptr<dist::GradientPlaces>& places) {
    for (auto& block : blocks_) {
        block->set_gradient_places(places);
    }
}

torch::Tensor EncoderImpl::inputs_in_order(const PackedClips& clips, const SequenceLayout& layout) const {
    const auto frames = frames_in_order(clips, layout);
    if (!inputs_) {
        return frames;
    }
    auto offsets = layout.starts;  // of tokens: each clip's frames follow its CLS token
    for (std::size_t position = 0; position < offsets.size(); ++position) {
        offsets[position] -= static_cast<std::int64_t>(position);
    }
    return (*inputs_)(frames, offsets);
}

torch::Tensor EncoderImpl::with_cls(const torch::Tensor& embedded, const SequenceLayout& layout) const {
    const auto width = config_.width;
    const auto cls = cls_ + position_.slice(0, 0, 1);
    std::vector<torch::Tensor> tokens{embedded.slice(0, 0, 0) +
                                      0 * cls};  // keeps an empty batch in the graph
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

double useful_flops(const EncoderConfig& config, std::span<const std::int64_t> lengths, std::int64_t trained,
                    std::int64_t forward_only) {
    const auto width = static_cast<double>(config.width);
    const auto passes = static_cast<double>(3 * trained + forward_only);
    const auto inputs = inputs_of(config);
    const auto input_width = static_cast<double>(inputs ? inputs->width() : config.features);
    double total = 0;
    for (const auto length : lengths) {
        const auto frames = static_cast<double>(length);
        const double tokens = frames + 1;
        const double embedding = 2 * frames * input_width * width;
        const double block = 24 * width * width * tokens + 4 * width * tokens * tokens;
        const double last = 24 * width * width + 4 * static_cast<double>(config.heads) * width * tokens;
        total += passes * (embedding + static_cast<double>(config.blocks - 1) * block + last) -
                 static_cast<double>(trained) * embedding;
    }
    return total;
}

}  // namespace sslslr
