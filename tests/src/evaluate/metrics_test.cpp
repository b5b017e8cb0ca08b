#include "src/evaluate/metrics.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace sslslr {
namespace {

torch::Tensor bits(const std::vector<std::int64_t>& values) {
    return torch::tensor(values).to(torch::kBool);
}

TEST(Outcome, CountsTheTrueGlossAmongTheHighestScores) {
    const auto scores = torch::tensor({{0.1, 0.5, 0.4}, {0.7, 0.2, 0.1}, {0.2, 0.3, 0.5}});
    const auto truth = torch::tensor({2, 0, 0}, torch::kInt64);

    EXPECT_TRUE(torch::equal(outcome(scores, truth).predicted, torch::tensor({1, 0, 2}, torch::kInt64)));
    EXPECT_TRUE(torch::equal(outcome(scores, truth).top1, bits({0, 1, 0})));
    EXPECT_TRUE(torch::equal(top_k_correct(scores, truth, 2), bits({1, 1, 0})));
    EXPECT_TRUE(torch::equal(outcome(scores, truth).top5, bits({1, 1, 1})));
}

TEST(Outcome, GivesEqualScoresToTheSmallerGloss) {
    const auto scores = torch::ones({3, 3});
    const auto truth = torch::arange(3);

    EXPECT_TRUE(torch::equal(outcome(scores, truth).predicted, torch::zeros({3}, torch::kInt64)));
    EXPECT_TRUE(torch::equal(top_k_correct(scores, truth, 1), bits({1, 0, 0})));
    EXPECT_TRUE(torch::equal(top_k_correct(scores, truth, 2), bits({1, 1, 0})));
}

TEST(Outcome, TakesSeveralClassifiersAtOnce) {
    const auto scores = torch::tensor({{{1.0, 0.0}, {0.0, 1.0}}, {{0.0, 1.0}, {0.0, 1.0}}});

    const auto both = outcome(scores, torch::tensor({0, 0}, torch::kInt64));

    EXPECT_TRUE(torch::equal(both.top1, bits({1, 0, 0, 0}).view({2, 2})));
}

TEST(Outcome, CountsScoresThatAreNotNumbersAsWrong) {
    const auto scores = torch::full({1, 6}, std::numeric_limits<double>::quiet_NaN());

    const auto result = outcome(scores, torch::zeros({1}, torch::kInt64));

    EXPECT_FALSE(result.top1.item<bool>());
    EXPECT_FALSE(result.top5.item<bool>());
}

TEST(Outcome, RefusesLabelsOutOfRange) {
    EXPECT_THROW(outcome(torch::ones({2, 3}), torch::tensor({0, 3}, torch::kInt64)), c10::ValueError);
    EXPECT_THROW(outcome(torch::ones({2, 3}), torch::tensor({0, -1}, torch::kInt64)), c10::ValueError);
    EXPECT_THROW(outcome(torch::ones({2, 3}), torch::zeros({3}, torch::kInt64)), c10::ValueError);
}

class ConfusionTest : public testing::Test {
protected:
    // Gloss 3 never occurs; gloss 2 occurs and is never predicted.
    torch::Tensor truth_ = torch::tensor({0, 0, 0, 1, 1, 2}, torch::kInt64);
    torch::Tensor predicted_ = torch::tensor({0, 0, 1, 1, 1, 0}, torch::kInt64);
    torch::Tensor confusion_ = confusion_matrix(predicted_, truth_, 4);
};

TEST_F(ConfusionTest, HasTheTruthInRows) {
    const auto expected =
        torch::tensor({{2, 1, 0, 0}, {0, 2, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}}, torch::kInt64);

    EXPECT_TRUE(torch::equal(confusion_, expected));
}

TEST_F(ConfusionTest, GivesPrecisionRecallAndF1OfEachGloss) {
    const auto table = per_gloss(confusion_);

    EXPECT_EQ(table[0].clips, 3);
    EXPECT_EQ(table[0].predicted, 3);
    EXPECT_DOUBLE_EQ(table[0].precision, 2.0 / 3);
    EXPECT_DOUBLE_EQ(table[1].precision, 2.0 / 3);
    EXPECT_DOUBLE_EQ(table[1].recall, 1);
    EXPECT_DOUBLE_EQ(table[1].f1, 0.8);
    EXPECT_DOUBLE_EQ(table[2].f1, 0);
}

TEST_F(ConfusionTest, MacroF1LeavesOutGlossesThatNeverOccur) {
    EXPECT_DOUBLE_EQ(macro_f1(confusion_), (2.0 / 3 + 0.8 + 0) / 3);
}

}  // namespace
}  // namespace sslslr
