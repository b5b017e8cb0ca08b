#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace sslslr {

/// Two linear layers with a ReLU between them: projector and predictor. No batch norm, which would hide a
/// collapse.
class MlpImpl : public torch::nn::Module {
public:
    MlpImpl(std::int64_t in, std::int64_t hidden, std::int64_t out);

    /// [B, in] -> [B, out]
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::nn::Linear hidden_;
    torch::nn::Linear output_;
};
TORCH_MODULE(Mlp);

/// Sizes of the heads. Defaults: the paper's projector 512-512-128 scaled to the encoder's width, predictor
/// 128-128-128.
struct HeadConfig {
    std::int64_t projector_hidden = 0;  ///< 0: the encoder's width
    std::int64_t embedding = 128;       ///< D, the projector's output
    std::int64_t predictor_hidden = 128;
};

}  // namespace sslslr
