#include "io/store/clip_store.hpp"

#include <fstream>
#include <functional>
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

#include "io/file/data_error.hpp"
#include "io/store/shared_names.hpp"
#include "io/store/store_part.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

using testing::Test;

class ClipStoreTest : public Test {
protected:
    std::string file(const std::string& name) const { return (folder_ / name).string(); }

    TemporaryFolder folder_;
    ClipIndex index_ = sample_index();
};

void expect_same_index(const ClipIndex& found, const ClipIndex& expected) {
    EXPECT_EQ(found.offsets, expected.offsets);
    EXPECT_EQ(found.labels, expected.labels);
    EXPECT_EQ(found.signers, expected.signers);
    EXPECT_EQ(found.ids, expected.ids);
    EXPECT_EQ(found.label_names, expected.label_names);
    EXPECT_EQ(found.signer_names, expected.signer_names);
    EXPECT_EQ(found.point_names, expected.point_names);
    EXPECT_EQ(found.splits, expected.splits);
    EXPECT_EQ(found.coordinates, expected.coordinates);
}

TEST_F(ClipStoreTest, ReadsBackWhatWasWrittenInEveryLayout) {
    for (const bool is_float16 : {true, false}) {
        for (const bool is_compressed : {true, false}) {
            write_sample(file("a.h5"), index_, {.is_float16 = is_float16, .is_compressed = is_compressed});

            const auto store = ClipStore::open({file("a.h5")});

            expect_same_index(store.index(), index_);
            EXPECT_EQ(store.index().attributes.at("fps"), "30");
            EXPECT_TRUE(same_values(read_all(store), sample_values(index_)));
        }
    }
}

TEST_F(ClipStoreTest, PlainDecodedAndForeignFilesHoldTheSame) {
    write_sample(file("plain.h5"));
    write_sample(file("decoded.h5"), index_, {.is_compressed = true});
    write_foreign(file("foreign.h5"), index_);
    write_foreign(file("foreign-compressed.h5"), index_, true);
    const auto plain = ClipStore::open({file("plain.h5")});

    for (const auto* name : {"decoded.h5", "foreign.h5", "foreign-compressed.h5"}) {
        const auto other = ClipStore::open({file(name)});

        expect_same_index(other.index(), plain.index());
        EXPECT_TRUE(same_values(read_all(other), read_all(plain))) << name;
        EXPECT_EQ(other.fingerprint(), plain.fingerprint()) << name;
    }
}

TEST_F(ClipStoreTest, ForeignNumbersBecomeTextAttributes) {
    write_foreign(file("foreign.h5"), index_);

    EXPECT_EQ(ClipStore::open({file("foreign.h5")}).index().attributes.at("frame_rate"), "29.5");
}

TEST_F(ClipStoreTest, ReadsAnyRangeOfClips) {
    write_sample(file("a.h5"));
    const auto store = ClipStore::open({file("a.h5")});
    const auto all = sample_values(index_);
    constexpr std::size_t per_frame = 8;

    for (std::int64_t first = 0; first <= index_.clips(); ++first) {
        for (std::int64_t last = first; last <= index_.clips(); ++last) {
            const auto begin =
                static_cast<std::ptrdiff_t>(per_frame) * index_.offsets[static_cast<std::size_t>(first)];
            const auto end =
                static_cast<std::ptrdiff_t>(per_frame) * index_.offsets[static_cast<std::size_t>(last)];
            std::vector<float> out(static_cast<std::size_t>(end - begin));
            store.read(first, last, out);
            EXPECT_TRUE(same_values(out, {all.begin() + begin, all.begin() + end}))
                << first << " to " << last;
        }
    }
}

TEST_F(ClipStoreTest, RefusesRangesAndRoomThatDoNotFit) {
    write_sample(file("a.h5"));
    const auto store = ClipStore::open({file("a.h5")});
    std::vector<float> room(24);

    EXPECT_THROW(store.read(0, 6, room), std::out_of_range);
    EXPECT_THROW(store.read(-1, 1, room), std::out_of_range);
    EXPECT_THROW(store.read(2, 1, room), std::out_of_range);
    EXPECT_THROW(store.read(0, 3, room), std::invalid_argument);
    EXPECT_NO_THROW(store.read(0, 1, room));
}

