#include "src/model/inputs.hpp"

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "src/data/points.hpp"
#include "src/model/encoder.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

using enum InputPart;
const std::vector all_parts{positions, velocities, bones, hands, validity};

FeatureLayout layout_with_flags(std::int64_t coordinates) {
    return {.points = points_of(PointSet::upper_body), .coordinates = coordinates, .flags = 3};
}

/// The clips that make_inputs.py describes, of 4, 1 and 6 frames.
torch::Tensor golden_frames(std::int64_t coordinates) {
    const auto s = torch::arange(11, torch::kFloat64).unsqueeze(1);
    const auto f = torch::arange(65 * coordinates + 3, torch::kFloat64);
    auto frames = torch::sin(0.37 * s * (1 + f.remainder(5)) + 0.11 * f + 0.2);
    auto points = frames.slice(1, 0, 65 * coordinates).view({11, 65, coordinates});
    points[4].slice(0, 23, 44).zero_();
    points[1].slice(0, 44, 65).zero_();
    points[7].slice(0, 44, 65).zero_();
    points[2][15].zero_();
    points[8][50].zero_();
    auto small_hand = points.slice(0, 5, 11).slice(1, 23, 44);
    const auto wrist = small_hand.slice(1, 0, 1).clone();
    small_hand.copy_(wrist + 0.001 * (small_hand - wrist));
    return frames;
}

const std::vector<std::int64_t> golden_offsets{0, 4, 5, 11};

/// Clips of 3, 1 and 5 frames of random landmarks.
torch::Tensor random_frames() {
    torch::manual_seed(3);
    return torch::randn({9, 133}, torch::kFloat64);
}

const std::vector<std::int64_t> random_offsets{0, 3, 4, 9};

