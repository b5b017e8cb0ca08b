#include "src/export/description.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

TEST(Description, NamesEveryFeatureInOrder) {
    const auto description =
        description_of({.points = PointSet::all, .coordinates = 3, .frames = 20, .part_masks = true});

    const auto names = description["features"].get<std::vector<std::string>>();
    ASSERT_EQ(names.size(), 75U * 3 + 3);
    EXPECT_EQ(names[0], "pose.nose.x");
    EXPECT_EQ(names[2], "pose.nose.z");
    EXPECT_EQ(names[3], "pose.left_eye_inner.x");
    EXPECT_EQ(names[33 * 3], "left_hand.wrist.x");
    EXPECT_EQ(names[75 * 3], "pose.is_missing");
    EXPECT_EQ(names.back(), "right_hand.is_missing");
}

TEST(Description, GivesTheOptionsBack) {
    const PreprocessConfig config{.points = PointSet::all,
                                  .coordinates = 3,
                                  .smooth = true,
                                  .normalise = false,
                                  .frames = 17,
                                  .shorten = Shortening::first,
                                  .part_masks = true};

    const auto found = preprocess_config_of(nlohmann::json::parse(description_of(config).dump()));

    EXPECT_EQ(found.points, config.points);
    EXPECT_EQ(found.coordinates, config.coordinates);
    EXPECT_EQ(found.smooth, config.smooth);
    EXPECT_EQ(found.normalise, config.normalise);
    EXPECT_EQ(found.frames, config.frames);
    EXPECT_EQ(found.shorten, config.shorten);
    EXPECT_EQ(found.part_masks, config.part_masks);
}

TEST(Description, TellsOnlyTheStepsThatAreTaken) {
    const auto plain = description_of(PreprocessConfig{.normalise = false})["steps"];
    const auto full = description_of(PreprocessConfig{.smooth = true, .part_masks = true})["steps"];

    EXPECT_EQ(plain.size(), 4U);
    EXPECT_EQ(full.size(), 7U);
    EXPECT_EQ(plain.dump().find("Savitzky"), std::string::npos);
    EXPECT_NE(full.dump().find("becomes 64 frames"), std::string::npos);
}

}  // namespace
}  // namespace sslslr
