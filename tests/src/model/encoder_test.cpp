#include "src/model/encoder.hpp"

#include <gtest/gtest.h>

#include "src/settings/words.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

EncoderConfig small(double dropout) {
    return {.features = 6, .frames = 20, .blocks = 3, .width = 16, .heads = 4, .dropout = dropout};
}

PackedClips random_clips(const std::vector<std::int64_t>& lengths, torch::Dtype dtype = torch::kFloat64) {
    PackedClips clips{{}, {0}, {}, {}};
    for (const auto length : lengths) {
        clips.offsets.push_back(clips.offsets.back() + length);
        clips.ids.push_back(clips.clips() + 100);
        clips.views.push_back(0);
    }
    clips.frames = torch::randn({clips.offsets.back(), 6}, dtype);
    return clips;
}

class EncoderTest : public testing::Test {
protected:
    void SetUp() override { torch::manual_seed(7); }
};

TEST_F(EncoderTest, EqualsPyTorchPaddedAndMasked) {
    const auto file = golden::read("encoder.json");
    auto config = golden::encoder_config(file["model"]);
    for (const auto pooling : {Pooling::cls, Pooling::mean}) {
        config.pooling = pooling;
        Encoder encoder{config};
        encoder->to(torch::kFloat64);
        auto networks = std::make_shared<torch::nn::Module>();
        networks->register_module("encoder", encoder.ptr());
        golden::fill_parameters(*networks);

        const auto features =
            encoder(golden::clips(golden::whole(file["lengths"]), config.features, 0), DropoutKey{});

        const auto expected = golden::matrix(file["sl_fpn"][std::string{"features_"} + word_of(pooling)]);
        EXPECT_LT(golden::relative_difference(expected, features), 1e-10) << word_of(pooling);
    }
}

TEST_F(EncoderTest, AClipsFeaturesDoNotDependOnItsBatch) {
    Encoder encoder{small(0.3)};
    encoder->to(torch::kFloat64);
    const auto batch = random_clips({5, 12, 5, 1, 20});

    const auto together = encoder(batch, DropoutKey{11});

    for (std::int64_t b = 0; b < batch.clips(); ++b) {
        const auto i = static_cast<std::size_t>(b);
        const PackedClips alone{batch.frames.slice(0, batch.offsets[i], batch.offsets[i + 1]),
                                {0, batch.length(b)},
                                {batch.ids[i]},
                                {0}};
        EXPECT_LT(golden::relative_difference(together[b], encoder(alone, DropoutKey{11})[0]), 1e-12) << b;
    }
}

TEST_F(EncoderTest, DropoutDependsOnSeedViewAndModeAlone) {
    Encoder encoder{small(0.3)};
    auto batch = random_clips({5, 12}, torch::kFloat32);
    const auto first = encoder(batch, DropoutKey{1});

    EXPECT_TRUE(torch::equal(first, encoder(batch, DropoutKey{1})));
    EXPECT_FALSE(torch::allclose(first, encoder(batch, DropoutKey{2})));
    batch.views = {1, 1};
    EXPECT_FALSE(torch::allclose(first, encoder(batch, DropoutKey{1})));

    encoder->eval();
    EXPECT_TRUE(torch::equal(encoder(batch, DropoutKey{1}), encoder(batch, DropoutKey{2})));
}

TEST_F(EncoderTest, AnEmptyBatchReachesEveryParameterWithZeroGradient) {
    Encoder encoder{small(0.1)};

    const auto features = encoder(random_clips({}, torch::kFloat32), DropoutKey{});
    features.sum().backward();

    EXPECT_EQ(features.sizes(), (std::vector<std::int64_t>{0, 16}));
    for (const auto& item : encoder->named_parameters()) {
        ASSERT_TRUE(item.value().grad().defined()) << item.key();
        EXPECT_EQ(item.value().grad().abs().max().item<float>(), 0) << item.key();
    }
}

TEST_F(EncoderTest, TheOrderOfFramesReachesTheOutputFromTheStart) {
    for (const auto position : {Positions::learnt, Positions::sinusoidal}) {
        auto config = small(0);
        config.position = position;
        Encoder encoder{config};
        const auto recorded = random_clips({12}, torch::kFloat32);
        auto turned = recorded;
        turned.frames = recorded.frames.flip(0);

        const auto features = encoder(recorded, DropoutKey{});

        EXPECT_GT((encoder(turned, DropoutKey{}) - features).norm().item<float>(),
                  0.02 * features.norm().item<float>())
            << word_of(position);
    }
}

TEST_F(EncoderTest, RefusesClipsLongerThanItsPositions) {
    Encoder encoder{small(0)};

    EXPECT_THROW(encoder(random_clips({21}, torch::kFloat32), DropoutKey{}), c10::ValueError);
}

TEST_F(EncoderTest, UsefulWorkIsThatOfItsMatrixProducts) {
    const EncoderConfig config{.features = 10, .frames = 8, .blocks = 2, .width = 4, .heads = 2};
    const std::vector<std::int64_t> lengths{3};
    const double embedding = 2 * 3 * 10 * 4;
    const double block =
        4 * (2 * (3 * 16 + 16 + 2 * 64) + 2 * 2 * 4 * 4);  // 4 tokens: weights, then scores and values
    const double last =
        2 * (4 * 16 + 2 * 64) + 2 * 2 * 2 * 4 * 4;  // one token; two heads score and sum 4 tokens

    EXPECT_EQ(useful_flops(config, lengths, 0, 1), embedding + block + last);
    EXPECT_EQ(useful_flops(config, lengths, 1, 0), 2 * embedding + 3 * (block + last));
}

}  // namespace
}  // namespace sslslr
