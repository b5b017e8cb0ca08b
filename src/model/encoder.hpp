#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include "src/data/packed_clips.hpp"
#include "src/model/block.hpp"
#include "src/model/inputs.hpp"
#include "src/model/sequence_layout.hpp"

namespace sslslr {

// Shapes: B clips, S frames of all clips, T = S + B tokens (a CLS token before each clip), F features per
// frame, D inputs derived from them, W width, H heads.

/// The source of the dropout masks of one forward pass.
struct DropoutKey {
    std::uint64_t seed = 0;     ///< a function of (seed, step)
    std::uint32_t network = 0;  ///< 0 for the trained network; momentum networks draw masks of their own
};

/// The skeleton encoder f: one token per frame after a CLS token, and pre-norm transformer blocks.
///
///     inputs -> LayerNorm(D) -> Linear(D, W) -> LayerNorm(W) -> + position -> blocks -> LayerNorm(W)
///            -> pooling
///
/// Works on packed clips. Beyond rounding, the result for a clip does not depend on the other clips of its
/// batch. Source: Madjoukeng et al. 2025, section 6.2 (12 blocks, 8 heads, 512 wide, two layer normalisations
/// at the embedding, dropout 0.1), based on the PoseViT of Fink et al. 2023. Pre-norm, GELU and the
/// feed-forward width of 4 W are decisions that src/README.md explains.
class EncoderImpl : public torch::nn::Module {
public:
    explicit EncoderImpl(const EncoderConfig& config);

    /// Returns features [B, W], in the order of the clips. Dropout is applied only in train mode.
    /// @throws c10::ValueError  wrong number of features, or a clip longer than config.frames
    torch::Tensor forward(const PackedClips& clips, const DropoutKey& key);

    /// Sets memory for the gradients of the blocks' weights; see BlockImpl.
    void set_gradient_places(const std::shared_ptr<dist::GradientPlaces>& places);

    const EncoderConfig& config() const noexcept { return config_; }

private:
    /// Returns the inputs of the batch's frames in the order of the layout, [S, D].
    torch::Tensor inputs_in_order(const PackedClips& clips, const SequenceLayout& layout) const;
    /// Adds CLS tokens and positions to embedded frames: [S, W] -> [T, W], in the order of the layout.
    torch::Tensor with_cls(const torch::Tensor& embedded, const SequenceLayout& layout) const;
    /// Returns the mean over each clip's frames: [T, W] -> [B, W].
    torch::Tensor mean_of_frames(const torch::Tensor& x, const SequenceLayout& layout) const;

    EncoderConfig config_;
    std::optional<Inputs> inputs_;  ///< none if the inputs are the features themselves
    torch::nn::LayerNorm input_norm_{nullptr};
    torch::nn::Linear input_{nullptr};
    torch::nn::LayerNorm token_norm_{nullptr};
    torch::Tensor cls_;  ///< [1, W]
    torch::Tensor
        position_;  ///< [1 + frames, W], row 0 for the CLS token; a parameter if learnt, else a buffer
    std::vector<Block> blocks_;
    torch::nn::LayerNorm norm_{nullptr};
};
TORCH_MODULE(Encoder);

/// Returns the object that derives the encoder's inputs; none if the inputs are the features themselves.
/// @throws c10::ValueError  config.layout does not match config.features, or lacks the points for an input
std::optional<Inputs> inputs_of(const EncoderConfig& config);

/// Sets the fields of the configuration that follow from the features of a data set.
void fit_to(EncoderConfig& config, const FeatureLayout& layout);

/// Returns the floating-point operations of a step's matrix products, 2 for a multiply-add, that no exact
/// method known to us can avoid: for clips of the given lengths, `trained` times forward and backward (which
/// takes twice a forward) and `forward_only` times only forward.
///
/// Tokens are packed, T = frames + CLS. A block takes 6 W^2 T for qkv, 2 W^2 T for the projection, 16 W^2 T
/// for the feed-forward and 4 W T^2 for attention. Of the last block only the CLS token is used, so its keys
/// and values fold into query and context: 24 W^2 + 4 H W T. The first layer's input needs no gradient. Heads
/// take about a thousandth of this and are left out.
double useful_flops(const EncoderConfig& config, std::span<const std::int64_t> lengths, std::int64_t trained,
                    std::int64_t forward_only);

}  // namespace sslslr
