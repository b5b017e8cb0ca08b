#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace sslslr::dist {

constexpr int layers = 6;                    // of a SmallModel, if a test does not need another number
constexpr std::int64_t small_bucket = 6000;  // bytes, so that its gradients take several buckets

/// A model of many small parameters, the same on every rank: its first `used` layers act, the others are
/// never reached.
class SmallModel {
public:
    static constexpr std::int64_t width = 24;

    SmallModel(int depth, at::ScalarType type, std::uint64_t seed = 1) {
        torch::manual_seed(seed);
        for (int layer = 0; layer < depth; ++layer) {
            parameters_.push_back(torch::randn({width, width}, type).div_(5).requires_grad_());
            parameters_.push_back(torch::randn({width}, type).requires_grad_());
        }
    }

    const std::vector<at::Tensor>& parameters() const { return parameters_; }

    /// Clips [B, width] -> [B, width].
    at::Tensor features(const at::Tensor& clips, std::size_t used) const {
        auto hidden = clips;
        for (std::size_t layer = 0; layer < used; ++layer) {
            hidden = torch::tanh(torch::linear(hidden, parameters_[2 * layer], parameters_[2 * layer + 1]));
        }
        return hidden;
    }

    /// Sum over clips [B, width] of a loss of each; [].
    at::Tensor summed_loss(const at::Tensor& clips, std::size_t used) const {
        return features(clips, used).pow(2).sum();
    }

    std::vector<at::Tensor> gradients() const {
        std::vector<at::Tensor> copies;
        for (const auto& parameter : parameters_) {
            copies.push_back(parameter.grad().clone());
        }
        return copies;
    }

    /// One step of gradient descent.
    void descend(double rate) const {
        const torch::NoGradGuard no_grad;
        for (const auto& parameter : parameters_) {
            parameter.data().sub_(parameter.grad(), rate);
        }
    }

private:
    std::vector<at::Tensor> parameters_;
};

}  // namespace sslslr::dist
