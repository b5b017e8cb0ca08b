#include "src/data/data_identity.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

DataIdentity example_identity() {
    DataIdentity identity;
    identity.clips = 24;
    identity.frames = 144;
    identity.points = 75;
    identity.point_names = "names";
    identity.landmarks = "landmarks";
    identity.training = {16, "training"};
    identity.splits = {{"train", {16, "training"}}, {"test", {8, "test"}}};
    return identity;
}

using Differences = std::vector<std::string>;

TEST(DataIdentity, AStoreThatGainedOrLostASplitIsTheSameToARunThatDoesNotUseIt) {
    auto gained = example_identity();
    gained.splits["validation"] = {4, "validation"};
    auto lost = example_identity();
    lost.splits.erase("test");

    EXPECT_EQ(differences(example_identity(), gained), Differences{});
    EXPECT_EQ(differences(example_identity(), lost), Differences{});
}

TEST(DataIdentity, EachDifferenceThatCountsIsNamedWithWhatItWas) {
    auto now = example_identity();
    now.clips = 30;
    now.frames = 180;
    now.landmarks = "others";
    now.training = {22, "more"};
    now.splits["train"] = {22, "more"};
    now.splits["new"] = {1, "new"};
    now.splits.erase("test");

    EXPECT_EQ(
        differences(example_identity(), now),
        (Differences{
            "30 clips of 180 frames (before: 24 of 144)",
            "landmarks of other content or layout (others, before: landmarks)",
            "22 training clips (before: 16); split new is new; split train has 22 clips (before: 16); split "
            "test of 8 clips was removed"}));
}

TEST(DataIdentity, OtherPointsTrainingClipsOrLabelsAreDifferentData) {
    auto fewer_points = example_identity();
    fewer_points.points = 65;
    auto other_axes = example_identity();
    other_axes.point_names = "with z";
    auto other_clips = example_identity();
    other_clips.training.hash = "others";
    auto other_labels = example_identity();
    other_labels.labels = "labels";

    EXPECT_EQ(differences(example_identity(), fewer_points), Differences{"65 points (before: 75)"});
    EXPECT_EQ(differences(example_identity(), other_axes),
              Differences{"points of other names, or other axes"});
    EXPECT_EQ(differences(example_identity(), other_clips),
              Differences{"16 other training clips (before: 16)"});
    EXPECT_EQ(differences(example_identity(), other_labels),
              Differences{"other labels of the training clips"});
}

TEST(DataIdentity, IsReadBackFromItsText) {
    EXPECT_EQ(differences(example_identity(), DataIdentity::parse(example_identity().text())), Differences{});
    EXPECT_EQ(DataIdentity::parse(example_identity().text()).splits, example_identity().splits);
}

}  // namespace
}  // namespace sslslr
