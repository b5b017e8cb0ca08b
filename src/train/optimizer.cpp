#include "src/train/optimizer.hpp"

#include <cmath>

#include <fmt/format.h>
#include <torch/nn/utils/clip_grad.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr double beta1 = 0.9;  // of AdamW, as in torch.optim
constexpr double beta2 = 0.999;
constexpr double epsilon = 1e-8;  // of AdamW and LARS

void check(const OptimizerConfig& config) {
    require(config.learning_rate > 0, "learning-rate", config.learning_rate, "a rate above 0");
    require(config.momentum >= 0 && config.momentum < 1, "momentum", config.momentum, "[0, 1)");
    require(config.weight_decay >= 0, "weight-decay", config.weight_decay, "0 or more");
    require(config.trust > 0, "lars-trust", config.trust, "more than 0");
    require(config.clip_gradient_norm >= 0, "clip-gradient-norm", config.clip_gradient_norm, "0 or more");
}

std::vector<torch::Tensor> gradients(const std::vector<torch::Tensor>& parameters) {
    std::vector<torch::Tensor> all;
    for (const auto& parameter : parameters) {
        all.push_back(parameter.grad());
    }
    return all;
}

}  // namespace

double scaled_rate(const OptimizerConfig& config, std::int64_t global_batch) {
    const double batches = static_cast<double>(global_batch) / 256;
    const bool is_linear = config.rate_scaling == RateScaling::linear;
    return config.rate_scaling == RateScaling::none
               ? config.learning_rate
               : config.learning_rate * (is_linear ? batches : std::sqrt(batches));
}

Optimizer::Optimizer(const OptimizerConfig& config, NamedTensors parameters) : config_{config} {
    check(config_);
    for (auto& [name, tensor] : parameters) {
        auto& group =
            config_.constant_predictor_rate && name.starts_with("predictor.") ? constant_ : scheduled_;
        group.names.push_back(name);
        group.parameters.push_back(tensor);
    }
}

double Optimizer::step(double rate, double constant_rate) {
    const torch::NoGradGuard no_grad;
    double norm = 0;
    if (config_.clip_gradient_norm > 0) {
        auto all = scheduled_.parameters;
        all.insert(all.end(), constant_.parameters.begin(), constant_.parameters.end());
        norm = torch::nn::utils::clip_grad_norm_(all, config_.clip_gradient_norm);
    }
    update(scheduled_, rate);
    update(constant_, constant_rate);
    return norm;
}

void Optimizer::update(Group& group, double rate) {
    if (group.parameters.empty()) {
        return;
    }
    if (group.memory.empty()) {
        group.memory = blank(group);
    }
    auto& memory = group.memory;
    if (config_.kind == OptimizerKind::sgd) {
        at::_fused_sgd_(group.parameters, gradients(group.parameters), memory["momentum_buffer"],
                        config_.weight_decay, config_.momentum, rate, /*dampening=*/0, /*nesterov=*/false,
                        /*maximize=*/false, /*is_first_step=*/false);
    } else if (config_.kind == OptimizerKind::adamw) {
        at::_foreach_add_(memory["step"], 1);
        at::_fused_adamw_(group.parameters, gradients(group.parameters), memory["exp_avg"],
                          memory["exp_avg_sq"], /*max_exp_avg_sqs=*/{}, memory["step"], rate, beta1, beta2,
                          config_.weight_decay, epsilon, /*amsgrad=*/false, /*maximize=*/false);
    } else {
        lars(group, rate);
    }
}

void Optimizer::lars(Group& group, double rate) {
    const bool has_momentum = config_.momentum > 0;
    const auto all_gradients = gradients(group.parameters);
    const auto norms_of = [](const std::vector<torch::Tensor>& tensors) {
        return torch::stack(at::_foreach_norm(tensors)).to(torch::kDouble).cpu();
    };
    const auto lengths = norms_of(group.parameters);
    const auto steepness = norms_of(all_gradients);
    for (std::size_t i = 0; i < group.parameters.size(); ++i) {
        const double length = lengths[static_cast<std::int64_t>(i)].item<double>();
        const double steep = steepness[static_cast<std::int64_t>(i)].item<double>();
        // Weights or gradients that are all zero have no direction to scale.
        const bool is_scaled = group.parameters[i].dim() > 1 && length > 0 && steep > 0;
        const double decay = is_scaled ? config_.weight_decay : 0;
        const double ratio = is_scaled ? config_.trust * length / (steep + decay * length + epsilon) : 1;
        std::vector<torch::Tensor> buffer;
        if (has_momentum) {
            buffer = {group.memory["momentum_buffer"][i]};
        }
        // SGD's v = momentum v + (1 - dampening) (g + decay w) is that of LARS if 1 - r is the dampening;
        // without momentum there is no v, and the rate is multiplied by r.
        at::_fused_sgd_({group.parameters[i]}, {all_gradients[i]}, buffer, decay, config_.momentum,
                        has_momentum ? rate : ratio * rate, /*dampening=*/has_momentum ? 1 - ratio : 0,
                        /*nesterov=*/false, /*maximize=*/false, /*is_first_step=*/false);
    }
}

std::map<std::string, std::vector<torch::Tensor>> Optimizer::blank(const Group& group) const {
    std::map<std::string, std::vector<torch::Tensor>> memory;
    for (const auto& parameter : group.parameters) {
        if (config_.kind == OptimizerKind::adamw) {
            memory["step"].push_back(torch::zeros({}, parameter.options().dtype(torch::kFloat32)));
            memory["exp_avg"].push_back(torch::zeros_like(parameter));
            memory["exp_avg_sq"].push_back(torch::zeros_like(parameter));
        } else if (config_.momentum > 0) {
            memory["momentum_buffer"].push_back(torch::zeros_like(parameter));
        }
    }
    return memory;
}

std::map<std::string, torch::Tensor> Optimizer::state() const {
    std::map<std::string, torch::Tensor> all;
    for (const auto* group : {&scheduled_, &constant_}) {
        for (const auto& [kind, tensors] : group->memory) {
            for (std::size_t i = 0; i < tensors.size(); ++i) {
                all[group->names[i] + "." + kind] = tensors[i];
            }
        }
    }
    return all;
}

void Optimizer::load_state(const std::map<std::string, torch::Tensor>& state) {
    for (auto* group : {&scheduled_, &constant_}) {
        group->memory.clear();
        if (state.empty()) {
            continue;  // a checkpoint before the first step, or no momentum
        }
        group->memory = blank(*group);
        for (auto& [kind, tensors] : group->memory) {
            for (std::size_t i = 0; i < tensors.size(); ++i) {
                const auto name = group->names[i] + "." + kind;
                const auto found = state.find(name);
                if (found == state.end() || found->second.sizes() != tensors[i].sizes()) {
                    throw ConfigError{fmt::format(
                        "the checkpoint holds no optimizer state {} of the parameter's shape", name)};
                }
                tensors[i].copy_(found->second);
            }
        }
    }
}

}  // namespace sslslr
