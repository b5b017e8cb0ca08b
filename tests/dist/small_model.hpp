#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace sslslr::dist {

constexpr int layers = 6;                    // depth of a SmallModel, unless a test needs another
constexpr std::int64_t small_bucket = 6000;  // bytes, so that the gradients fill several buckets

/// A model of many small parameters, the same on every rank. Only its first `used` layers take part.
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

    /// Maps clips [B, width] to features [B, width].
    at::Tensor features(const at::Tensor& clips, std::size_t used) const {
        auto hidden = clips;
        for (std::size_t layer = 0; layer < used; ++layer) {
            hidden = torch::tanh(torch::linear(hidden, parameters_[2 * layer], parameters_[2 * layer + 1]));
        }
        return hidden;
    }

    /// The sum of the losses of clips [B, width]; a scalar.
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
