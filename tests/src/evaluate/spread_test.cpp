#include "src/evaluate/spread.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

TEST(Spread, EqualsTheDefinition) {
    torch::manual_seed(7);
    const auto z = torch::randn({30, 8}, torch::kFloat64) * 3 + 1;
    const auto unit = z / z.norm(2, 1, true);

    const auto spread = spread_of(z);

    EXPECT_NEAR(spread.raw, z.std(0, /*unbiased=*/false).mean().item<double>(), 1e-12);
    EXPECT_NEAR(spread.normalised, unit.std(0, false).mean().item<double>() * std::sqrt(8.0), 1e-12);
}

TEST(Spread, IsAboutOneForOutputsInAllDirectionsAndZeroForACollapse) {
    torch::manual_seed(7);

    EXPECT_NEAR(spread_of(torch::randn({4000, 128})).normalised, 1, 0.02);
    for (const auto& point : {torch::ones({40, 128}), torch::zeros({40, 128}), torch::randn({1, 128})}) {
        EXPECT_NEAR(spread_of(point).raw, 0, 1e-7);
        EXPECT_NEAR(spread_of(point).normalised, 0, 1e-6);
    }
}

}  // namespace
}  // namespace sslslr
