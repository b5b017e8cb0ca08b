// What evaluations report equals the results of scikit-learn, SciPy and NumPy
// (tests/src/golden/make_evaluation.py).
#include <gtest/gtest.h>

#include "src/evaluate/intervals.hpp"
#include "src/evaluate/knn.hpp"
#include "src/evaluate/measures.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/evaluate/probe.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

class GoldenEvaluation : public testing::Test {
protected:
    static torch::Tensor labels_of(const nlohmann::json& labels) {
        return torch::tensor(labels.get<std::vector<std::int64_t>>(), torch::kInt64);
    }
    /// The features of a case and their labels.
    static LabelledFeatures features_of(const nlohmann::json& golden_case) {
        const auto centres = golden::input(golden_case, "centres");
        const auto labels = labels_of(golden_case["labels"]);
        return {golden::input(golden_case, "features") + 0.5 * centres.index_select(0, labels), labels,
                centres.size(0)};
    }

    const nlohmann::json golden_ = golden::read("evaluation.json");
};

TEST_F(GoldenEvaluation, TopKConfusionAndF1AreScikitLearns) {
    const auto& expected = golden_["predictions"];
    const auto scores = golden::input(expected, "scores");
    const auto truth = labels_of(expected["truth"]);

    const auto result = outcome(scores, truth);
    const auto confusion = confusion_matrix(result.predicted, truth, scores.size(1));
    const auto table = per_gloss(confusion);

    for (const auto& [k, share] : expected["top_k"].items()) {
        EXPECT_DOUBLE_EQ(
            top_k_correct(scores, truth, std::stoll(k)).to(torch::kFloat64).mean().item<double>(), share)
            << "top " << k;
    }
    EXPECT_TRUE(torch::equal(confusion, golden::matrix(expected["confusion"]).to(torch::kInt64)));
    EXPECT_NEAR(macro_f1(confusion), expected["macro_f1"], 1e-12);
    for (std::size_t gloss = 0; gloss < table.size(); ++gloss) {
        EXPECT_EQ(table[gloss].clips, expected["clips"][gloss]) << gloss;
        EXPECT_NEAR(table[gloss].precision, expected["precision"][gloss], 1e-12) << gloss;
        EXPECT_NEAR(table[gloss].recall, expected["recall"][gloss], 1e-12) << gloss;
        EXPECT_NEAR(table[gloss].f1, expected["f1"][gloss], 1e-12) << gloss;
    }
}

TEST_F(GoldenEvaluation, TheLinearProbeReachesTheOptimumOfMultinomialLogisticRegression) {
    const auto& expected = golden_["logistic_regression"];
    const auto queries = golden::input(expected, "queries");
    std::vector<ProbeTrial> trials;
    for (const auto& one : expected["cases"]) {
        trials.push_back({.learning_rate = 0.1, .weight_decay = one["weight_decay"]});
    }

    const auto scores =
        probe_scores(features_of(expected), queries, trials, {.hidden = 0, .epochs = 1500, .batch = 1000});

    for (std::size_t i = 0; i < trials.size(); ++i) {
        const auto probabilities = scores[static_cast<std::int64_t>(i)].softmax(-1);
        EXPECT_TRUE(
            torch::allclose(probabilities, golden::matrix(expected["cases"][i]["probabilities"]), 1e-5, 1e-5))
            << "weight decay " << trials[i].weight_decay;
    }
}

TEST_F(GoldenEvaluation, NeighboursVoteAsScikitLearns) {
    const auto& data = golden_["logistic_regression"];
    const auto k = golden_["neighbours"]["neighbours"].get<std::int64_t>();

    const auto votes = knn_euclidean_votes(golden::input(data, "queries"), features_of(data), k);

    EXPECT_TRUE(torch::allclose(votes / votes.sum(1, true), golden::matrix(golden_["neighbours"]["shares"])));
}

TEST_F(GoldenEvaluation, EveryMeasureOfAnEmbeddingIsTheirs) {
    const auto& expected = golden_["measures"];
    const auto data = features_of(expected);

    const auto measures = measure_embedding(data.features, data.labels);

    for (const auto& [name, measure] : named_measures()) {
        EXPECT_NEAR(measures.*measure, expected[name], 1e-10) << name;
    }
}

TEST_F(GoldenEvaluation, StudentIntervalsAreSciPys) {
    for (const auto& expected : golden_["student"]) {
        const auto interval = student_interval(expected["runs"].get<std::vector<double>>());

        EXPECT_NEAR(interval.low, expected["low"], 1e-12);
        EXPECT_NEAR(interval.high, expected["high"], 1e-12);
    }
}

}  // namespace
}  // namespace sslslr
