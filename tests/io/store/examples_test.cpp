#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

const std::string examples = SSLSLR_SOURCE_DIR "/io/examples/";

std::int64_t point(const ClipIndex& index, const std::string& name) {
    return std::ranges::find(index.point_names, name) - index.point_names.begin();
}

/// Share of frames in which a point was not detected.
double missing(const ClipStore& store, const std::string& name) {
    const auto& index = store.index();
    const auto values = read_all(store);
    std::int64_t count = 0;
    for (std::int64_t frame = 0; frame < index.frames(); ++frame) {
        const auto place =
            (frame * static_cast<std::int64_t>(index.point_names.size()) + point(index, name)) * 2;
        count += std::isnan(values[static_cast<std::size_t>(place)]) ? 1 : 0;
    }
    return static_cast<double>(count) / static_cast<double>(index.frames());
}

TEST(Examples, Asl9HoldsNineSignsAndNoSignOfThreeSigners) {
    const auto store = ClipStore::open({examples + "asl9.h5"});
    const auto& index = store.index();

    EXPECT_EQ(index.clips(), 900);
    EXPECT_EQ(index.frames(), 27'000);
    EXPECT_EQ(index.label_names, (std::vector<std::string>{"-", "coffee", "hello", "large", "medium", "no",
                                                           "small", "tea", "thank-you", "yes"}));
    EXPECT_EQ(index.signer_names, (std::vector<std::string>{"S01", "S02", "S03"}));
    EXPECT_EQ(std::ranges::count(index.signers, 2), 300);
    EXPECT_EQ(std::ranges::count(index.labels, 0), 90);
    EXPECT_EQ(index.splits.at("all").size(), 900U);
    EXPECT_EQ(index.point_names.size(), 75U);
    EXPECT_EQ(point(index, "pose.left_shoulder"), 11);
    EXPECT_EQ(point(index, "left_hand.wrist"), 33);
    EXPECT_EQ(point(index, "right_hand.index_finger_tip"), 62);
    EXPECT_EQ(index.attributes.at("coordinates"), "x,y");
}

TEST(Examples, Asl9MissesAsManyHandsAsItsSourceAndNoPose) {
    const auto store = ClipStore::open({examples + "asl9.h5"});

    EXPECT_NEAR(missing(store, "left_hand.wrist"), 0.427, 0.0005);
    EXPECT_NEAR(missing(store, "right_hand.wrist"), 0.191, 0.0005);
    EXPECT_EQ(missing(store, "pose.nose"), 0.0);
}

TEST(Examples, Libras5HoldsFiveClassesOfOneSigner) {
    const auto store = ClipStore::open({examples + "libras5.h5"});
    const auto& index = store.index();

    EXPECT_EQ(index.clips(), 250);
    EXPECT_EQ(index.frames(), 7'500);
    EXPECT_EQ(index.label_names, (std::vector<std::string>{"a", "b", "euteamo", "obrigado", "ola"}));
    EXPECT_EQ(index.signer_names, (std::vector<std::string>{"S01"}));
    EXPECT_EQ(read_all(store).size(), 7'500U * 75 * 2);
}

TEST(Examples, BothCanBeJoined) {
    const auto store = ClipStore::open({examples + "*.h5"});

    EXPECT_EQ(store.index().clips(), 1'150);
    EXPECT_EQ(store.index().label_names.size(), 15U);
}

}  // namespace
}  // namespace sslslr::io::test
