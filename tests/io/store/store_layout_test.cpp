// A store that is rewritten in any layout, whole or in part, keeps its content.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "io/store/half.hpp"
#include "io/store/store_part.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class StoreLayoutTest : public testing::Test {
protected:
    std::string file(const std::string& name) const { return (folder_ / name).string(); }
    void rewrite(const std::string& from, const std::string& to, StoreLayout layout = {}) const {
        const auto store = ClipStore::open({file(from)});
        const auto part = whole_of(store.index());
        write_store(file(to), index_of(store.index(), part), source_of(store, part), layout);
    }

    TemporaryFolder folder_;
    ClipIndex index_ = sample_index();
};

/// Clips of 0 to 400 frames, so that chunks end within clips and clips end within chunks.
ClipIndex many_clips() {
    auto index = sample_index();
    index.labels.clear();
    index.signers.clear();
    index.ids.clear();
    index.splits = {{"odd", {}}};
    index.offsets = {0};
    for (std::int64_t clip = 0; clip < 60; ++clip) {
        index.offsets.push_back(index.offsets.back() + clip * 67 % 401);
        index.labels.push_back(clip % 4 - 1);
        index.signers.push_back(clip % 3 - 1);
        index.ids.push_back(1000 - clip);
        index.names.push_back("clip " + std::to_string(clip));
        index.fps.push_back(25 + static_cast<double>(clip % 2) / 3);
        if (clip % 2 == 1) {
            index.splits["odd"].push_back(clip);
        }
    }
    return index;
}

TEST_F(StoreLayoutTest, EveryLayoutHoldsTheSameValuesUnderTheSameFingerprint) {
    const auto index = many_clips();
    for (const bool is_float16 : {true, false}) {
        write_sample(file("original.h5"), index, {.is_float16 = is_float16});
        const auto original = ClipStore::open({file("original.h5")});
        for (const int level : {0, 4, 9}) {
            for (const std::int64_t chunk : {0, 7, 1'000'000}) {
                rewrite(
                    "original.h5", "packed.h5",
                    {.is_float16 = is_float16, .is_compressed = true, .level = level, .chunk_frames = chunk});
                rewrite("packed.h5", "back.h5", {.is_float16 = is_float16});

                for (const auto* name : {"packed.h5", "back.h5"}) {
                    const auto store = ClipStore::open({file(name)});
                    EXPECT_EQ(store.fingerprint(), original.fingerprint()) << name << level << ' ' << chunk;
                    EXPECT_EQ(store.is_float16(), is_float16);
                    EXPECT_TRUE(same_values(read_all(store), read_all(original)))
                        << name << level << ' ' << chunk;
                }
            }
        }
    }
}

TEST_F(StoreLayoutTest, HigherLevelsAreSmaller) {
    const auto bytes = [&](StoreLayout layout) {
        write_sample(file("a.h5"), many_clips(), layout);
        return std::filesystem::file_size(file("a.h5"));
    };
    const auto contiguous = bytes({});

    EXPECT_GE(bytes({.is_compressed = true, .level = 0}), contiguous);
    EXPECT_LT(bytes({.is_compressed = true, .level = 1}), contiguous / 2);
    EXPECT_LE(bytes({.is_compressed = true, .level = 9}), bytes({.is_compressed = true, .level = 1}));
}

TEST_F(StoreLayoutTest, Float32IsRoundedToTheNearestFloat16) {
    auto values = sample_values(index_);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = std::isnan(values[i]) ? values[i] : std::sin(static_cast<float>(i));
    }
    write_store(file("exact.h5"), index_, source_of(index_, values), {.is_float16 = false});

    rewrite("exact.h5", "rounded.h5", {.is_float16 = true});
    rewrite("rounded.h5", "widened.h5", {.is_float16 = false});

    const auto rounded = read_all(ClipStore::open({file("rounded.h5")}));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto half = half_of_float(values[i]);
        float expected = 0;
        floats_of_halves(std::as_bytes(std::span{&half, 1}), {&expected, 1});
        EXPECT_TRUE(rounded[i] == expected || (std::isnan(expected) && std::isnan(rounded[i])));
        EXPECT_FALSE(std::abs(rounded[i] - values[i]) > 0x1p-12F);  // half of float16's spacing below 1
    }
    EXPECT_TRUE(same_values(read_all(ClipStore::open({file("widened.h5")})), rounded));
}

