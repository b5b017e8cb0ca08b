#include "src/data/points.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

TEST(Points, SetsHaveTheirSizesAndNoPointTwice) {
    for (const auto& [set, size] : {std::pair{PointSet::upper_body, 65U}, std::pair{PointSet::all, 75U}}) {
        const auto points = points_of(set);

        EXPECT_EQ(points.size(), size);
        EXPECT_EQ(std::set<std::string>(points.begin(), points.end()).size(), size);
    }
}

TEST(Points, MirroringTwiceIsIdentityAndStaysInTheSet) {
    for (const auto& point : points_of(PointSet::all)) {
        EXPECT_EQ(mirrored(mirrored(point)), point);
        EXPECT_EQ(std::ranges::count(points_of(PointSet::all), mirrored(point)), 1) << point;
        EXPECT_EQ(mirrored(point) == point, point == "pose.nose") << point;
    }
}

TEST(Points, ArePartedIntoPoseAndHandsWithTheirPalms) {
    const auto points = points_of(PointSet::upper_body);

    const auto parts = parts_of(points);

    ASSERT_EQ(parts.size(), 3U);
    const auto is = [](const BodyPart& part, std::string_view name, std::int64_t first, std::int64_t last) {
        return part.name == name && part.first == first && part.last == last;
    };
    EXPECT_TRUE(is(parts[0], "pose", 0, 23));
    EXPECT_TRUE(is(parts[1], hand_parts[0], 23, 44));
    EXPECT_TRUE(is(parts[2], hand_parts[1], 44, 65));
    for (std::size_t hand = 1; hand < parts.size(); ++hand) {
        const auto wrist = static_cast<std::size_t>(parts[hand].first);
        EXPECT_EQ(points[wrist], parts[hand].name + "." + std::string{palm_start});
        EXPECT_EQ(points[wrist + 9], parts[hand].name + "." + std::string{palm_end});
    }
    EXPECT_TRUE(parts_of({}).empty());
}

TEST(Points, AreFoundByNameInAnyOrder) {
    auto stored = points_of(PointSet::all);
    std::ranges::reverse(stored);

    const auto positions = positions_of({"pose.nose", "right_hand.pinky_tip"}, stored);

    EXPECT_EQ(positions, (std::vector<std::int64_t>{74, 0}));
}

TEST(Points, AnErrorNamesAllThatAreMissing) {
    try {
        positions_of({"pose.nose", "pose.left_hip", "pose.right_hip"}, {"pose.nose"});
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_NE(std::string{error.what()}.find("pose.left_hip, pose.right_hip"), std::string::npos)
            << error.what();
    }
}

TEST(Points, AnErrorOfManyIsCut) {
    try {
        positions_of(points_of(PointSet::all), {"pose.nose"});
        FAIL();
    } catch (const ConfigError& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("the data lack 74 of 75 points: pose.left_eye_inner"), std::string::npos)
            << message;
        EXPECT_LT(message.size(), 250U);
    }
}

}  // namespace
}  // namespace sslslr
