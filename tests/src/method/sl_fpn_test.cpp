#include "src/method/sl_fpn.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <torch/autograd.h>

namespace sslslr {
namespace {

PackedClips clips(std::int64_t view) {
    return {torch::randn({10, 6}, torch::requires_grad().dtype(torch::kFloat64)),
            {0, 3, 10},
            {4, 5},
            {view, view}};
}

class SlFpnTest : public testing::Test {
protected:
    void SetUp() override { torch::manual_seed(7); }

    std::shared_ptr<SlFpn> method(const SlFpnConfig& config, double dropout = 0) {
        torch::manual_seed(3);
        auto made = std::make_shared<SlFpn>(
            EncoderConfig{
                .features = 6, .frames = 8, .blocks = 1, .width = 8, .heads = 2, .dropout = dropout},
            HeadConfig{.projector_hidden = 8,
                       .embedding = 4,
                       .predictor_hidden = 4,
                       .projector_norm = HeadNorm::none,
                       .predictor_norm = HeadNorm::none},
            config);
        made->set_precision(Precision::float64);
        return made;
    }

    Batch batch() { return {.views = {clips(0), clips(1), clips(2)}, .labels = {}, .global_size = 2}; }

    LossTerms loss_of(const std::shared_ptr<SlFpn>& method, const Batch& batch) {
        return method->loss(method->encode(batch), batch, group_);
    }

    dist::Group group_{dist::Communicator::self(), at::kCPU};
};

torch::Tensor term(const LossTerms& loss, std::string_view name) {
    return std::ranges::find(loss.terms, name, &LossTerm::name)->value;
}

bool reaches(const torch::Tensor& value, const PackedClips& view) {
    const auto gradient = torch::autograd::grad({value}, {view.frames}, {}, /*retain_graph=*/true, false,
                                                /*allow_unused=*/true)[0];
    return gradient.defined() && gradient.abs().max().item<double>() > 0;
}

TEST_F(SlFpnTest, EachTermSendsItsGradientWhereTheFormulaSays) {
    const auto batch = this->batch();

    const auto loss = loss_of(method({}), batch);

    const auto& [anchor, first, second] = batch.views;
    EXPECT_TRUE(reaches(term(loss, "pair"), first) && reaches(term(loss, "pair"), second));
    EXPECT_FALSE(reaches(term(loss, "pair"), anchor));
    EXPECT_TRUE(reaches(term(loss, "original"), first) && reaches(term(loss, "original"), anchor));
    EXPECT_FALSE(reaches(term(loss, "original"), second));
    EXPECT_TRUE(reaches(term(loss, "predict"), anchor));
    EXPECT_FALSE(reaches(term(loss, "predict"), second)) << "the target is a constant";
    EXPECT_FALSE(reaches(term(loss, "predict"), first));
}

TEST_F(SlFpnTest, OptionsRouteTheGradientsOfTheOtherReadings) {
    const auto batch = this->batch();
    const auto& [anchor, first, second] = batch.views;

    const auto constant = loss_of(method({.stop_gradient_original = true}), batch);
    EXPECT_FALSE(reaches(term(constant, "original"), anchor));
    EXPECT_TRUE(reaches(term(constant, "original"), first));

    const auto from_view = loss_of(method({.predictor_input = PredictorInput::view}), batch);
    EXPECT_TRUE(reaches(term(from_view, "predict"), first));
    EXPECT_FALSE(reaches(term(from_view, "predict"), anchor));

    const auto plain = loss_of(method({.predictor = false}), batch);
    EXPECT_TRUE(reaches(term(plain, "predict"), second)) << "without predictor no stop-gradient";

    const auto without = loss_of(method({.original = false}), batch);
    EXPECT_EQ(term(without, "original").item<double>(), 0);
    EXPECT_TRUE(reaches(term(without, "predict"), first));

    const auto swapped = loss_of(method({.swap = true}), batch);
    EXPECT_TRUE(reaches(term(swapped, "predict"), first));
    EXPECT_TRUE(reaches(term(swapped, "pair"), anchor));
}

TEST_F(SlFpnTest, AConstantOriginalIsEncodedWithoutGraphAndGivesTheSameLoss) {
    const auto batch = this->batch();
    const SlFpnConfig constant{.predictor_input = PredictorInput::view, .stop_gradient_original = true};

    EXPECT_FALSE(method(constant, 0.2)->encode(batch).trained.anchor.defined());
    const auto cheap = loss_of(method(constant, 0.2), batch);
    const auto whole = loss_of(method({.predictor_input = PredictorInput::view}, 0.2), batch);

    EXPECT_NEAR(cheap.sum().item<double>(), whole.sum().item<double>(), 1e-14);
    EXPECT_FALSE(reaches(cheap.sum(), batch.views.anchor));
}

TEST_F(SlFpnTest, PairAndOriginalTermsVanishWhenTheViewsCoincide) {
    auto batch = this->batch();
    batch.views.first.frames = batch.views.second.frames = batch.views.anchor.frames;

    const auto loss = loss_of(method({}), batch);

    EXPECT_LT(term(loss, "pair").item<double>(), 1e-28);
    EXPECT_LT(term(loss, "original").item<double>(), 1e-28);
    EXPECT_GT(term(loss, "predict").item<double>(), 0);
}

TEST_F(SlFpnTest, WeightsScaleTheirTerms) {
    const auto batch = this->batch();

    const auto plain = loss_of(method({}), batch);
    const auto weighted = loss_of(method({.weights = {2, 3, 5}}), batch);

    EXPECT_NEAR(term(weighted, "pair").item<double>(), 2 * term(plain, "pair").item<double>(), 1e-15);
    EXPECT_NEAR(term(weighted, "original").item<double>(), 3 * term(plain, "original").item<double>(), 1e-15);
    EXPECT_NEAR(term(weighted, "predict").item<double>(), 5 * term(plain, "predict").item<double>(), 1e-15);
}

TEST_F(SlFpnTest, TheOrderOfClipsDoesNotChangeTheLoss) {
    const auto batch = this->batch();
    const auto turned = [](const PackedClips& view) {
        return PackedClips{torch::cat({view.frames.slice(0, 3), view.frames.slice(0, 0, 3)}),
                           {0, 7, 10},
                           {5, 4},
                           view.views};
    };
    const Batch other{
        .views = {turned(batch.views.anchor), turned(batch.views.first), turned(batch.views.second)},
        .labels = {},
        .global_size = 2};
    const auto with_dropout = method({}, 0.2);

    const auto one = loss_of(with_dropout, batch);
    const auto two = loss_of(with_dropout, other);

    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(one.terms[i].value.item<double>(), two.terms[i].value.item<double>(), 1e-14);
    }
}

}  // namespace
}  // namespace sslslr
