#include "src/model/keyed_dropout.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

torch::Tensor keys(std::int64_t rows) {
    return torch::randint(-2147483648LL, 2147483647LL, {rows}, torch::kInt64).to(torch::kInt32);
}

class KeyedDropoutTest : public testing::Test {
protected:
    void SetUp() override { torch::manual_seed(7); }
};

TEST_F(KeyedDropoutTest, KeepsTheStatedShareAndScalesIt) {
    const auto x = torch::ones({4000, 128});

    const auto y = keyed_dropout(x, {}, keys(4000), 3, 0.1);

    const auto kept = y > 0;
    EXPECT_NEAR(kept.to(torch::kDouble).mean().item<double>(), 0.9, 5 * std::sqrt(0.09 / 512000));
    EXPECT_TRUE(torch::allclose(y.masked_select(kept), torch::tensor(1 / 0.9F)));
}

TEST_F(KeyedDropoutTest, ColumnsAndRowsAreUncorrelated) {
    const auto mask =
        (keyed_dropout(torch::ones({8000, 64}), {}, keys(8000), 1, 0.5) > 0).to(torch::kDouble) - 0.5;

    const double beside = (mask.slice(1, 1) * mask.slice(1, 0, -1)).mean().item<double>() * 4;
    const double below = (mask.slice(0, 1) * mask.slice(0, 0, -1)).mean().item<double>() * 4;

    EXPECT_NEAR(beside, 0, 5 / std::sqrt(8000.0 * 63));
    EXPECT_NEAR(below, 0, 5 / std::sqrt(7999.0 * 64));
}

TEST_F(KeyedDropoutTest, ARowsMaskDependsOnItsKeyAndSiteAlone) {
    const auto row_keys = keys(6);
    const auto x = torch::randn({6, 40});
    const auto order = torch::tensor({4, 1, 5, 0});

    const auto all = keyed_dropout(x, {}, row_keys, 9, 0.3);
    const auto some = keyed_dropout(x.index_select(0, order), {}, row_keys.index_select(0, order), 9, 0.3);

    EXPECT_TRUE(torch::equal(all.index_select(0, order), some));
    EXPECT_FALSE(torch::equal(all, keyed_dropout(x, {}, row_keys, 10, 0.3)));
    EXPECT_FALSE(torch::equal(all[0] == 0, keyed_dropout(x, {}, row_keys.roll(1), 9, 0.3)[0] == 0));
}

TEST_F(KeyedDropoutTest, BothPrecisionsDrawTheSameMask) {
    const auto row_keys = keys(50);
    const auto x = torch::ones({50, 33});

    const auto single = keyed_dropout(x, {}, row_keys, 2, 0.4);
    const auto twice = keyed_dropout(x.to(torch::kDouble), {}, row_keys, 2, 0.4);

    EXPECT_TRUE(torch::equal(single > 0, twice > 0));
}

TEST_F(KeyedDropoutTest, BackwardUsesTheMaskOfForward) {
    const auto row_keys = keys(5);
    const auto x = torch::randn({5, 7}, torch::requires_grad());
    const auto base = torch::randn({5, 7}, torch::requires_grad());
    const auto weight = torch::randn({5, 7});

    (keyed_dropout(x, base, row_keys, 4, 0.5) * weight).sum().backward();

    const auto mask = keyed_dropout(torch::ones({5, 7}), {}, row_keys, 4, 0.5);
    EXPECT_TRUE(torch::allclose(x.grad(), mask * weight));
    EXPECT_TRUE(torch::equal(base.grad(), weight));
}

TEST_F(KeyedDropoutTest, WithoutProbabilityItOnlyAddsTheBase) {
    const auto x = torch::randn({3, 4});

    EXPECT_TRUE(torch::equal(keyed_dropout(x, {}, keys(3), 0, 0), x));
    EXPECT_TRUE(torch::equal(keyed_dropout(x, x, keys(3), 0, 0), 2 * x));
}

}  // namespace
}  // namespace sslslr
