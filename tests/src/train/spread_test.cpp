#include "src/train/spread.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

TEST(Spread, EqualsTheDefinitionAndAddsUpOverRanks) {
    torch::manual_seed(7);
    const auto z = torch::randn({30, 8}, torch::kFloat64) * 3 + 1;
    const auto unit = z / z.norm(2, 1, true);

    const auto spread = spread_of(spread_sums(z.slice(0, 0, 11)) + spread_sums(z.slice(0, 11)), 30);

    EXPECT_NEAR(spread.raw, z.std(0, /*unbiased=*/false).mean().item<double>(), 1e-12);
    EXPECT_NEAR(spread.normalised, unit.std(0, false).mean().item<double>() * std::sqrt(8.0), 1e-12);
}

TEST(Spread, IsAboutOneForOutputsInAllDirectionsAndZeroForACollapse) {
    torch::manual_seed(7);

    EXPECT_NEAR(spread_of(spread_sums(torch::randn({4000, 128})), 4000).normalised, 1, 0.02);
    EXPECT_NEAR(spread_of(spread_sums(torch::ones({40, 128})), 40).raw, 0, 1e-7);
    EXPECT_NEAR(spread_of(spread_sums(torch::ones({40, 128})), 40).normalised, 0, 1e-6);
}

TEST(Spread, AnEmptyShareAddsNothing) {
    EXPECT_EQ(spread_sums(torch::zeros({0, 8})).abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace sslslr
