#include "src/export/description.hpp"

#include <gtest/gtest.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

TEST(Description, NamesEveryFeatureInOrder) {
    const auto description =
        description_of({.points = PointSet::all, .coordinates = 3, .frames = 20, .validity = true});

    const auto names = description["features"].get<std::vector<std::string>>();
    ASSERT_EQ(names.size(), 75U * 3 + 3);
    EXPECT_EQ(names[0], "pose.nose.x");
    EXPECT_EQ(names[2], "pose.nose.z");
    EXPECT_EQ(names[3], "pose.left_eye_inner.x");
    EXPECT_EQ(names[33 * 3], "left_hand.wrist.x");
    EXPECT_EQ(names[75 * 3], "pose.is_detected");
    EXPECT_EQ(names.back(), "right_hand.is_detected");
}

TEST(Description, GivesTheOptionsBack) {
    const PreprocessConfig config{.points = PointSet::all,
                                  .coordinates = 3,
                                  .smooth = true,
                                  .normalise = false,
                                  .frames = 17,
                                  .shorten = Shortening::first,
                                  .canonical_hand = true,
                                  .validity = true};

    const auto found = preprocess_config_of(nlohmann::json::parse(description_of(config).dump()));

    EXPECT_EQ(found.points, config.points);
    EXPECT_EQ(found.coordinates, config.coordinates);
    EXPECT_EQ(found.smooth, config.smooth);
    EXPECT_EQ(found.normalise, config.normalise);
    EXPECT_EQ(found.frames, config.frames);
    EXPECT_EQ(found.shorten, config.shorten);
    EXPECT_EQ(found.canonical_hand, config.canonical_hand);
    EXPECT_EQ(found.validity, config.validity);
}

TEST(Description, OfAnEarlierVersionIsReadUnlessItsFlagsAreNoLongerMade) {
    auto description = description_of(PreprocessConfig{.frames = 17});
    description.erase("validity");
    description.erase("canonical_hand");
    description["part_masks"] = false;
    EXPECT_EQ(preprocess_config_of(description).frames, 17);

    description["part_masks"] = true;
    EXPECT_THROW(preprocess_config_of(description), ConfigError);
}

TEST(Description, TellsOnlyTheStepsThatAreTaken) {
    const auto plain = description_of(PreprocessConfig{.normalise = false})["steps"];
    const auto full =
        description_of(PreprocessConfig{.smooth = true, .canonical_hand = true, .validity = true})["steps"];

    EXPECT_EQ(plain.size(), 4U);
    EXPECT_EQ(full.size(), 8U);
    EXPECT_EQ(plain.dump().find("Savitzky"), std::string::npos);
    EXPECT_NE(full.dump().find("becomes 64 frames"), std::string::npos);
}

TEST(Description, SaysWhichInputsTheEncoderReadsAndFromWhichPoints) {
    const EncoderConfig plain{.features = 6};
    EncoderConfig rich{.inputs = {InputPart::hands, InputPart::velocities}};
    fit_to(rich, layout_of({}));

    EXPECT_EQ(description_of(plain)["inputs"].dump(), R"({"parts":["positions"]})");
    const auto inputs = description_of(rich)["inputs"];
    EXPECT_EQ(inputs["parts"].dump(), R"(["velocities","hands"])");
    EXPECT_EQ(inputs["layout"]["shape"].dump(), "[65,2]");
    EXPECT_EQ(inputs["layout"]["palms"].dump(), "[32,53]");
    EXPECT_EQ(inputs["layout"]["palm_starts"].dump(), "[23,44]");
    EXPECT_EQ(inputs["layout"]["fingers"].size(), 40U);
}

}  // namespace
}  // namespace sslslr
