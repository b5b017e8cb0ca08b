#include "src/evaluate/probe.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "src/evaluate/metrics.hpp"

namespace sslslr {
namespace {

/// Two clouds of points in the plane, `gap` apart.
LabelledFeatures two_clouds(double gap) {
    torch::manual_seed(11);
    const auto labels = torch::arange(40) % 2;
    const auto shift =
        (labels.to(torch::kFloat64) - 0.5).unsqueeze(1) * torch::tensor({gap, gap / 2}, torch::kFloat64);
    return {.features = torch::randn({40, 2}, torch::kFloat64) + shift, .labels = labels, .glosses = 2};
}

/// Four corners of a square. Opposite corners share a gloss, so no line separates the glosses.
LabelledFeatures exclusive_or() {
    torch::manual_seed(12);
    const auto corner = torch::arange(80) % 4;
    const auto x = (corner % 2).to(torch::kFloat64) * 2 - 1;
    const auto y = corner.div(2, "floor").to(torch::kFloat64) * 2 - 1;
    return {.features = torch::stack({x, y}, 1) + 0.2 * torch::randn({80, 2}, torch::kFloat64),
            .labels = (x * y > 0).to(torch::kInt64),
            .glosses = 2};
}

/// Returns the probabilities of gloss 1 at the minimum of ProbeTrial's two-gloss loss, by Newton's method.
///
/// With weight decay the two logits are opposite, w and -w, so the penalty is decay * |w|^2 and the log-odds
/// are 2 (x w) + b. This is one convex problem in (2 w, b) with penalty decay / 4 * |2 w|^2.
torch::Tensor newton_probabilities(const LabelledFeatures& data, double decay) {
    const auto clips = data.features.size(0);
    const auto x = torch::cat({data.features, torch::ones({clips, 1}, torch::kFloat64)}, 1);
    const auto y = data.labels.to(torch::kFloat64);
    const auto penalty = torch::diag(torch::tensor({decay / 2, decay / 2, 0.0}, torch::kFloat64));
    auto v = torch::zeros({3}, torch::kFloat64);
    for (int step = 0; step < 30; ++step) {
        const auto p = x.mv(v).sigmoid();
        const auto gradient = x.t().mv(p - y) / clips + penalty.mv(v);
        const auto curvature = x.t().mm((p * (1 - p)).unsqueeze(1) * x) / clips + penalty;
        v = v - torch::linalg_solve(curvature, gradient);
    }
    return x.mv(v).sigmoid();
}

constexpr ProbeConfig full_batch_linear{.hidden = 0, .epochs = 400, .batch = 1000, .standardise = false};

double accuracy(const torch::Tensor& scores, const torch::Tensor& truth) {
    return outcome(scores, truth).top1.to(torch::kFloat64).mean().item<double>();
}

TEST(LinearProbe, ReachesTheOptimumOfOverlappingGlosses) {
    const auto data = two_clouds(1);
    const std::vector<ProbeTrial> trials{{.learning_rate = 0.1, .weight_decay = 0}};

    const auto scores = probe_scores(data, data.features, trials, full_batch_linear);

    const auto expected = newton_probabilities(data, 0);
    EXPECT_TRUE(torch::allclose(scores.softmax(-1)[0].select(1, 1), expected, 1e-4, 1e-4));
    EXPECT_LT(accuracy(scores, data.labels), 1);
}

TEST(LinearProbe, ReachesTheOptimumOfSeparableGlossesUnderWeightDecay) {
    const auto data = two_clouds(12);
    const std::vector<ProbeTrial> trials{{.learning_rate = 0.1, .weight_decay = 0.01}};

    const auto scores = probe_scores(data, data.features, trials, full_batch_linear);

    const auto expected = newton_probabilities(data, 0.01);
    EXPECT_TRUE(torch::allclose(scores.softmax(-1)[0].select(1, 1), expected, 1e-4, 1e-4));
    EXPECT_EQ(accuracy(scores, data.labels), 1);
}

TEST(Probe, WithAHiddenLayerSolvesWhatNoLineSeparates) {
    const auto data = exclusive_or();
    const ProbeConfig perceptron{.hidden = 16, .epochs = 60, .batch = 20};
    auto linear = perceptron;
    linear.hidden = 0;

    const std::vector<ProbeTrial> trials{{.learning_rate = 0.03, .weight_decay = 0}};
    EXPECT_EQ(accuracy(probe_scores(data, data.features, trials, perceptron), data.labels), 1);
    EXPECT_LT(accuracy(probe_scores(data, data.features, trials, linear), data.labels), 0.8);
}

class BatchedProbes : public testing::Test {
protected:
    torch::Tensor scores(const std::vector<ProbeTrial>& trials) const {
        return probe_scores(data_, data_.features, trials, {.hidden = 8, .epochs = 3, .batch = 16});
    }

