#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <torch/types.h>

#include "src/train/weights.hpp"

namespace sslslr {

enum class OptimizerKind { sgd, adamw, lars };
constexpr auto words(OptimizerKind /*of*/) {
    return std::array{"sgd", "adamw", "lars"};
}

/// How the rate grows with the global batch B: not at all, with B / 256, or with the square root of that.
enum class RateScaling { none, linear, sqrt };
constexpr auto words(RateScaling /*of*/) {
    return std::array{"none", "linear", "sqrt"};
}

struct OptimizerConfig {
    OptimizerKind kind = OptimizerKind::sgd;
    double learning_rate = 1e-3;  ///< peak; the schedule scales it
    RateScaling rate_scaling = RateScaling::none;
    double momentum = 0.9;                 ///< of SGD and LARS
    double weight_decay = 1e-4;            ///< added to the gradient in SGD and LARS, decoupled in AdamW
    double trust = 1e-3;                   ///< LARS: length of a step relative to that of the weights
    double clip_gradient_norm = 0;         ///< gradients are scaled down to this global l2 norm; 0: never
    bool constant_predictor_rate = false;  ///< predictors learn at the peak rate throughout (SimSiam)
};

/// Returns the peak rate for a global batch. Source: linear, Goyal et al. 2017, section 2.1; sqrt, Krizhevsky
/// 2014, section 5. Chen et al. 2020 (SimCLR), section B.1, has it as 0.075 sqrt(B), which is
/// 1.2 sqrt(B / 256).
double scaled_rate(const OptimizerConfig& config, std::int64_t global_batch);

/// SGD, AdamW or LARS over named parameters. Its state is stored by parameter name, for checkpoints.
///
/// All use LibTorch's fused kernels: one pass over weights, gradients and state, and the same calls on CPU
/// and GPU (never run on a GPU). LARS:
///
///     g' = r (g + decay w),  r = trust |w| / (|g| + decay |w|);   v = momentum v + g';   w -= rate v
///
/// but r = 1 and there is no decay for biases and norms (parameters of one dimension). Source: You et al.
/// 2017, arXiv:1708.03888; for the exclusion, Grill et al. 2020, section 3.3.
class Optimizer {
public:
    /// @throws ConfigError  a setting out of range
    Optimizer(const OptimizerConfig& config, NamedTensors parameters);

    /// Clips the gradients, if configured, and updates the parameters. The gradients, which are views of
    /// reduction buckets, stay in place.
    /// @param rate           learning rate of this step
    /// @param constant_rate  peak rate, for parameters whose rate is constant
    /// @return the global l2 norm of the gradients before clipping; 0 without clipping
    double step(double rate, double constant_rate);

    /// Returns the optimizer's state: "NAME.momentum_buffer" or "NAME.{step, exp_avg, exp_avg_sq}". Copies no
    /// tensor; empty before the first step.
    std::map<std::string, torch::Tensor> state() const;

    /// Restores a state.
    /// @throws ConfigError  an entry is missing or has another shape
    void load_state(const std::map<std::string, torch::Tensor>& state);

private:
    /// Parameters with the same rate, and their state by its name in checkpoints: one tensor for each
    /// parameter.
    struct Group {
        std::vector<std::string> names;
        std::vector<torch::Tensor> parameters;
        std::map<std::string, std::vector<torch::Tensor>> memory;
    };
    void update(Group& group, double rate);
    void lars(Group& group, double rate);
    /// Returns the state before the first step: zeros.
    std::map<std::string, std::vector<torch::Tensor>> blank(const Group& group) const;

    OptimizerConfig config_;
    Group scheduled_;
    Group constant_;  ///< not scaled by the schedule
};

}  // namespace sslslr
