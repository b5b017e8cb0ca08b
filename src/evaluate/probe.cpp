#include "src/evaluate/probe.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/autograd.h>
#include <torch/nn/functional/loss.h>

#include "src/data/epoch_order.hpp"
#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

std::uint64_t key_of(const ProbeTrial& trial) {
    return mix({trial.seed, static_cast<std::uint64_t>(Purpose::probe)});
}

/// Returns one field of all trials, [R, 1, 1].
torch::Tensor per_probe(std::span<const ProbeTrial> trials, double ProbeTrial::*field,
                        const torch::TensorOptions& options) {
    std::vector<double> values;
    std::ranges::transform(trials, std::back_inserter(values), field);
    return torch::tensor(values, torch::kFloat64).to(options).view({-1, 1, 1});
}

/// R linear layers, or perceptrons with one hidden layer.
class Probes {
public:
    Probes(std::vector<std::int64_t> widths, std::span<const ProbeTrial> trials,
           const torch::TensorOptions& options) {
        std::vector<torch::Generator> generators;
        for (const auto& trial : trials) {
            generators.push_back(at::detail::createCPUGenerator(key_of(trial)));
        }
        for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
            weights_.push_back(
                uniform({widths[layer], widths[layer + 1]}, widths[layer], generators, options));
            biases_.push_back(uniform({1, widths[layer + 1]}, widths[layer], generators, options));
        }
    }

    /// Maps [R, B, W] to [R, B, G].
    torch::Tensor forward(torch::Tensor x) const {
        for (std::size_t layer = 0; layer < weights_.size(); ++layer) {
            x = torch::baddbmm(biases_[layer], layer == 0 ? x : x.relu(), weights_[layer]);
        }
        return x;
    }

    std::vector<torch::Tensor>& weights() { return weights_; }
    std::vector<torch::Tensor>& biases() { return biases_; }

private:
    /// Draws uniformly from +-1 / sqrt(inputs), as torch.nn.Linear does; probe r draws from its own
    /// generator.
    static torch::Tensor uniform(at::IntArrayRef shape, std::int64_t inputs,
                                 std::vector<torch::Generator>& generators,
                                 const torch::TensorOptions& options) {
        const double bound = 1 / std::sqrt(static_cast<double>(inputs));
        std::vector<torch::Tensor> drawn;
        for (auto& generator : generators) {
            drawn.push_back(torch::empty(shape, torch::kFloat64).uniform_(-bound, bound, generator));
        }
        return torch::stack(drawn).to(options).requires_grad_();
    }

    std::vector<torch::Tensor> weights_;  ///< [R, in, out] each
    std::vector<torch::Tensor> biases_;   ///< [R, 1, out] each
};

/// Adam on tensors whose leading dimension is the probe, with a learning rate for each probe.
/// Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1.
class Adam {
public:
    Adam(std::vector<torch::Tensor> parameters, torch::Tensor rates)
        : parameters_{std::move(parameters)}, rates_{std::move(rates)} {
        for (const auto& parameter : parameters_) {
            means_.push_back(torch::zeros_like(parameter));
            squares_.push_back(torch::zeros_like(parameter));
        }
    }

    /// @param schedule  factor on all rates
    void step(const torch::Tensor& loss, double schedule) {
        const auto gradients = torch::autograd::grad({loss}, parameters_);
        ++steps_;
        const double mean_share = 1 - std::pow(beta1, steps_);
        const double square_share = 1 - std::pow(beta2, steps_);

        torch::NoGradGuard no_grad;
        for (std::size_t i = 0; i < parameters_.size(); ++i) {
            means_[i].lerp_(gradients[i], 1 - beta1);
            squares_[i].mul_(beta2).addcmul_(gradients[i], gradients[i], 1 - beta2);
            const auto direction = (means_[i] / mean_share) / ((squares_[i] / square_share).sqrt() + epsilon);
            parameters_[i].sub_(rates_ * direction, schedule);
        }
    }

private:
    static constexpr double beta1 = 0.9;
    static constexpr double beta2 = 0.999;
    static constexpr double epsilon = 1e-8;

    std::vector<torch::Tensor> parameters_;
    torch::Tensor rates_;  ///< [R, 1, 1]
    std::vector<torch::Tensor> means_;
    std::vector<torch::Tensor> squares_;
    int steps_ = 0;
};

/// Centres and scales features by the mean and deviation of the training clips; constant features are only
/// centred.
class Standardiser {
public:
    explicit Standardiser(const torch::Tensor& train) {
        const auto wide = train.to(torch::kFloat64);
        mean_ = wide.mean(0);
        const auto deviation = wide.std(0, /*unbiased=*/false);
        constexpr double rounding = 1e-6;  // relative deviation of a constant in float32
        scale_ = torch::where(deviation > rounding * mean_.abs(), deviation, torch::ones_like(deviation));
    }

