#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <torch/torch.h>

#include "src/data/packed_clips.hpp"
#include "src/model/block.hpp"
#include "src/model/inputs.hpp"
#include "src/model/sequence_layout.hpp"

namespace sslslr {

// Shapes: B clips, S frames of all of them, T = S + B tokens (a CLS token before each clip), F features a
// frame, D inputs that are derived from them, W width, H heads.

/// Where the masks of one forward pass come from.
struct DropoutKey {
    std::uint64_t seed = 0;     ///< a function of (seed, step)
    std::uint32_t network = 0;  ///< 0 the trained network; momentum networks draw their own masks
};

/// The skeleton encoder f: one token a frame, a CLS token first, pre-norm transformer blocks.
///
///     inputs -> LayerNorm(D) -> Linear(D, W) -> LayerNorm(W) -> + position -> blocks -> LayerNorm(W)
///            -> pooling
///
/// Works on packed clips; a clip's result does not depend on the others of its batch beyond rounding. Source:
/// Madjoukeng et al. 2025, section 6.2 (12 blocks, 8 heads, 512 wide, two layer normalisations at the
/// embedding, dropout 0.1) after the PoseViT of Fink et al. 2023; pre-norm, GELU and 4 W are decisions
/// of src/README.md.
class EncoderImpl : public torch::nn::Module {
public:
    explicit EncoderImpl(const EncoderConfig& config);

    /// [B, W] features, in the order of the clips. Dropout only in train mode.
    /// @throws c10::ValueError  wrong number of features, or a clip longer than config.frames
    torch::Tensor forward(const PackedClips& clips, const DropoutKey& key);

    /// For the gradients of the blocks' weights; see BlockImpl.
    void set_gradient_places(const std::shared_ptr<dist::GradientPlaces>& places);

    const EncoderConfig& config() const noexcept { return config_; }

private:
    /// The inputs of the batch's frames in the order of the layout, [S, D].
    torch::Tensor inputs_in_order(const PackedClips& clips, const SequenceLayout& layout) const;
    /// Tokens of the layout: [S, W] embedded frames -> [T, W] with CLS tokens and positions.
    torch::Tensor with_cls(const torch::Tensor& embedded, const SequenceLayout& layout) const;
    /// [T, W] -> [B, W], the mean over each clip's frames.
    torch::Tensor mean_of_frames(const torch::Tensor& x, const SequenceLayout& layout) const;

    EncoderConfig config_;
    std::optional<Inputs> inputs_;  ///< none: the features themselves
    torch::nn::LayerNorm input_norm_{nullptr};
    torch::nn::Linear input_{nullptr};
    torch::nn::LayerNorm token_norm_{nullptr};
    torch::Tensor cls_;  ///< [1, W]
    torch::Tensor
        position_;  ///< [1 + frames, W], row 0 the CLS token's; a parameter if learnt, else a buffer
    std::vector<Block> blocks_;
    torch::nn::LayerNorm norm_{nullptr};
};
TORCH_MODULE(Encoder);

/// What derives the encoder's inputs; nothing where they are the features themselves.
/// @throws c10::ValueError  config.layout is not that of config.features, or has nothing for an input
std::optional<Inputs> inputs_of(const EncoderConfig& config);

/// Takes over what follows from the features of a data set.
void fit_to(EncoderConfig& config, const FeatureLayout& layout);

/// Floating-point operations of a step's matrix products that no exact method known to us can leave out, 2
/// for a multiply-add: of clips of the given lengths, `trained` times forward and backward (twice a forward)
/// and `forward_only` times forward.
///
/// Tokens are packed, T = frames + CLS. A block: qkv 6 W^2 T, projection 2 W^2 T, feed-forward 16 W^2 T,
/// attention 4 W T^2; of the last one only the CLS token is used, so its keys and values fold into query and
/// context: 24 W^2 + 4 H W T. The first layer's input needs no gradient. Heads are a thousandth of it and
/// left out.
double useful_flops(const EncoderConfig& config, std::span<const std::int64_t> lengths, std::int64_t trained,
                    std::int64_t forward_only);

}  // namespace sslslr
