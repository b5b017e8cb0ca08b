#include <gtest/gtest.h>

#include "tests/src/evaluate/order_of_asl9.hpp"

namespace sslslr {
namespace {

TEST(OrderOfRealClips, IsSeenByARandomEncoderOfVelocities) {
    EXPECT_GT(test::order_sensitivity_on_asl9({.inputs = {InputPart::positions, InputPart::velocities}}),
              test::order_bound);
}

}  // namespace
}  // namespace sslslr
