#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace sslslr::dist {

/// A model of many small parameters, the same on every rank: its first `used` layers act, the others are
/// never reached.
class SmallModel {
public:
    static constexpr std::int64_t width = 24;

    SmallModel(int layers, at::ScalarType type, std::uint64_t seed = 1) {
        torch::manual_seed(seed);
        for (int layer = 0; layer < layers; ++layer) {
            parameters_.push_back(torch::randn({width, width}, type).div_(5).requires_grad_());
            parameters_.push_back(torch::randn({width}, type).requires_grad_());
        }
    }

    const std::vector<at::Tensor>& parameters() const { return parameters_; }

    /// Sum over clips [B, width] of a loss of each; [].
    at::Tensor summed_loss(const at::Tensor& clips, std::size_t used) const {
        auto hidden = clips;
        for (std::size_t layer = 0; layer < used; ++layer) {
            hidden = torch::tanh(torch::linear(hidden, parameters_[2 * layer], parameters_[2 * layer + 1]));
        }
        return hidden.pow(2).sum();
    }

private:
    std::vector<at::Tensor> parameters_;
};

}  // namespace sslslr::dist
