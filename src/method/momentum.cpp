#include "src/method/momentum.hpp"

#include <cmath>
#include <numbers>

namespace sslslr {

void start_momentum(torch::nn::Module& target, const torch::nn::Module& source) {
    move_towards(target, source, 0);
    for (const auto& buffer : source.named_buffers()) {
        target.named_buffers()[buffer.key()].copy_(buffer.value());
    }
    for (auto parameter : target.parameters()) {
        parameter.set_requires_grad(false);
    }
}

void move_towards(torch::nn::Module& target, const torch::nn::Module& source, double momentum) {
    const torch::NoGradGuard no_grad;
    const auto of_target = target.parameters();
    const auto of_source = source.parameters();
    TORCH_CHECK_VALUE(of_target.size() == of_source.size(), "momentum network: ", of_target.size(),
                      " parameters, its source has ", of_source.size());
    for (std::size_t i = 0; i < of_target.size(); ++i) {
        of_target[i].mul_(momentum).add_(of_source[i], 1 - momentum);
    }
}

double cosine_momentum(double base, double progress) {
    return 1 - (1 - base) * (std::cos(std::numbers::pi * progress) + 1) / 2;
}

}  // namespace sslslr
