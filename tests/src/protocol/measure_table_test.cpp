#include "src/protocol/measure_table.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

TEST(MeasureTable, HoldsTheMeasuresOfEveryRow) {
    MeasureTable table;
    table.add("random", {{"spread", 0.5}, {"order_sensitivity", 2e-5}});
    table.add("trained", {{"spread", 0.25}, {"order_sensitivity", 4e-5}});
    table.add("trained", {{"spread", 0.75}, {"order_sensitivity", 6e-5}});
    table.add("raw", {{"mrr", 0.125}});

    const auto json = table.json();

    ASSERT_EQ(json["rows"].size(), 3U);
    EXPECT_EQ(json["rows"][0]["measures"].size(), 2U);
    EXPECT_EQ(json["rows"][0]["measures"]["order_sensitivity"]["mean"], 2e-5);
    EXPECT_EQ(json["rows"][1]["measures"]["spread"]["runs"], nlohmann::json::parse("[0.25, 0.75]"));
    EXPECT_EQ(json["rows"][2]["measures"].size(), 1U);
    EXPECT_NE(table.text().find("2e-05"), std::string::npos) << "small numbers keep their digits\n"
                                                             << table.text();
}

}  // namespace
}  // namespace sslslr