TEST_F(StoreLayoutTest, ValuesThatFloat16WouldMakeInfiniteAreRefusedByClipAndValue) {
    index_.names = {"c0", "c1", "c2", "c3", "c4"};
    auto values = sample_values(index_);
    values[1] = std::numeric_limits<float>::infinity();  // infinite already, so nothing is lost
    values[3 * 8 + 9] = -70000;                          // in the second clip with frames
    write_store(file("wide.h5"), index_, source_of(index_, values), {.is_float16 = false});

    const auto error = error_of([&] { rewrite("wide.h5", "narrow.h5", {.is_float16 = true}); });

    EXPECT_NE(error.find("narrow.h5: not written: expected values that float16 can hold, at most 65504 in "
                         "magnitude, found -70000 in clip c2; keep them with --dtype float32"),
              std::string::npos)
        << error;
    EXPECT_FALSE(std::filesystem::exists(file("narrow.h5")));
    values[3 * 8 + 9] = -65504;
    write_store(file("wide.h5"), index_, source_of(index_, values), {.is_float16 = false});
    rewrite("wide.h5", "narrow.h5", {.is_float16 = true});
    rewrite("narrow.h5", "again.h5", {.is_float16 = true});
    EXPECT_TRUE(same_values({read_all(ClipStore::open({file("again.h5")}))[1]},
                            {std::numeric_limits<float>::infinity()}));
}

TEST_F(StoreLayoutTest, RefusesLevelsAndChunksOutOfRange) {
    const auto problem = [&](StoreLayout layout) { return problem_of(layout, index_); };

    EXPECT_EQ(problem({.is_compressed = true, .level = 9, .chunk_frames = 1}), "");
    EXPECT_EQ(problem({.is_compressed = true, .level = 10}), "compression level 10: expected 0 to 9");
    EXPECT_EQ(problem({.is_compressed = true, .level = -1}), "compression level -1: expected 0 to 9");
    EXPECT_NE(problem({.chunk_frames = -1}).find("expected 1 or more"), std::string::npos);
    EXPECT_NE(problem({.chunk_frames = 5'000'000}).find("expected at most 4194304"), std::string::npos);
    EXPECT_NE(
        error_of([&] { write_sample(file("a.h5"), index_, {.level = 10}); }).find("compression level 10"),
        std::string::npos);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(StoreLayoutTest, APartHoldsItsClipsInItsOrderWithTheirSplits) {
    index_.names = {"a", "b", "c", "d", "e"};
    index_.fps = {10, 20, 30, 40, 50};
    write_sample(file("a.h5"), index_);
    const auto store = ClipStore::open({file("a.h5")});
    auto part = whole_of(store.index());
    part.clips = {4, 1, 2};

    const auto some = index_of(store.index(), part);
    write_store(file("part.h5"), some, source_of(store, part));
    const auto reread = ClipStore::open({file("part.h5")});

    EXPECT_EQ(reread.index().offsets, (std::vector<std::int64_t>{0, 2, 2, 6}));
    EXPECT_EQ(reread.index().labels, (std::vector<std::int64_t>{0, 2, -1}));
    EXPECT_EQ(reread.index().ids, (std::vector<std::int64_t>{74, 71, 72}));
    EXPECT_EQ(reread.index().names, (std::vector<std::string>{"e", "b", "c"}));
    EXPECT_EQ(reread.index().fps, (std::vector<double>{50, 20, 30}));
    EXPECT_EQ(reread.index().label_names, index_.label_names);
    EXPECT_EQ(reread.index().splits,
              (std::map<std::string, std::vector<std::int64_t>>{{"test", {0}}, {"train", {2}}}));
    const auto all = sample_values(index_);
    auto expected = std::vector<float>(all.begin() + 8 * 8, all.begin() + 10 * 8);
    expected.insert(expected.end(), all.begin() + 3 * 8, all.begin() + 7 * 8);
    EXPECT_TRUE(same_values(read_all(reread), expected));
}

TEST_F(StoreLayoutTest, APartHoldsItsPointsAndFirstCoordinates) {
    index_.coordinates = 3;
    index_.attributes["coordinates"] = "x,y,z";
    write_sample(file("a.h5"), index_);
    const auto store = ClipStore::open({file("a.h5")});
    auto part = whole_of(store.index());
    part.points = {3, 0};
    part.coordinates = 2;

    write_store(file("part.h5"), index_of(store.index(), part), source_of(store, part));
    const auto reread = ClipStore::open({file("part.h5")});

    EXPECT_EQ(reread.index().point_names, (std::vector<std::string>{"left_hand.wrist", "pose.nose"}));
    EXPECT_EQ(reread.index().attributes.at("coordinates"), "x,y");
    const auto all = sample_values(index_);
    std::vector<float> expected;
    for (std::size_t frame = 0; frame < 10; ++frame) {
        for (const std::size_t value : {9U, 10U, 0U, 1U}) {
            expected.push_back(all[frame * 12 + value]);
        }
    }
    EXPECT_TRUE(same_values(read_all(reread), expected));
}

TEST_F(StoreLayoutTest, DamageIsRefusedOnTheWayAndNothingIsWritten) {
    auto index = many_clips();
    write_sample(file("a.h5"), index);
    flip_bit(file("a.h5"), std::filesystem::file_size(file("a.h5")) / 2, 3);

    EXPECT_NE(error_of([&] { rewrite("a.h5", "b.h5", {.is_compressed = true}); }), "no DataError");

    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.path()}, {}), 1);
}

}  // namespace
}  // namespace sslslr::io::test
