#include "src/study/measured_spreads.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

using Rows = std::vector<nlohmann::json>;

TEST(MeasuredSpreads, AreThoseOfProjectionsWhereRowsHoldThem) {
    const Rows rows = nlohmann::json::parse(R"([
        {"step": 1, "spread": 0.5, "spread_normalised": 0.9,
         "spread_features": 2, "spread_features_normalised": 1},
        {"step": 2, "loss": 3},
        {"step": 4, "spread": 0.4, "spread_normalised": 0.8},
        {"step": 4, "spread": 0.3, "spread_normalised": 0.7}])");

    const auto spreads = measured_spreads(rows);

    ASSERT_EQ(spreads.size(), 2U);
    EXPECT_EQ(spreads.at(1).raw, 0.5);
    EXPECT_EQ(spreads.at(4).normalised, 0.7) << "a step that was done again";
}

TEST(MeasuredSpreads, AreThoseOfFeaturesWithoutAProjector) {
    const Rows rows =
        nlohmann::json::parse(R"([{"step": 1, "spread_features": 2, "spread_features_normalised": 0.6}])");

    EXPECT_EQ(measured_spreads(rows).at(1).raw, 2);
    EXPECT_EQ(measured_spreads(rows).at(1).normalised, 0.6);
}

}  // namespace
}  // namespace sslslr
