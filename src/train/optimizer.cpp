#include "src/train/optimizer.hpp"

#include <fmt/format.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

using torch::optim::AdamW;
using torch::optim::AdamWOptions;
using torch::optim::AdamWParamState;
using torch::optim::SGD;
using torch::optim::SGDOptions;
using torch::optim::SGDParamState;

void require(bool holds, const char* option, double value, const char* expected) {
    if (!holds) {
        throw ConfigError{fmt::format("--{} {}: expected {}", option, value, expected)};
    }
}

std::unique_ptr<torch::optim::Optimizer> make(const OptimizerConfig& config,
                                              std::vector<torch::Tensor> tensors) {
    require(config.learning_rate > 0, "learning-rate", config.learning_rate, "a rate above 0");
    require(config.momentum >= 0 && config.momentum < 1, "momentum", config.momentum, "[0, 1)");
    require(config.weight_decay >= 0, "weight-decay", config.weight_decay, "0 or more");
    if (config.name == "sgd") {
        return std::make_unique<SGD>(
            std::move(tensors),
            SGDOptions{config.learning_rate}.momentum(config.momentum).weight_decay(config.weight_decay));
    }
    if (config.name == "adamw") {
        return std::make_unique<AdamW>(std::move(tensors),
                                       AdamWOptions{config.learning_rate}.weight_decay(config.weight_decay));
    }
    throw ConfigError{fmt::format("--optimizer {}: expected sgd or adamw", config.name)};
}

/// The named entry, checked and copied to where the parameter lives.
torch::Tensor entry(const std::map<std::string, torch::Tensor>& state, const std::string& name,
                    const torch::Tensor& like) {
    const auto found = state.find(name);
    if (found == state.end() || found->second.sizes() != like.sizes()) {
        throw ConfigError{
            fmt::format("the checkpoint holds no optimizer state {} of the parameter's shape", name)};
    }
    return found->second.to(like.device(), like.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
}

}  // namespace

Optimizer::Optimizer(const OptimizerConfig& config, NamedTensors parameters)
    : parameters_{std::move(parameters)} {
    std::vector<torch::Tensor> tensors;
    for (const auto& [name, tensor] : parameters_) {
        tensors.push_back(tensor);
    }
    optimizer_ = make(config, std::move(tensors));
}

void Optimizer::step(double learning_rate) {
    for (auto& group : optimizer_->param_groups()) {
        group.options().set_lr(learning_rate);
    }
    optimizer_->step();
}

std::map<std::string, torch::Tensor> Optimizer::state() const {
    std::map<std::string, torch::Tensor> all;
    for (const auto& [name, tensor] : parameters_) {
        const auto found = optimizer_->state().find(tensor.unsafeGetTensorImpl());
        if (found == optimizer_->state().end()) {
            continue;  // no step yet
        }
        if (const auto* sgd = dynamic_cast<const SGDParamState*>(found->second.get())) {
            if (sgd->momentum_buffer().defined()) {  // momentum 0 has none
                all[name + ".momentum_buffer"] = sgd->momentum_buffer();
            }
        } else {
            const auto& adam = dynamic_cast<const AdamWParamState&>(*found->second);
            all[name + ".step"] = torch::tensor(adam.step());
            all[name + ".exp_avg"] = adam.exp_avg();
            all[name + ".exp_avg_sq"] = adam.exp_avg_sq();
        }
    }
    return all;
}

void Optimizer::load_state(const std::map<std::string, torch::Tensor>& state) {
    optimizer_->state().clear();
    if (state.empty()) {
        return;  // a checkpoint before the first step, or SGD without momentum
    }
    for (const auto& [name, tensor] : parameters_) {
        std::unique_ptr<torch::optim::OptimizerParamState> restored;
        if (dynamic_cast<const SGD*>(optimizer_.get()) != nullptr) {
            auto sgd = std::make_unique<SGDParamState>();
            sgd->momentum_buffer(entry(state, name + ".momentum_buffer", tensor));
            restored = std::move(sgd);
        } else {
            auto adam = std::make_unique<AdamWParamState>();
            adam->step(entry(state, name + ".step", torch::zeros({}, torch::kInt64)).item<std::int64_t>());
            adam->exp_avg(entry(state, name + ".exp_avg", tensor));
            adam->exp_avg_sq(entry(state, name + ".exp_avg_sq", tensor));
            restored = std::move(adam);
        }
        optimizer_->state()[tensor.unsafeGetTensorImpl()] = std::move(restored);
    }
}

}  // namespace sslslr
