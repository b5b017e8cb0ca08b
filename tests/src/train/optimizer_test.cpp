#include "src/train/optimizer.hpp"

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

torch::Tensor start() {
    return torch::sin(1.0 + 0.7 * torch::arange(4, torch::kFloat64)).set_requires_grad(true);
}

void give_gradient(const torch::Tensor& parameter, int step) {
    parameter.mutable_grad() = torch::sin(0.5 + 0.3 * torch::arange(4, torch::kFloat64) + 0.7 * step);
}

void expect_golden(const OptimizerConfig& config, const nlohmann::json& values) {
    const auto parameter = start();
    Optimizer optimizer{config, {{"p", parameter}}};
    for (int step = 0; step < 5; ++step) {
        give_gradient(parameter, step);
        optimizer.step(config.learning_rate);
        const auto expected =
            torch::tensor(values[static_cast<std::size_t>(step)].get<std::vector<double>>(), torch::kFloat64);
        EXPECT_LT((parameter - expected).abs().max().item<double>(), 1e-14)
            << config.name << " step " << step;
    }
}

TEST(Optimizer, EqualsPyTorch) {
    const auto file = golden::read("training.json");
    expect_golden({.name = "sgd", .learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0.01},
                  file["sgd"]["values"]);
    expect_golden({.name = "adamw", .learning_rate = 0.01, .weight_decay = 0.1}, file["adamw"]["values"]);
}

TEST(Optimizer, StateTravelsByName) {
    for (const std::string name : {"sgd", "adamw"}) {
        const OptimizerConfig config{.name = name, .learning_rate = 0.1};
        const auto whole = start();
        const auto parts = start();
        Optimizer one{config, {{"p", whole}}};
        Optimizer before{config, {{"p", parts}}};
        Optimizer after{config, {{"p", parts}}};

        for (int step = 0; step < 4; ++step) {
            give_gradient(whole, step);
            one.step(0.1);
            give_gradient(parts, step);
            if (step == 2) {
                after.load_state(before.state());
            }
            (step < 2 ? before : after).step(0.1);
        }

        EXPECT_TRUE(torch::equal(whole, parts)) << name;
    }
}

TEST(Optimizer, RefusesBadSettingsByOption) {
    const auto refusal = [](const OptimizerConfig& config) -> std::string {
        try {
            Optimizer{config, {{"p", start()}}};
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_NE(refusal({.name = "adm"}).find("--optimizer adm: expected sgd or adamw"), std::string::npos);
    EXPECT_NE(refusal({.learning_rate = -1}).find("--learning-rate -1"), std::string::npos);
    EXPECT_NE(refusal({.momentum = 1}).find("--momentum 1"), std::string::npos);
    EXPECT_NE(refusal({.weight_decay = -0.1}).find("--weight-decay -0.1"), std::string::npos);
}

TEST(Optimizer, AStateWithoutTheParameterIsRefused) {
    const auto parameter = start();
    Optimizer optimizer{{}, {{"p", parameter}}};

    EXPECT_THROW(optimizer.load_state({{"q.momentum_buffer", torch::zeros(4)}}), ConfigError);
    EXPECT_THROW(optimizer.load_state({{"p.momentum_buffer", torch::zeros(5)}}), ConfigError);
}

}  // namespace
}  // namespace sslslr