double difference(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

TEST(Inputs, GiveTheGoldenValuesOfNumPy) {
    std::ifstream file{GOLDEN_FOLDER "/inputs.json"};
    const auto golden = nlohmann::json::parse(file);
    const std::int64_t stride = golden["stride"];
    for (const auto& expected : golden["cases"]) {
        const std::int64_t coordinates = expected["coordinates"];
        const auto frames = golden_frames(coordinates);
        for (const auto part : all_parts) {
            const Inputs inputs{layout_with_flags(coordinates), {part}};
            const auto& values = expected["parts"][word_of(part)];
            const auto wanted = torch::tensor(values["values"].get<std::vector<double>>(), torch::kFloat64);
            EXPECT_EQ(inputs.width(), values["width"].get<std::int64_t>()) << word_of(part);
            for (const auto dtype : {torch::kFloat64, torch::kFloat32}) {
                const auto derived = inputs(frames.to(dtype), golden_offsets);

                ASSERT_EQ(derived.scalar_type(), dtype);
                ASSERT_EQ(derived.sizes(), (std::vector<std::int64_t>{11, inputs.width()}));
                EXPECT_LT(difference(derived.flatten().slice(0, 0, {}, stride), wanted),
                          dtype == torch::kFloat64 ? 1e-10 : 1e-4)
                    << word_of(part) << ' ' << coordinates;
            }
        }
    }
}

TEST(Inputs, StandSideBySideInTheirOwnOrderEachOnce) {
    const auto layout = layout_with_flags(2);
    const auto frames = random_frames();

    const Inputs inputs{layout, {validity, hands, velocities, hands}};

    EXPECT_EQ(inputs.parts(), (std::vector{velocities, hands, validity}));
    const auto derived = inputs(frames, random_offsets);
    std::vector<torch::Tensor> alone;
    for (const auto part : inputs.parts()) {
        alone.push_back(Inputs{layout, {part}}(frames, random_offsets));
    }
    EXPECT_TRUE(torch::equal(derived, torch::cat(alone, 1)));
}

TEST(Inputs, OfPositionsAndValidityAreTheFramesThemselves) {
    const Inputs inputs{layout_with_flags(2), {positions, validity}};
    const auto frames = random_frames();
    const std::vector<std::int64_t> of_other_frames{0, 3, 4};

    EXPECT_TRUE(torch::equal(inputs(frames, random_offsets), frames));
    EXPECT_THROW(inputs(frames, of_other_frames), c10::ValueError);
}

TEST(Inputs, OfAClipDoNotDependOnItsBatch) {
    const Inputs inputs{layout_with_flags(2), all_parts};
    const auto frames = random_frames();

    const auto together = inputs(frames, random_offsets);

    for (std::size_t clip = 0; clip < 3; ++clip) {
        const auto first = random_offsets[clip];
        const auto last = random_offsets[clip + 1];
        const std::vector<std::int64_t> offsets{0, last - first};
        EXPECT_LT(difference(inputs(frames.slice(0, first, last), offsets), together.slice(0, first, last)),
                  1e-12);
    }
}

TEST(Inputs, OfPermutedFramesAreThoseOfThePermutedClip) {
    const Inputs inputs{layout_with_flags(2), {velocities}};
    const auto frames = random_frames();
    const auto order = torch::tensor({0, 1, 2, 3, 6, 4, 5, 8, 7});
    const auto permuted = frames.index_select(0, order);

    const auto derived = inputs(permuted, random_offsets);

    for (const std::int64_t frame : {5, 6, 7, 8}) {
        const auto change = velocity_frames * (permuted[frame] - permuted[frame - 1]).slice(0, 0, 130);
        EXPECT_LT(difference(derived[frame], change), 1e-12) << frame;
    }
    for (const std::int64_t first : {0, 3, 4}) {
        EXPECT_EQ(derived[first].abs().max().item<double>(), 0) << first;
    }
}

TEST(Inputs, OfHandsDoNotDependOnWhereAHandIsNorOnItsSize) {
    const Inputs inputs{layout_with_flags(2), {hands}};
    const auto frames = random_frames();
    auto moved = frames.clone();
    moved.slice(1, 46, 88) = 2.5 * moved.slice(1, 46, 88) + 3;  // the left hand

    EXPECT_LT(difference(inputs(frames, random_offsets), inputs(moved, random_offsets)), 1e-10);
}

TEST(Inputs, AreNothingOfAHandThatIsMissing) {
    const Inputs inputs{layout_with_flags(2), {velocities, bones, hands}};
    auto frames = random_frames();
    frames.slice(0, 4, 9).slice(1, 46, 88).zero_();  // the left hand of the last clip
    frames.set_requires_grad(true);

    const auto derived = inputs(frames, random_offsets);
    derived.square().sum().backward();

    const auto last = derived.slice(0, 4, 9);
    EXPECT_EQ(last.slice(1, 46, 88).abs().max().item<double>(), 0);    // velocities
    EXPECT_EQ(last.slice(1, 170, 210).abs().max().item<double>(), 0);  // bones, after the 20 of the pose
    EXPECT_EQ(last.slice(1, 250, 290).abs().max().item<double>(), 0);  // shape
    EXPECT_GT(last.slice(1, 290, 330).abs().max().item<double>(), 0);  // shape of the right hand
    EXPECT_TRUE(frames.grad().isfinite().all().item<bool>());
    EXPECT_EQ(frames.grad().slice(0, 4, 9).slice(1, 46, 88).abs().max().item<double>(), 0);
}

TEST(Inputs, HaveTheGradientOfFiniteDifferences) {
    const Inputs inputs{layout_with_flags(2), all_parts};
    auto frames = random_frames();
    frames[2].slice(0, 46, 88).zero_();
    frames.set_requires_grad(true);
    const auto weights = torch::randn({9, inputs.width()}, torch::kFloat64);
    const auto loss = [&](const torch::Tensor& of) {
        return (inputs(of, random_offsets).sin() * weights).sum();
    };
    loss(frames).backward();

    const torch::NoGradGuard no_grad;
    constexpr double step = 1e-6;
    for (const std::int64_t column : {0, 31, 46, 47, 64, 65, 70, 88, 129, 132}) {  // with wrists and knuckles
        for (const std::int64_t row : {0, 1, 3, 4, 8}) {
            const auto at = [&](double by) {
                auto moved = frames.detach().clone();
                moved[row][column] += by;
                return loss(moved).item<double>();
            };
            EXPECT_NEAR(frames.grad()[row][column].item<double>(), (at(step) - at(-step)) / (2 * step), 1e-6)
                << row << ' ' << column;
        }
    }
}

TEST(Inputs, OfAnEmptyBatchAreEmpty) {
    const Inputs inputs{layout_with_flags(2), all_parts};
    const std::vector<std::int64_t> none{0};
    auto frames = torch::empty({0, 133}).set_requires_grad(true);

    const auto derived = inputs(frames, none);
    derived.sum().backward();

    EXPECT_EQ(derived.sizes(), (std::vector<std::int64_t>{0, inputs.width()}));
}

TEST(Inputs, RefuseWhatTheFeaturesDoNotHold) {
    const FeatureLayout without_flags{.points = points_of(PointSet::upper_body)};
    const FeatureLayout without_hands{.points = {"pose.nose", "pose.left_eye_inner"}};

    EXPECT_THROW((Inputs{without_flags, {positions, validity}}), c10::ValueError);
    EXPECT_THROW((Inputs{without_hands, {hands}}), c10::ValueError);
    EXPECT_THROW((Inputs{without_flags, {}}), c10::ValueError);
    EXPECT_EQ((Inputs{without_hands, {bones}}).width(), 2);
    const std::vector<std::int64_t> offsets{0, 2};
    EXPECT_THROW((Inputs{without_flags, {hands}}(torch::zeros({2, 133}), offsets)), c10::ValueError);
}

TEST(EncoderInputs, AreDerivedFromEachClipInWhateverOrderClipsCome) {
    torch::manual_seed(3);
    EncoderConfig config{.frames = 8, .blocks = 1, .width = 8, .heads = 2, .dropout = 0, .inputs = all_parts};
    fit_to(config, layout_with_flags(2));
    Encoder encoder{config};
    encoder->to(torch::kFloat64);
    const PackedClips batch{random_frames(), random_offsets, {0, 1, 2}, {0, 0, 0}};

    const auto together = encoder(batch, DropoutKey{});

    EXPECT_EQ(encoder->named_parameters()["input.weight"].size(1), 130 + 130 + 2 * (20 + 40) + 80 + 3);
    for (std::size_t clip = 0; clip < 3; ++clip) {
        const PackedClips alone{batch.frames.slice(0, batch.offsets[clip], batch.offsets[clip + 1]),
                                {0, batch.offsets[clip + 1] - batch.offsets[clip]},
                                {static_cast<std::int64_t>(clip)},
                                {0}};
        EXPECT_LT(difference(together[static_cast<std::int64_t>(clip)], encoder(alone, DropoutKey{})[0]),
                  1e-12);
    }
}

TEST(EncoderInputs, OfPositionsAloneLeaveOutFlags) {
    const EncoderConfig shape{
        .features = 130, .frames = 8, .blocks = 1, .width = 8, .heads = 2, .dropout = 0};
    auto flagged = shape;
    fit_to(flagged, layout_with_flags(2));
    torch::manual_seed(5);
    Encoder plain{shape};
    torch::manual_seed(5);
    Encoder other{flagged};
    const auto frames = random_frames().to(torch::kFloat32);
    const PackedClips with_flags{frames, random_offsets, {0, 1, 2}, {0, 0, 0}};
    const PackedClips without{frames.slice(1, 0, 130), random_offsets, {0, 1, 2}, {0, 0, 0}};

    EXPECT_TRUE(torch::equal(other(with_flags, DropoutKey{}), plain(without, DropoutKey{})));
}

TEST(EncoderInputs, CountAmongTheUsefulWork) {
    const std::vector<std::int64_t> lengths{3, 5};
    EncoderConfig config{.features = 130, .inputs = {positions, velocities}};
    fit_to(config, {.points = points_of(PointSet::upper_body)});
    const EncoderConfig wide{.features = 260};

    EXPECT_EQ(useful_flops(config, lengths, 2, 1), useful_flops(wide, lengths, 2, 1));
}

}  // namespace
}  // namespace sslslr