    LabelledFeatures data_ = exclusive_or();
    std::vector<ProbeTrial> trials_{{.seed = 1, .learning_rate = 1e-2, .weight_decay = 0},
                                    {.seed = 2, .learning_rate = 1e-3, .weight_decay = 0.1},
                                    {.seed = 1, .learning_rate = 1e-3, .weight_decay = 0}};
};

TEST_F(BatchedProbes, EqualThoseTrainedOneByOne) {
    const auto together = scores(trials_);

    for (std::size_t r = 0; r < trials_.size(); ++r) {
        const auto alone = scores({trials_[r]})[0];
        EXPECT_TRUE(torch::allclose(together[static_cast<std::int64_t>(r)], alone, 1e-9, 1e-9))
            << "probe " << r;
    }
}

TEST_F(BatchedProbes, AreAFunctionOfTheirSeeds) {
    EXPECT_TRUE(torch::equal(scores(trials_), scores(trials_)));
    EXPECT_FALSE(torch::allclose(scores({{.seed = 1}}), scores({{.seed = 2}})));
}

TEST(Probe, ScoresOfAClipDoNotDependOnTheOtherTestClips) {
    const auto data = exclusive_or();
    const std::vector<ProbeTrial> trials{{}};
    const auto queries =
        torch::cat({data.features.narrow(0, 0, 3), torch::full({2, 2}, 1e4, torch::kFloat64)});
    const ProbeConfig config{.hidden = 8, .epochs = 2};

    const auto with_outliers = probe_scores(data, queries, trials, config).narrow(1, 0, 3);
    const auto alone = probe_scores(data, queries.narrow(0, 0, 3), trials, config);

    EXPECT_TRUE(torch::allclose(with_outliers, alone, 1e-12, 1e-12));
}

TEST(Probe, StandardisingForgetsScaleAndOffsetOfTheFeatures) {
    const auto data = exclusive_or();
    auto moved = data;
    moved.features = data.features * torch::tensor({1e-3, 50.0}, torch::kFloat64) + 7;
    const std::vector<ProbeTrial> trials{{}};
    const ProbeConfig config{.hidden = 8, .epochs = 2};

    EXPECT_TRUE(torch::allclose(probe_scores(data, data.features, trials, config),
                                probe_scores(moved, moved.features, trials, config), 1e-6, 1e-6));
}

TEST(Probe, ConstantFeaturesLeaveTheScoresFinite) {
    auto data = exclusive_or();
    data.features = torch::full({80, 2}, 0.1, torch::kFloat32);
    const std::vector<ProbeTrial> trials{{}};

    const auto scores = probe_scores(data, data.features + 1e-3, trials, {.hidden = 8, .epochs = 2});

    EXPECT_LT(scores.abs().max().item<double>(), 10);
}

TEST(Probe, RefusesWhatDoesNotFit) {
    const auto data = exclusive_or();
    const std::vector<ProbeTrial> trials{{}};

    EXPECT_THROW(probe_scores(data, data.features, {}), c10::ValueError);
    EXPECT_THROW(probe_scores(data, data.features.narrow(1, 0, 1), trials), c10::ValueError);
    EXPECT_THROW(probe_scores(data, data.features, trials, {.epochs = 0}), c10::ValueError);
    EXPECT_THROW(probe_scores(data, data.features, trials, {.batch = 0}), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
