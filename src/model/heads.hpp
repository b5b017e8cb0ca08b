#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include "dist/group.hpp"
#include "src/model/batch_norm.hpp"

namespace sslslr {

/// Which layers of a head are followed by batch norm. Batch norm can hide a collapse (Chen and He 2021,
/// section 4.3).
enum class HeadNorm {
    none,
    hidden,  ///< every layer except the last
    all,
    automatic  ///< as in the source of the method (resolved_heads)
};
constexpr auto words(HeadNorm /*of*/) {
    return std::array{"none", "hidden", "all", "auto"};
}

struct MlpConfig {
    std::int64_t in = 0;
    std::int64_t hidden = 0;
    std::int64_t out = 0;
    std::int64_t layers = 2;  ///< number of linear layers, 1 or more
    HeadNorm norm = HeadNorm::none;
};

/// Linear layers with ReLU between them: a projector or predictor. Layers are named hidden, hidden_2, ...,
/// output; batch norms hidden_norm, ..., output_norm. A layer before a batch norm has no bias.
class MlpImpl : public torch::nn::Module {
public:
    /// @throws c10::ValueError  the norm is still automatic
    explicit MlpImpl(const MlpConfig& config);

    /// Maps [B, in] to [B, out]. Collective if the head normalises.
    torch::Tensor forward(const torch::Tensor& x, dist::Group& group);

private:
    std::vector<torch::nn::Linear> layers_;
    std::vector<BatchNorm> norms_;  ///< empty holders for layers without one
};
TORCH_MODULE(Mlp);

/// Sizes of the heads. The defaults are the paper's projector 512-512-128, scaled to the encoder's width, and
/// its predictor 128-128-128.
struct HeadConfig {
    std::int64_t projector_layers = 2;
    std::int64_t projector_hidden = 0;  ///< 0: the encoder's width
    std::int64_t embedding = 128;       ///< D, the projector's output
    std::int64_t predictor_hidden = 128;
    HeadNorm projector_norm = HeadNorm::automatic;
    HeadNorm predictor_norm = HeadNorm::automatic;

    /// @param width  width of the encoder
    MlpConfig projector(std::int64_t width) const;
    MlpConfig predictor() const;
    /// Whether the output for a clip depends on the others of the batch.
    /// @param has_predictor  whether the method uses one
    bool normalises(bool has_predictor) const;
};

}  // namespace sslslr