TEST_F(ClipStoreTest, StoreWithoutFramesOpens) {
    index_.offsets = {0, 0, 0, 0, 0, 0};
    for (const bool is_compressed : {true, false}) {
        write_sample(file("a.h5"), index_, {.is_compressed = is_compressed});

        const auto store = ClipStore::open({file("a.h5")});

        EXPECT_EQ(store.index().clips(), 5);
        EXPECT_TRUE(read_all(store).empty());
    }
}

TEST_F(ClipStoreTest, SeveralFilesAreJoinedByName) {
    write_sample(file("a.h5"));
    auto second = index_;
    second.label_names = {"milk", "tea", "coffee"};
    second.signer_names = {"S03", "S01"};
    second.splits = {{"train", {1}}, {"extra", {0, 4}}};
    second.attributes["source"] = "another test";
    write_sample(file("b.h5"), second, {.is_float16 = false, .is_compressed = true});

    const auto store = ClipStore::open({file("a.h5"), file("b.h5")});

    const auto& index = store.index();
    EXPECT_EQ(index.offsets, (std::vector<std::int64_t>{0, 3, 3, 7, 8, 10, 13, 13, 17, 18, 20}));
    EXPECT_EQ(index.label_names, (std::vector<std::string>{"tea", "coffee", "ni\u00f1o", "milk"}));
    EXPECT_EQ(index.labels, (std::vector<std::int64_t>{0, 2, -1, 1, 0, 3, 1, -1, 0, 3}));
    EXPECT_EQ(index.signer_names, (std::vector<std::string>{"S01", "S02", "S03"}));
    EXPECT_EQ(index.signers, (std::vector<std::int64_t>{0, 1, 1, -1, 0, 2, 0, 0, -1, 2}));
    EXPECT_EQ(index.splits.at("train"), (std::vector<std::int64_t>{2, 0, 6}));
    EXPECT_EQ(index.splits.at("extra"), (std::vector<std::int64_t>{5, 9}));
    EXPECT_EQ(index.attributes.at("source"), "a test; another test");
    const auto once = sample_values(index_);
    auto expected = once;
    expected.insert(expected.end(), once.begin(), once.end());
    EXPECT_TRUE(same_values(read_all(store), expected));
}

TEST_F(ClipStoreTest, NamesAndFrameRatesOfClipsAreKeptAndJoinedWithStoresThatHaveNone) {
    auto named = index_;
    named.names = {"a", "b", "c", "d", "e_\u00e9"};
    named.fps = {25, 25, 0, 50, 29.97};
    write_sample(file("named.h5"), named);
    write_sample(file("plain.h5"));

    const auto store = ClipStore::open({file("named.h5")});
    EXPECT_EQ(store.index().names, named.names);
    EXPECT_EQ(store.index().fps, named.fps);

    const auto joined = ClipStore::open({file("plain.h5"), file("named.h5")});
    EXPECT_EQ(joined.index().names,
              (std::vector<std::string>{"", "", "", "", "", "a", "b", "c", "d", "e_\u00e9"}));
    EXPECT_EQ(joined.index().fps, (std::vector<double>{0, 0, 0, 0, 0, 25, 25, 0, 50, 29.97}));
    EXPECT_NE(store.fingerprint(), ClipStore::open({file("plain.h5")}).fingerprint());
}

TEST_F(ClipStoreTest, RefusesNamesAndFrameRatesThatDoNotFit) {
    auto wrong = index_;
    wrong.names = {"a"};
    EXPECT_NE(error_of([&] { write_sample(file("a.h5"), wrong); }).find("/clips/name: expected 5 entries"),
              std::string::npos);
    wrong = index_;
    wrong.fps = {25, -1, 25, 25, 25};
    EXPECT_NE(error_of([&] { write_sample(file("a.h5"), wrong); }).find("/clips/fps: expected 0 (unknown)"),
              std::string::npos);
}

TEST_F(ClipStoreTest, PatternsNameFilesInOrder) {
    for (const auto* name : {"b2.h5", "b1.h5", "a.h5"}) {
        write_sample(file(name));
    }

    const auto store = ClipStore::open({file("b?.h5"), file("a.h5")});

    ASSERT_EQ(store.files().size(), 3U);
    EXPECT_EQ(store.files()[0].filename(), "b1.h5");
    EXPECT_EQ(store.files()[1].filename(), "b2.h5");
    EXPECT_EQ(store.files()[2].filename(), "a.h5");
}

