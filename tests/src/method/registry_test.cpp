#include "src/method/registry.hpp"

#include <gtest/gtest.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

std::string refusal(const MethodConfig& config) {
    try {
        make_method(config, 0);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "";
}

TEST(Registry, MakesEveryMethodItNames) {
    MethodConfig config{.classes = 3};
    for (const auto& name : method_names()) {
        config.name = name;
        EXPECT_GT(make_method(config, 0)->parameters().size(), 10U) << name;
    }
}

TEST(Registry, TheSeedFixesTheWeights) {
    const auto first = [](std::uint64_t seed) { return make_method({}, seed)->parameters().back().clone(); };

    EXPECT_TRUE(torch::equal(first(1), first(1)));
    EXPECT_FALSE(torch::equal(first(1), first(2)));
}

TEST(Registry, RefusesBadSettingsByOption) {
    EXPECT_NE(refusal({.name = "sl-fnp"}).find("--method sl-fnp: expected one of sl-fpn, supervised"),
              std::string::npos);
    EXPECT_NE(refusal({.encoder = {.width = 100, .heads = 8}}).find("--width 100 --heads 8"),
              std::string::npos);
    EXPECT_NE(refusal({.encoder = {.dropout = 1}}).find("--dropout 1"), std::string::npos);
    EXPECT_NE(refusal({.encoder = {.pooling = "max"}}).find("--pooling max"), std::string::npos);
    EXPECT_NE(refusal({.sl_fpn = {.predictor_input = "z"}}).find("--predictor-input z"), std::string::npos);
    EXPECT_NE(refusal({.name = "supervised", .classes = 1}).find("two classes"), std::string::npos);
}

}  // namespace
}  // namespace sslslr
