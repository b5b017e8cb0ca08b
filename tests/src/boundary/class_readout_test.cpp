#include "src/boundary/class_readout.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

/// 60 clips of 3 glosses: feature 0 separates the glosses, 1 is large but does not, 2 is constant.
LabelledFeatures three_glosses() {
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(3);
    const auto labels = torch::arange(60) % 3;
    const auto noise = torch::randn({60, 2}, generator, torch::kFloat64);
    return {torch::stack({labels.to(torch::kFloat64) + 0.1 * noise.select(1, 0), 50 * noise.select(1, 1),
                          torch::full({60}, 7.0, torch::kFloat64)},
                         1),
            labels, 3};
}

TEST(ClassReadout, KeepsWhatTellsGlossesApartAndDropsTheRest) {
    const ClassReadout readout{three_glosses()};
    const auto steps = torch::tensor({{0.0, 0.0, 7.0}, {1.0, 0.0, 7.0}, {0.0, 50.0, 7.0}});

    const auto scores = readout(steps);

    const auto distance = [&](std::int64_t row) { return (scores[row] - scores[0]).norm().item<double>(); };
    EXPECT_GT(distance(1), 0.3);
    EXPECT_LT(distance(2), 0.1);
}

TEST(ClassReadout, EqualsRidgeRegressionWorkedOutByHand) {
    const LabelledFeatures known{torch::tensor({{-1.0}, {1.0}}, torch::kFloat64), torch::tensor({0, 1}), 2};

    const auto scores = ClassReadout{known, 0.5}(torch::tensor({{2.0}}));

    // The feature's deviation is sqrt(2), so its scaled mean square is 1/2 and its mean product with the
    // centred targets -+1/2 is -+sqrt(2)/4. The weights are -+sqrt(2)/4 / (1/2 + 1/2), or -+1/4 for the
    // unscaled feature.
    EXPECT_NEAR(scores[0][0].item<double>(), -0.5, 1e-12);
    EXPECT_NEAR(scores[0][1].item<double>(), 0.5, 1e-12);
}

TEST(ClassReadout, ScoresFeaturesWhereTheyLie) {
    const auto known = three_glosses();  // in host memory
    const auto width = known.features.size(1);

    const auto scores = ClassReadout{known}(torch::empty({5, width}, torch::kMeta));

    EXPECT_TRUE(scores.is_meta());
    EXPECT_EQ(scores.sizes(), (std::vector<std::int64_t>{5, 3}));
}

TEST(ClassReadout, RefusesASingleClipAndNoRidge) {
    const auto known = three_glosses();

    EXPECT_THROW((ClassReadout{{known.features.slice(0, 0, 1), known.labels.slice(0, 0, 1), 3}}),
                 c10::ValueError);
    EXPECT_THROW((ClassReadout{known, 0}), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