TEST_F(ClipStoreTest, FileWhoseNameLooksLikeAPatternIsItself) {
    write_sample(file("a[1].h5"));

    EXPECT_EQ(ClipStore::open({file("a[1].h5")}).index().clips(), 5);
}

TEST_F(ClipStoreTest, RefusesMissingFilesPatternsWithoutMatchAndFilesGivenTwice) {
    write_sample(file("a.h5"));

    EXPECT_NE(error_of_opening(file("none.h5")).find("none.h5: no such file"), std::string::npos);
    EXPECT_NE(error_of_opening(file("*.hdf")).find("no file matches"), std::string::npos);
    EXPECT_NE(error_of([&] {
                  ClipStore::open({file("a.h5"), file("*.h5")});
              }).find("given twice"),
              std::string::npos);
    EXPECT_NE(error_of_opening(folder_.path()).find("not a regular file"), std::string::npos);
    EXPECT_THROW(ClipStore::open({}), std::invalid_argument);
}

TEST_F(ClipStoreTest, RefusesToJoinStoresWhosePointsOrCoordinatesDiffer) {
    write_sample(file("a.h5"));
    auto other = index_;
    std::swap(other.point_names[0], other.point_names[1]);
    write_sample(file("points.h5"), other);
    other = index_;
    other.attributes["coordinates"] = "y,x";
    write_sample(file("axes.h5"), other);

    const auto points = error_of([&] { ClipStore::open({file("a.h5"), file("points.h5")}); });
    const auto axes = error_of([&] { ClipStore::open({file("a.h5"), file("axes.h5")}); });

    EXPECT_NE(points.find("points.h5: /points: expected"), std::string::npos) << points;
    EXPECT_NE(points.find("found 4 in another order"), std::string::npos) << points;
    EXPECT_NE(axes.find("axes.h5: attribute coordinates: expected 'x,y'"), std::string::npos) << axes;
}

TEST_F(ClipStoreTest, PointsThatAFileLacksOrHasTooMuchAreNamed) {
    write_sample(file("a.h5"));
    index_.point_names = {"pose.nose", "pose.left_shoulder", "pose.right_shoulder", "face.0"};
    write_sample(file("b.h5"), index_);

    EXPECT_NE(error_of([&] {
                  ClipStore::open({file("a.h5"), file("b.h5")});
              }).find("found 4 without left_hand.wrist and with face.0; stores can be joined only if"),
              std::string::npos);
}

TEST_F(ClipStoreTest, FilesThatLackASplitOfOthersAreNamedAndEachClipHasItsFile) {
    index_.splits = {{"train", {0, 2}}, {"test", {}}};
    write_sample(file("a.h5"), index_);
    index_.splits = {{"test", {1}}};
    write_sample(file("b.h5"), index_);
    write_sample(file("c.h5"), index_);

    const auto store = ClipStore::open({file("?.h5")});

    const std::map<std::string, std::vector<std::string>> expected{{"train", {file("b.h5"), file("c.h5")}}};
    EXPECT_EQ(store.index().files_without_split, expected);
    EXPECT_TRUE(ClipStore::open({file("a.h5")}).index().files_without_split.empty());
    EXPECT_EQ(store.files()[store.file_of(0)], file("a.h5"));
    EXPECT_EQ(store.files()[store.file_of(4)], file("a.h5"));
    EXPECT_EQ(store.files()[store.file_of(5)], file("b.h5"));
    EXPECT_EQ(store.files()[store.file_of(14)], file("c.h5"));
}

TEST_F(ClipStoreTest, AttributesAreJoinedEntryByEntry) {
    const std::vector<std::string> licences{"CC BY-NC", "CC BY; MIT", "MIT"};
    for (std::size_t i = 0; i < licences.size(); ++i) {
        index_.attributes["licence"] = licences[i];
        write_sample(file(std::to_string(i) + ".h5"), index_);
    }

    const auto store = ClipStore::open({file("?.h5")});

    EXPECT_EQ(store.index().attributes.at("licence"), "CC BY-NC; CC BY; MIT");
    EXPECT_EQ(store.index().attributes.at("source"), "a test");
}

