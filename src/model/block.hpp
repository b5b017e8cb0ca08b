#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include "src/model/fused_block.hpp"
#include "src/model/inputs.hpp"
#include "src/model/sequence_layout.hpp"

namespace sslslr {

// Shapes: B clips, T tokens of all clips (a CLS token before each clip's frames), F features per frame, W
// width, H heads.

/// The output of the encoder for a clip.
enum class Pooling {
    cls,  ///< the CLS token
    mean  ///< the mean over the frames
};
constexpr auto words(Pooling /*of*/) {
    return std::array{"cls", "mean"};
}

enum class Positions {
    learnt,  ///< initialised with the sinusoidal table
    sinusoidal
};
constexpr auto words(Positions /*of*/) {
    return std::array{"learnt", "sinusoidal"};
}

/// Which layers are normalised. Anything but `all` is only for the paper's ablations.
enum class LayerNorms {
    all,
    blocks,  ///< all except those at the embedding
    none
};
constexpr auto words(LayerNorms /*of*/) {
    return std::array{"all", "blocks", "none"};
}

struct EncoderConfig {
    std::int64_t features = 130;  ///< F
    std::int64_t frames = 64;     ///< longest clip
    std::int64_t blocks = 4;
    std::int64_t width = 128;  ///< W, a multiple of heads
    std::int64_t heads = 8;    ///< H
    double dropout = 0.1;  ///< after the embedding, the attention projection and twice in the feed-forward
    Positions position = Positions::learnt;
    Pooling pooling = Pooling::cls;
    LayerNorms layer_norm = LayerNorms::all;
    bool fused = true;  ///< false: use LibTorch's operations even if fused_block() could be used
    std::vector<InputPart> inputs{InputPart::positions};  ///< inputs derived from the features
    FeatureLayout layout{};  ///< of the features; not needed if the only input is positions
};

/// A pre-norm transformer block: x + attention(norm(x)), then x + feed_forward(norm(x)), with GELU and a
/// feed-forward width of 4 W.
class BlockImpl : public torch::nn::Module {
public:
    /// @param layer  1 or more; part of the dropout keys
    BlockImpl(const EncoderConfig& config, std::uint32_t layer);

    /// Maps [T, W] to [T, W], or with cls_only to the rows of the CLS tokens, [B, W]: then only keys and
    /// values are computed for all tokens, and queries, projection and feed-forward for one token per clip.
    ///
    /// Uses fused_block() if it is available and enabled, else composed().
    torch::Tensor forward(const torch::Tensor& x, const std::shared_ptr<const SequenceLayout>& layout,
                          std::uint32_t network, bool cls_only);

    /// The same, composed of LibTorch's operations: for any device, with or without layer norm. The kernels
    /// are tested against it.
    torch::Tensor composed(const torch::Tensor& x, const SequenceLayout& layout, std::uint32_t network,
                           bool cls_only);

    /// Sets the memory that fused_block() writes gradients of weights to; null: memory of their own.
    void set_gradient_places(std::shared_ptr<dist::GradientPlaces> places) {
        gradient_places_ = std::move(places);
    }

    /// Returns the weights in fused_block()'s order. Not for a block without layer norm.
    BlockWeights weights() const;

private:
    /// Applies everything after the attention: projection and feed-forward with their residual connections.
    /// All are [R, W].
    torch::Tensor finish(const torch::Tensor& residual, const torch::Tensor& attended,
                         const torch::Tensor& keys, std::uint32_t network);

    std::int64_t heads_;
    double dropout_;
    bool fused_;
    std::uint32_t layer_;
    std::shared_ptr<dist::GradientPlaces> gradient_places_;
    torch::nn::LayerNorm attention_norm_{nullptr};  ///< both empty without layer norm
    torch::nn::Linear qkv_{nullptr};
    torch::nn::Linear projection_{nullptr};
    torch::nn::LayerNorm feed_forward_norm_{nullptr};
    torch::nn::Linear expand_{nullptr};
    torch::nn::Linear contract_{nullptr};
};
TORCH_MODULE(Block);

/// Registers a layer norm under `name`, or returns an empty holder if it is not wanted.
torch::nn::LayerNorm optional_layer_norm(torch::nn::Module& owner, const char* name, std::int64_t width,
                                         bool is_wanted);

/// Returns norm(x), or x if the holder is empty.
torch::Tensor normalised(torch::nn::LayerNorm& norm, const torch::Tensor& x);

}  // namespace sslslr
