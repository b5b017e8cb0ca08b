#pragma once

#include <vector>

#include <torch/nn/module.h>

namespace sslslr {

/// Puts a module and all its submodules into eval mode, and restores the mode of each when destroyed.
class EvalMode {
public:
    explicit EvalMode(torch::nn::Module& module) : root_{module} {
        module.apply([&](torch::nn::Module& part) { modes_.push_back(part.is_training()); });
        module.eval();
    }
    ~EvalMode() {
        // train() also changes submodules, so a submodule must be set after its parent: apply() visits
        // parents first.
        auto mode = modes_.begin();
        root_.apply([&](torch::nn::Module& part) { part.train(*mode++); });
    }
    EvalMode(const EvalMode&) = delete;
    EvalMode& operator=(const EvalMode&) = delete;

private:
    torch::nn::Module& root_;
    std::vector<bool> modes_;
};

}  // namespace sslslr
