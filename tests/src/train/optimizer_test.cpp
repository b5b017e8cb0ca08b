#include "src/train/optimizer.hpp"

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"
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
        optimizer.step(config.learning_rate, config.learning_rate);
        const auto expected =
            torch::tensor(values[static_cast<std::size_t>(step)].get<std::vector<double>>(), torch::kFloat64);
        EXPECT_LT((parameter - expected).abs().max().item<double>(), 1e-14)
            << word_of(config.kind) << " step " << step;
    }
}

TEST(Optimizer, EqualsPyTorch) {
    const auto file = golden::read("training.json");
    expect_golden({.kind = OptimizerKind::sgd, .learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0.01},
                  file["sgd"]["values"]);
    expect_golden({.kind = OptimizerKind::adamw, .learning_rate = 0.01, .weight_decay = 0.1},
                  file["adamw"]["values"]);
}

TEST(Optimizer, LarsEqualsLightlys) {
    const auto file = golden::read("methods.json")["lars"];
    auto weight = golden::input(file, "weight").set_requires_grad(true);
    auto bias = golden::input(file, "bias").set_requires_grad(true);
    Optimizer optimizer{{.kind = OptimizerKind::lars,
                         .momentum = file["momentum"],
                         .weight_decay = file["weight_decay"],
                         .trust = 0.001},
                        {{"weight", weight}, {"bias", bias}}};
    for (std::size_t step = 0; step < 5; ++step) {
        weight.mutable_grad() = golden::input(file, "weight_gradient" + std::to_string(step));
        bias.mutable_grad() = golden::input(file, "bias_gradient" + std::to_string(step));
        optimizer.step(file["lr"], file["lr"]);
        const auto& expected = file["values"][step];
        EXPECT_LT(golden::relative_difference(weight, golden::matrix(expected["weight"])), 1e-13) << step;
        EXPECT_LT(golden::relative_difference(bias, golden::vector(expected["bias"])), 1e-13) << step;
    }
}

TEST(Optimizer, LarsScalesTheStepWithoutMomentumToo) {
    auto weight = torch::ones({2, 8}, torch::kFloat64).set_requires_grad(true);  // norm 4
    weight.mutable_grad() = torch::full({2, 8}, 0.5, torch::kFloat64);           // norm 2
    Optimizer optimizer{{.kind = OptimizerKind::lars, .momentum = 0, .weight_decay = 0.25, .trust = 0.1},
                        {{"weight", weight}}};
    optimizer.step(0.5, 0.5);
    const double ratio = 0.1 * 4 / (2 + 0.25 * 4);
    EXPECT_LT(
        golden::relative_difference(torch::full({2, 8}, 1 - 0.5 * ratio * 0.75, torch::kFloat64), weight),
        1e-8);  // the ratio's epsilon
}

TEST(Optimizer, ClippingEqualsPyTorchs) {
    const auto file = golden::read("methods.json")["clip"];
    for (const auto& expected : file["cases"]) {
        auto first = torch::zeros({3, 4}, torch::kFloat64).set_requires_grad(true);
        auto second = torch::zeros({5}, torch::kFloat64).set_requires_grad(true);
        first.mutable_grad() = golden::input(file, "first");
        second.mutable_grad() = golden::input(file, "second");
        Optimizer optimizer{{.weight_decay = 0, .clip_gradient_norm = expected["max_norm"]},
                            {{"first", first}, {"second", second}}};

        const double norm = optimizer.step(1, 1);

        EXPECT_NEAR(norm, expected["norm"].get<double>(), 1e-12);
        EXPECT_LT(golden::relative_difference(first.grad(), golden::matrix(expected["clipped"]["first"])),
                  1e-12);
        EXPECT_LT(golden::relative_difference(second.grad(), golden::vector(expected["clipped"]["second"])),
                  1e-12);
    }
}

TEST(Optimizer, APredictorMayKeepItsRate) {
    auto encoder = torch::ones({2}, torch::kFloat64).set_requires_grad(true);
    auto predictor = torch::ones({2}, torch::kFloat64).set_requires_grad(true);
    Optimizer optimizer{{.weight_decay = 0, .constant_predictor_rate = true},
                        {{"encoder.w", encoder}, {"predictor.w", predictor}}};
    encoder.mutable_grad() = torch::ones({2}, torch::kFloat64);
    predictor.mutable_grad() = torch::ones({2}, torch::kFloat64);

    optimizer.step(0.1, 0.5);

    EXPECT_DOUBLE_EQ(encoder[0].item<double>(), 0.9);
    EXPECT_DOUBLE_EQ(predictor[0].item<double>(), 0.5);
}

TEST(Optimizer, RatesScaleWithTheGlobalBatch) {
    const auto rate = [](RateScaling scaling) {
        return scaled_rate({.learning_rate = 0.3, .rate_scaling = scaling}, 4096);
    };
    EXPECT_DOUBLE_EQ(rate(RateScaling::none), 0.3);
    EXPECT_DOUBLE_EQ(rate(RateScaling::linear), 4.8);
    EXPECT_DOUBLE_EQ(rate(RateScaling::sqrt), 1.2);
}

TEST(Optimizer, StateTravelsByName) {
    for (const auto kind : {OptimizerKind::sgd, OptimizerKind::adamw, OptimizerKind::lars}) {
        const OptimizerConfig config{.kind = kind, .learning_rate = 0.1};
        const auto whole = start();
        const auto parts = start();
        Optimizer one{config, {{"p", whole}}};
        Optimizer before{config, {{"p", parts}}};
        Optimizer after{config, {{"p", parts}}};

        for (int step = 0; step < 4; ++step) {
            give_gradient(whole, step);
            one.step(0.1, 0.1);
            give_gradient(parts, step);
            if (step == 2) {
                after.load_state(before.state());
            }
            (step < 2 ? before : after).step(0.1, 0.1);
        }

        EXPECT_TRUE(torch::equal(whole, parts)) << word_of(kind);
    }
}

TEST(Optimizer, RefusesBadSettingsByOption) {
    const auto refusal = [](const OptimizerConfig& config) -> std::string {
        try {
            Optimizer{config, {{"p", start()}}};
        } catch (const ConfigError& error) {
            return io::as_options(error.what());
        }
        return "";
    };
    EXPECT_NE(refusal({.learning_rate = -1}).find("--learning-rate -1"), std::string::npos);
    EXPECT_NE(refusal({.momentum = 1}).find("--momentum 1"), std::string::npos);
    EXPECT_NE(refusal({.clip_gradient_norm = -1}).find("--clip-gradient-norm -1"), std::string::npos);
    EXPECT_NE(refusal({.trust = 0}).find("--lars-trust 0"), std::string::npos);
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