TEST_F(ClipStoreTest, CountsAmongTheAttributesAreAddedUp) {
    for (const auto& [name, left_out] :
         {std::pair{"a.h5", "0"}, {"b.h5", "2"}, {"c.h5", "0"}, {"d.h5", "?"}}) {
        index_.attributes["clips_left_out"] = left_out;
        write_sample(file(name), index_);
    }

    const auto left_out = [&](const std::string& pattern) {
        return ClipStore::open({file(pattern)}).index().attributes.at("clips_left_out");
    };
    EXPECT_EQ(left_out("[ab].h5"), "2");
    EXPECT_EQ(left_out("[ac].h5"), "0");
    EXPECT_EQ(left_out("[bd].h5"), "2; ?");
}

TEST_F(ClipStoreTest, NamesThatSeveralFilesUseAreSeparatedByTheirFiles) {
    const auto write = [&](const std::string& path, const std::vector<std::string>& names) {
        index_.names = names;
        std::filesystem::create_directories(std::filesystem::path{file(path)}.parent_path());
        write_sample(file(path), index_);
    };
    write("day1/a.h5", {"0", "1", "2", "", "4"});
    write("day2/b.h5", {"9", "1", "5", "", "4"});
    write("day2/a.h5", {"0", "7", "a/0", "10", "11"});
    const auto names_of = [&](const std::vector<std::string>& files, const std::vector<std::int64_t>& clips) {
        const auto store = ClipStore::open(files);
        auto part = whole_of(store.index());
        part.clips = clips;
        auto index = index_of(store.index(), part);
        const auto renamed = separate_shared_names(index, store, clips);
        const auto before = index_of(store.index(), part).names;
        EXPECT_EQ(renamed, std::inner_product(before.begin(), before.end(), index.names.begin(), 0,
                                              std::plus<>{}, std::not_equal_to<>{}));
        return index.names;
    };
    const std::vector<std::int64_t> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    EXPECT_EQ(names_of({file("day1/a.h5"), file("day2/b.h5")}, all),
              (std::vector<std::string>{"0", "a/1", "2", "", "a/4", "9", "b/1", "5", "", "b/4"}));
    EXPECT_EQ(names_of({file("day1/a.h5"), file("day2/b.h5")}, {0, 1, 9}),
              (std::vector<std::string>{"0", "1", "4"}))
        << "clips that are not taken do not count";
    const auto same_stem = names_of({file("day1/a.h5"), file("day2/a.h5")}, all);
    EXPECT_EQ(same_stem.front(), file("day1/a") + "/0");
    EXPECT_EQ(same_stem[5], file("day2/a") + "/0");
    EXPECT_EQ(same_stem[7], "a/0");
}

TEST_F(ClipStoreTest, FingerprintChangesWithIndexAndLandmarksOnly) {
    write_sample(file("a.h5"));
    const auto original = ClipStore::open({file("a.h5")}).fingerprint();
    auto relabelled = index_;
    relabelled.labels[0] = 1;
    write_sample(file("relabelled.h5"), relabelled);
    auto values = sample_values(index_);
    values[5] += 1.0F;
    write_store(file("moved.h5"), index_, source_of(index_, values));
    auto renamed = index_;
    renamed.attributes["licence"] = "CC BY 4.0";
    write_sample(file("renamed.h5"), renamed);

    EXPECT_NE(ClipStore::open({file("relabelled.h5")}).fingerprint(), original);
    EXPECT_NE(ClipStore::open({file("moved.h5")}).fingerprint(), original);
    EXPECT_EQ(ClipStore::open({file("renamed.h5")}).fingerprint(), original);
}

TEST_F(ClipStoreTest, WriterRefusesAnIndexThatContradictsItselfAndLeavesNoFile) {
    index_.labels[3] = 3;

    const auto error = error_of([&] { write_sample(file("a.h5"), index_); });

    EXPECT_NE(error.find("/clips/label: expected numbers from -1 to 2, found 3 at entry 3"),
              std::string::npos)
        << error;
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(ClipStoreTest, WriterKeepsTheOldFileWhenItsSourceFails) {
    write_sample(file("a.h5"));

    EXPECT_THROW(write_store(file("a.h5"), index_,
                             [](std::int64_t clip, std::span<float>) {
                                 if (clip == 2) {
                                     throw DataError{"clip 2", "cannot be imported"};
                                 }
                             }),
                 DataError);

    EXPECT_TRUE(same_values(read_all(ClipStore::open({file("a.h5")})), sample_values(index_)));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.path()}, {}), 1);
}

}  // namespace
}  // namespace sslslr::io::test
