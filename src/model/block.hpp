#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <torch/torch.h>

#include "src/model/fused_block.hpp"
#include "src/model/inputs.hpp"
#include "src/model/sequence_layout.hpp"

namespace sslslr {

// Shapes: B clips, T tokens of all of them (a CLS token before each clip's frames), F features a frame, W
// width, H heads.

/// What of a clip's tokens the encoder gives out.
enum class Pooling {
    cls,
    mean  ///< over the frames
};
constexpr auto words(Pooling /*of*/) {
    return std::array{"cls", "mean"};
}

enum class Positions {
    learnt,  ///< from the sinusoidal table on
    sinusoidal
};
constexpr auto words(Positions /*of*/) {
    return std::array{"learnt", "sinusoidal"};
}

/// Where layers are normalised; not everywhere only in the paper's ablations.
enum class LayerNorms {
    all,
    blocks,  ///< not at the embedding
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
    bool fused = true;  ///< false: blocks of LibTorch's operations where fused_block() could serve
    std::vector<InputPart> inputs{InputPart::positions};  ///< what is read of the features
    FeatureLayout layout{};  ///< of the features; not needed where they are positions alone
};

/// A pre-norm transformer block: x + attention(norm(x)), then x + feed_forward(norm(x)), GELU, feed-forward 4
/// W wide.
class BlockImpl : public torch::nn::Module {
public:
    /// @param layer  1 and up; part of the dropout keys
    BlockImpl(const EncoderConfig& config, std::uint32_t layer);

    /// [T, W] -> [T, W]; or the CLS rows of that alone, [B, W]: keys and values for all tokens, queries,
    /// projection and feed-forward for one token a clip.
    ///
    /// fused_block() where it can and may, else composed().
    torch::Tensor forward(const torch::Tensor& x, const std::shared_ptr<const SequenceLayout>& layout,
                          std::uint32_t network, bool cls_only);

    /// The same of LibTorch's operations, for any device and without layer norm: what the kernels are tested
    /// against.
    torch::Tensor composed(const torch::Tensor& x, const SequenceLayout& layout, std::uint32_t network,
                           bool cls_only);

    /// Where fused_block() writes gradients of weights; null: in memory of their own.
    void set_gradient_places(std::shared_ptr<dist::GradientPlaces> places) {
        gradient_places_ = std::move(places);
    }

    /// As fused_block() takes them. Not for a block without layer norm.
    BlockWeights weights() const;

private:
    /// Everything after the attention: projection and feed-forward with their residual connections. [R, W]
    /// each.
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

/// A layer norm registered under `name`, or an empty holder.
torch::nn::LayerNorm optional_layer_norm(torch::nn::Module& owner, const char* name, std::int64_t width,
                                         bool is_wanted);

/// norm(x), or x itself of an empty holder.
torch::Tensor normalised(torch::nn::LayerNorm& norm, const torch::Tensor& x);

}  // namespace sslslr
