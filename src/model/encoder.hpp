#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <torch/torch.h>

#include "src/data/packed_clips.hpp"
#include "src/model/sequence_layout.hpp"

namespace sslslr {

// Shapes: B clips, S frames of all of them, T = S + B tokens (a CLS token before each clip), F features a
// frame, W width, H heads.

struct EncoderConfig {
    std::int64_t features = 130;  ///< F
    std::int64_t frames = 64;     ///< longest clip
    std::int64_t blocks = 4;
    std::int64_t width = 128;  ///< W, a multiple of heads
    std::int64_t heads = 8;    ///< H
    double dropout = 0.1;  ///< after the embedding, the attention projection and twice in the feed-forward
    std::string position = "learnt";  ///< from the sinusoidal table on, or fixed "sinusoidal"
    std::string pooling = "cls";      ///< or "mean" over the frames
    std::string layer_norm = "all";  ///< or "blocks" (not at the embedding), or "none": the paper's ablations
};

/// Where the masks of one forward pass come from.
struct DropoutKey {
    std::uint64_t seed = 0;     ///< a function of (seed, step)
    std::uint32_t network = 0;  ///< 0 the trained network; momentum networks draw their own masks
};

/// A pre-norm transformer block: x + attention(norm(x)), then x + feed_forward(norm(x)), GELU, feed-forward 4
/// W wide.
class BlockImpl : public torch::nn::Module {
public:
    /// @param layer  1 and up; part of the dropout keys
    BlockImpl(const EncoderConfig& config, std::uint32_t layer);

    /// [T, W] -> [T, W]
    torch::Tensor forward(const torch::Tensor& x, const SequenceLayout& layout, std::uint32_t network);

    /// The CLS rows of forward()'s result alone, [T, W] -> [B, W]: keys and values for all tokens, queries,
    /// projection and feed-forward for one token a clip.
    torch::Tensor forward_cls(const torch::Tensor& x, const SequenceLayout& layout, std::uint32_t network);

private:
    /// Everything after the attention: projection and feed-forward with their residual connections. [R, W]
    /// each.
    torch::Tensor finish(const torch::Tensor& residual, const torch::Tensor& attended,
                         const torch::Tensor& keys, std::uint32_t network);

    std::int64_t heads_;
    double dropout_;
    std::uint32_t layer_;
    torch::nn::LayerNorm attention_norm_{nullptr};  ///< both empty without layer norm
    torch::nn::Linear qkv_{nullptr};
    torch::nn::Linear projection_{nullptr};
    torch::nn::LayerNorm feed_forward_norm_{nullptr};
    torch::nn::Linear expand_{nullptr};
    torch::nn::Linear contract_{nullptr};
};
TORCH_MODULE(Block);

/// The skeleton encoder f: one token a frame, a CLS token first, pre-norm transformer blocks.
///
///     LayerNorm(F) -> Linear(F, W) -> LayerNorm(W) -> + position -> blocks -> LayerNorm(W) -> pooling
///
/// Works on packed clips; a clip's result does not depend on the others of its batch beyond rounding. Source:
/// Madjoukeng et al. 2025, section 6.2 (12 blocks, 8 heads, 512 wide, two layer normalisations at the
/// embedding, dropout 0.1) after the PoseViT of Fink et al. 2023; pre-norm, GELU and 4 W are the README's
/// decisions.
class EncoderImpl : public torch::nn::Module {
public:
    explicit EncoderImpl(const EncoderConfig& config);

    /// [B, W] features, in the order of the clips. Dropout only in train mode.
    /// @throws c10::ValueError  wrong number of features, or a clip longer than config.frames
    torch::Tensor forward(const PackedClips& clips, const DropoutKey& key);

    const EncoderConfig& config() const noexcept { return config_; }

private:
    /// Tokens of the layout: [S, W] embedded frames -> [T, W] with CLS tokens and positions.
    torch::Tensor with_cls(const torch::Tensor& embedded, const SequenceLayout& layout) const;
    /// [T, W] -> [B, W], the mean over each clip's frames.
    torch::Tensor mean_of_frames(const torch::Tensor& x, const SequenceLayout& layout) const;

    EncoderConfig config_;
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

}  // namespace sslslr