    torch::Tensor operator()(const torch::Tensor& features) const {
        return ((features.to(torch::kFloat64) - mean_) / scale_).to(features.scalar_type());
    }

private:
    torch::Tensor mean_;   ///< [W]
    torch::Tensor scale_;  ///< [W]
};

/// Returns the clips of step `step` of an epoch, for each probe in its own order: [R, B].
torch::Tensor clips_of_step(const torch::Tensor& orders, std::int64_t step, std::int64_t batch) {
    const auto first = step * batch;
    return orders.narrow(1, first, std::min(batch, orders.size(1) - first));
}

/// Returns the order in which each probe visits the training clips in an epoch, [R, clips].
torch::Tensor orders_of(std::span<const ProbeTrial> trials, std::int64_t epoch, std::int64_t clips) {
    std::vector<torch::Tensor> orders;
    for (const auto& trial : trials) {
        orders.push_back(torch::tensor(epoch_order(key_of(trial), epoch, clips)));
    }
    return torch::stack(orders);
}

/// Returns the sum over probes of each probe's loss on its clips, so that their gradients do not mix.
torch::Tensor loss_of(Probes& probes, const torch::Tensor& inputs, const torch::Tensor& targets,
                      const torch::Tensor& decay) {
    const auto logits = probes.forward(inputs);  // [R, B, G]
    const auto sum = torch::nn::functional::cross_entropy(
        logits.flatten(0, 1), targets.flatten(),
        torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum));
    auto loss = sum / inputs.size(1);
    for (const auto& weight : probes.weights()) {
        loss = loss + (0.5 * decay * weight.square()).sum();
    }
    return loss;
}

void train_probes(Probes& probes, const LabelledFeatures& data, std::span<const ProbeTrial> trials,
                  const ProbeConfig& config) {
    const auto clips = data.labels.size(0);
    const auto steps_per_epoch = (clips + config.batch - 1) / config.batch;
    const auto steps = static_cast<double>(config.epochs * steps_per_epoch);
    const auto decay = per_probe(trials, &ProbeTrial::weight_decay, data.features.options());

    auto parameters = probes.weights();
    parameters.insert(parameters.end(), probes.biases().begin(), probes.biases().end());
    Adam adam{parameters, per_probe(trials, &ProbeTrial::learning_rate, data.features.options())};

    std::int64_t done = 0;
    for (std::int64_t epoch = 0; epoch < config.epochs; ++epoch) {
        const auto orders = orders_of(trials, epoch, clips).to(data.features.device());
        for (std::int64_t step = 0; step < steps_per_epoch; ++step) {
            const auto chosen = clips_of_step(orders, step, config.batch);        // [R, B]
            const auto inputs = data.features.index_select(0, chosen.flatten());  // [R B, W]
            const auto targets =
                data.labels.index_select(0, chosen.flatten()).view(chosen.sizes());  // [R, B]

            const double schedule =
                0.5 * (1 + std::cos(std::numbers::pi * static_cast<double>(done++) / steps));
            adam.step(loss_of(probes, inputs.view({chosen.size(0), chosen.size(1), -1}), targets, decay),
                      schedule);
        }
    }
}

}  // namespace

torch::Tensor probe_scores(const LabelledFeatures& train, const torch::Tensor& queries,
                           std::span<const ProbeTrial> trials, const ProbeConfig& config) {
    train.check(queries);
    TORCH_CHECK_VALUE(!trials.empty(), "probe: no trials");
    TORCH_CHECK_VALUE(config.epochs >= 1 && config.batch >= 1 && config.hidden >= 0, "probe: epochs ",
                      config.epochs, " and batch ", config.batch, " must be positive, hidden ", config.hidden,
                      " not negative");

    auto data = train;
    auto tested = queries;
    if (config.standardise) {
        const Standardiser standardise{train.features};
        data.features = standardise(train.features);
        tested = standardise(queries);
    }
    std::vector<std::int64_t> widths{queries.size(1), train.glosses};
    if (config.hidden > 0) {
        widths.insert(widths.begin() + 1, config.hidden);
    }
    Probes probes{widths, trials, data.features.options()};
    torch::AutoGradMode grad{true};
    train_probes(probes, data, trials, config);

    torch::NoGradGuard no_grad;
    return probes.forward(tested.expand({static_cast<std::int64_t>(trials.size()), -1, -1}));
}

}  // namespace sslslr
