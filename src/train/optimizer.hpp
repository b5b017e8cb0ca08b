#pragma once

#include <map>
#include <memory>
#include <string>

#include <torch/torch.h>

#include "src/train/weights.hpp"

namespace sslslr {

struct OptimizerConfig {
    std::string name = "sgd";     ///< or "adamw"
    double learning_rate = 1e-3;  ///< peak; the schedule scales it
    double momentum = 0.9;        ///< of SGD
    double weight_decay = 1e-4;   ///< of every parameter; added to the gradient in SGD, decoupled in AdamW
};

/// One of LibTorch's optimizers whose state travels by parameter name, as checkpoints need it.
class Optimizer {
public:
    /// @throws ConfigError  unknown name, or a setting out of range
    Optimizer(const OptimizerConfig& config, NamedTensors parameters);

    /// Updates the parameters from their gradients, which are kept (they are views of reduction buckets).
    void step(double learning_rate);

    /// Everything step() remembers: "NAME.momentum_buffer" or "NAME.{step, exp_avg, exp_avg_sq}". Copies
    /// nothing.
    std::map<std::string, torch::Tensor> state() const;

    /// @throws ConfigError  an entry is missing or of another shape
    void load_state(const std::map<std::string, torch::Tensor>& state);

private:
    NamedTensors parameters_;
    std::unique_ptr<torch::optim::Optimizer> optimizer_;
};

}  // namespace sslslr
