// What the regularisers of projections penalise, and that every method with a projector accepts them.
#include "src/method/regulariser.hpp"

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/method/registry.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

class RegulariserProperties : public testing::Test {
protected:
    void SetUp() override { torch::manual_seed(7); }

    double sigreg(const torch::Tensor& z) {
        const std::vector<torch::Tensor> views{z};
        return regulariser_share({.kind = RegulariserKind::sigreg}, views, z.size(0), 3, group_)
            .item<double>();
    }
    double vicreg(const torch::Tensor& z) {
        const std::vector<torch::Tensor> views{z};
        return vicreg_share(views, z.size(0), group_).item<double>();
    }
    static double deviation(const torch::Tensor& z) { return z.std(0).mean().item<double>(); }

    dist::Group group_{dist::Communicator::self(), at::kCPU};
};

TEST_F(RegulariserProperties, StandardNormalSamplesScoreNearZero) {
    const auto normal = torch::randn({2000, 16});

    EXPECT_LT(sigreg(normal), 2e-3);
    EXPECT_LT(vicreg(normal), 2e-2);
}

TEST_F(RegulariserProperties, ACollapsedOrAnUnevenCloudScoresHigh) {
    const auto point = torch::randn({1, 16}).expand({64, 16});
    const auto line = torch::randn({2000, 1}) * torch::randn({1, 16});
    const auto flat = torch::randn({2000, 16}) * torch::cat({torch::full({8}, 3.0), torch::full({8}, 0.05)});

    for (const auto& cloud : {point, line, flat}) {
        EXPECT_GT(sigreg(cloud), 0.1);
        EXPECT_GT(vicreg(cloud), 0.3);
    }
}

TEST_F(RegulariserProperties, SigregSeesAShiftedCloudAndVicregDoesNot) {
    const auto normal = torch::randn({2000, 16});

    EXPECT_GT(sigreg(normal + 2), 0.5);
    EXPECT_NEAR(vicreg(normal + 2), vicreg(normal), 1e-4);
}

TEST_F(RegulariserProperties, TheValueHardlyDependsOnTheBatchSize) {
    const auto flat = torch::randn({4096, 16}) * torch::cat({torch::full({8}, 3.0), torch::full({8}, 0.05)});

    EXPECT_NEAR(sigreg(flat.slice(0, 0, 256)) / sigreg(flat), 1, 0.1);
}

TEST_F(RegulariserProperties, DescentOnSigregAloneSpreadsACollapsedCloud) {
    auto z = (1e-3 * torch::randn({32, 4}, torch::kFloat64)).set_requires_grad(true);

    for (std::uint64_t step = 0; step < 200; ++step) {
        const std::vector<torch::Tensor> views{z};
        regulariser_share({.kind = RegulariserKind::sigreg}, views, 32, step, group_).backward();
        const torch::NoGradGuard no_grad;
        z.sub_(5 * z.grad());
        z.mutable_grad().zero_();
    }

    EXPECT_NEAR(deviation(z.detach()), 1, 0.15);
    EXPECT_LT(sigreg(z.detach()), 0.05);
}

TEST_F(RegulariserProperties, DirectionsAreUnitColumnsThatOnlyTheSeedDecides) {
    const auto directions = random_directions(8, 5000, 3);

    EXPECT_LT((directions.norm(2, 0) - 1).abs().max().item<double>(), 1e-12);
    EXPECT_LT(directions.mean(1).abs().max().item<double>(), 0.03);
    EXPECT_LT((torch::mm(directions, directions.t()) / 5000 - torch::eye(8, torch::kFloat64) / 8)
                  .abs()
                  .max()
                  .item<double>(),
              0.01);
    EXPECT_TRUE(torch::equal(directions, random_directions(8, 5000, 3)));
    EXPECT_FALSE(torch::equal(directions, random_directions(8, 5000, 4)));
}

class RegularisedMethod : public testing::TestWithParam<std::string> {
protected:
    static MethodConfig config(RegulariserKind kind, double weight = 0.5) {
        return {.kind = method_named(GetParam()),
                .encoder = {.features = 6, .frames = 8, .blocks = 1, .width = 8, .heads = 2},
                .heads = {.embedding = 4, .predictor_hidden = 4},
                .regulariser = {kind, weight},
                .contrast = {.queue = 6},
                .pcl = {.clusters = {2}},
                .classes = 3,
                .clips = 10};
    }
    static Batch batch() {
        const auto view = [](std::int64_t number) {
            return PackedClips{
                torch::randn({18, 6}), {0, 3, 10, 14, 18}, {4, 5, 6, 7}, {number, number, number, number}};
        };
        return {.views = {view(0), view(1), view(2)}, .labels = {}, .global_size = 4};
    }

    dist::Group group_{dist::Communicator::self(), at::kCPU};
};

TEST_P(RegularisedMethod, AddsATermOfTheTrainedViewsProjectionsToItsLoss) {
    torch::manual_seed(2);
    const auto one = batch();
    for (const auto kind : {RegulariserKind::sigreg, RegulariserKind::vicreg}) {
        const auto method = make_method(config(kind), 1);
        const auto encoded = method->encode(one);
        const auto plain = method->loss(encoded, one, group_);

        const auto all = method->objective(encoded, one, group_);

        ASSERT_EQ(all.projections.size(), static_cast<std::size_t>(method->trained_views()));
        ASSERT_EQ(all.terms.size(), plain.terms.size() + 1);
        EXPECT_EQ(all.terms.back().name, word_of(kind));
        EXPECT_NEAR(all.terms.back().value.item<double>(),
                    regulariser_share(config(kind).regulariser, all.projections, 4, 0, group_).item<double>(),
                    1e-6);
        EXPECT_TRUE(method->needs_whole_share());
        EXPECT_EQ(method->project(encoded.trained.first, group_).sizes(), (torch::IntArrayRef{4, 4}));
    }
}

TEST_P(RegularisedMethod, WithoutOneItsObjectiveIsItsLoss) {
    torch::manual_seed(2);
    const auto one = batch();
    const auto method = make_method(config(RegulariserKind::none), 1);
    const auto encoded = method->encode(one);

    EXPECT_EQ(method->objective(encoded, one, group_).sum().item<double>(),
              method->loss(encoded, one, group_).sum().item<double>());
    EXPECT_EQ(method->needs_whole_share(), method->couples_clips());
}

INSTANTIATE_TEST_SUITE_P(Methods, RegularisedMethod,
                         testing::ValuesIn(method_names([](const auto& kind) { return kind.has_projector; })),
                         [](const auto& name) {
                             auto letters = name.param;
                             std::erase(letters, '-');
                             return letters;
                         });

TEST(Regulariser, AWeightOutOfRangeIsRefusedByName) {
    try {
        make_method({.kind = method_named("simclr"), .regulariser = {RegulariserKind::vicreg, 0}}, 1);
        FAIL() << "took a weight of 0";
    } catch (const ConfigError& error) {
        EXPECT_NE(io::as_options(error.what()).find("--regulariser-weight 0"), std::string::npos);
    }
}

TEST(Regulariser, IsNoSettingOfAMethodWithoutProjections) {
    const auto method = make_method(
        {.kind = method_named("supervised"), .regulariser = {.kind = RegulariserKind::sigreg}, .classes = 3},
        1);

    EXPECT_FALSE(method->needs_whole_share());
}

}  // namespace
}  // namespace sslslr
