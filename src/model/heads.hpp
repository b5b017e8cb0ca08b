#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "dist/group.hpp"
#include "src/model/batch_norm.hpp"

namespace sslslr {

/// Where a head normalises over the batch. Batch norm can hide a collapse (Chen and He 2021, section 4.3).
enum class HeadNorm {
    none,
    hidden,  ///< after every layer but the last
    all,
    automatic  ///< as the source of the method has it (resolved_heads)
};
constexpr auto words(HeadNorm /*of*/) {
    return std::array{"none", "hidden", "all", "auto"};
}

struct MlpConfig {
    std::int64_t in = 0;
    std::int64_t hidden = 0;
    std::int64_t out = 0;
    std::int64_t layers = 2;  ///< linear ones, 1 or more
    HeadNorm norm = HeadNorm::none;
};

/// Linear layers with ReLU between them: projector and predictor. Layers are named hidden, hidden_2, ...,
/// output, batch norms hidden_norm, ..., output_norm. A layer before a batch norm has no bias.
class MlpImpl : public torch::nn::Module {
public:
    /// @throws c10::ValueError  its norm is still automatic
    explicit MlpImpl(const MlpConfig& config);

    /// [B, in] -> [B, out]. Collective if the head normalises.
    torch::Tensor forward(const torch::Tensor& x, dist::Group& group);

private:
    std::vector<torch::nn::Linear> layers_;
    std::vector<BatchNorm> norms_;  ///< empty holders where a layer has none
};
TORCH_MODULE(Mlp);

/// Sizes of the heads. Defaults: the paper's projector 512-512-128 scaled to the encoder's width, predictor
/// 128-128-128.
struct HeadConfig {
    std::int64_t projector_layers = 2;
    std::int64_t projector_hidden = 0;  ///< 0: the encoder's width
    std::int64_t embedding = 128;       ///< D, the projector's output
    std::int64_t predictor_hidden = 128;
    HeadNorm projector_norm = HeadNorm::automatic;
    HeadNorm predictor_norm = HeadNorm::automatic;

    /// @param width  of the encoder
    MlpConfig projector(std::int64_t width) const;
    MlpConfig predictor() const;
    /// Whether any clip's output depends on the others of the batch. @param has_predictor  if one is used
    bool normalises(bool has_predictor) const;
};

}  // namespace sslslr
