#include <gtest/gtest.h>

#include "tests/src/evaluate/order_of_asl9.hpp"

namespace sslslr {
namespace {

TEST(OrderOfRealClips, IsNotSeenByARandomEncoderOfPlainPositions) {
    const auto seen = test::order_sensitivity_on_asl9({});

    EXPECT_LT(seen, test::order_bound);
    EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace sslslr
