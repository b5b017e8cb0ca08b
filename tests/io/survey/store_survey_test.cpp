// What inspect reports of a store: planted duplicates, leaks and gaps are found and counted correctly.
#include "io/survey/store_survey.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "io/store/clip_content.hpp"
#include "io/survey/store_findings.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

using Clips = std::vector<std::int64_t>;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Twelve clips of 3 to 6 frames that all differ, with labels and signers in turn; one pose point and one
/// point of each hand.
class StoreSurveyTest : public testing::Test {
protected:
    static constexpr std::size_t frame_values = 6;

    void SetUp() override {
        index_.offsets = {0};
        for (std::int64_t clip = 0; clip < 12; ++clip) {
            const auto frames = 3 + static_cast<std::size_t>(clip) % 4;
            index_.labels.push_back(clip % 2);
            index_.signers.push_back(clip % 3);
            index_.ids.push_back(clip);
            clips_.emplace_back(frames * frame_values);
            for (std::size_t i = 0; i < clips_.back().size(); ++i) {
                clips_.back()[i] =
                    0.5F + 0.4F * std::sin(static_cast<float>(100 * clip) + static_cast<float>(i * i));
            }
        }
        index_.label_names = {"tea", "coffee"};
        index_.signer_names = {"S01", "S02", "S03"};
        index_.point_names = {"pose.nose", "left_hand.wrist", "right_hand.wrist"};
        index_.coordinates = 2;
        index_.attributes = {{"coordinates", "x,y"}};
    }

    ClipStore store(StoreLayout layout = {}) {
        index_.offsets = {0};
        std::vector<float> values;
        for (const auto& clip : clips_) {
            index_.offsets.push_back(index_.offsets.back() +
                                     static_cast<std::int64_t>(clip.size() / frame_values));
            values.insert(values.end(), clip.begin(), clip.end());
        }
        const auto path = folder_ / "store.h5";
        write_store(path, index_, source_of(index_, values), layout);
        return ClipStore::open({path.string()});
    }
    StoreSurvey survey() { return survey_of(store()); }
    std::vector<Finding> findings() {
        const auto opened = store();
        return findings_of(opened.index(), survey_of(opened));
    }
    /// The finding of that name. Fails unless there is exactly one.
    Finding finding(const std::string& name) {
        const auto all = findings();
        EXPECT_EQ(std::ranges::count(all, name, &Finding::name), 1) << name;
        const auto found = std::ranges::find(all, name, &Finding::name);
        return found == all.end() ? Finding{} : *found;
    }
    void fill(std::int64_t clip, std::size_t point, float value) {
        auto& values = clips_[static_cast<std::size_t>(clip)];
        for (std::size_t i = 2 * point; i < values.size(); i += frame_values) {
            values[i] = values[i + 1] = value;
        }
    }

    TemporaryFolder folder_;
    ClipIndex index_;
    std::vector<std::vector<float>> clips_;
};

TEST_F(StoreSurveyTest, AStoreInOrderHasNoFindings) {
    index_.splits = {{"test", {0, 1}}, {"train", {2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}};
    index_.signers = Clips{0, 0, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};

    EXPECT_TRUE(findings().empty());
}

TEST_F(StoreSurveyTest, CountsClipsLabelsSignersAndLengthsOfTheStoreAndEachSplit) {
    index_.splits = {{"train", {0, 2, 4, 7}}};
    index_.labels[4] = -1;
    index_.signers[7] = -1;
    clips_[2].clear();
    index_.fps = {25, 25, 25, 25, 30, 25, 25, 0, 25, 25, 25, 25};

    const auto found = survey();
    const auto& train = found.splits.at("train");

    EXPECT_EQ(found.all.clips, 12);
    EXPECT_EQ(found.all.frames, 49);
    EXPECT_EQ(found.all.lengths, (std::array<std::int64_t, 5>{3, 3, 4, 6, 6}));  // 3 3 3 4 4 4 5 5 6 6 6
    EXPECT_EQ(found.all.clips_of_label, (std::map<std::int64_t, std::int64_t>{{0, 5}, {1, 6}}));
    EXPECT_EQ(train.clips, 4);
    EXPECT_EQ(train.frames, 3 + 0 + 3 + 6);
    EXPECT_EQ(train.empty, 1);
    EXPECT_EQ(train.unlabelled, 1);
    EXPECT_EQ(train.unknown_signers, 1);
    EXPECT_EQ(train.lengths, (std::array<std::int64_t, 5>{3, 3, 3, 6, 6}));
    EXPECT_EQ(train.clips_of_label, (std::map<std::int64_t, std::int64_t>{{0, 2}, {1, 1}}));
    EXPECT_EQ(train.clips_of_signer, (std::map<std::int64_t, std::int64_t>{{0, 1}, {1, 1}, {2, 1}}));
    EXPECT_EQ(train.least_fps, 25);
    EXPECT_EQ(train.greatest_fps, 30);
    EXPECT_EQ(train.unknown_fps, 1);
    EXPECT_EQ(found.length_edges, (Clips{3, 4, 5, 6, 7}));
    EXPECT_EQ(found.all.length_histogram, (Clips{3, 3, 2, 3}));
    EXPECT_EQ(train.length_histogram, (Clips{2, 0, 0, 1}));
}

TEST_F(StoreSurveyTest, MissingSharesAreByPartAndSplit) {
    index_.splits = {{"few", {0, 1}}};
    fill(0, 1, nan);  // in 3 of the 7 frames of clips 0 and 1

    const auto found = survey();

    EXPECT_EQ(found.parts, (std::vector<std::string>{"left_hand", "pose", "right_hand"}));
    EXPECT_DOUBLE_EQ(found.splits.at("few").missing[0], 3.0 / 7);
    EXPECT_DOUBLE_EQ(found.splits.at("few").missing[1], 0);
    EXPECT_DOUBLE_EQ(found.all.missing[0], 3.0 / 54);
}

TEST_F(StoreSurveyTest, PlantedDuplicatesAreFoundInEveryLayout) {
    clips_[5] = clips_[1];
    clips_[9] = clips_[1];
    clips_[8] = clips_[4];
    index_.splits = {{"some", {1, 4, 5, 10}}};
    for (const auto layout :
         {StoreLayout{}, StoreLayout{.is_float16 = false}, StoreLayout{.is_compressed = true}}) {
        const auto found = survey_of(store(layout));

        EXPECT_EQ(found.equal, (std::vector<Clips>{{1, 5, 9}, {4, 8}}));
        EXPECT_EQ(found.all.duplicates, 3);
        EXPECT_EQ(found.splits.at("some").duplicates, 1);
    }
    const auto warning = finding("duplicates");
    EXPECT_FALSE(warning.is_note);
    EXPECT_EQ(warning.count, 3);
    EXPECT_EQ(warning.clips, (Clips{5, 9, 8}));
}

TEST_F(StoreSurveyTest, ACopyInFloat16IsKnownForOneOfFloat32) {
    const auto narrow = contents_of(store({.is_float16 = true}));

    EXPECT_EQ(contents_of(store({.is_float16 = false})), narrow);
}

TEST_F(StoreSurveyTest, ClipsThatDifferInOneValueOrInLengthAreNoDuplicates) {
    clips_[5] = clips_[1];
    clips_[5].back() += 0.001F;
    clips_[9] = clips_[1];
    clips_[9].resize(clips_[9].size() - frame_values);

    EXPECT_TRUE(survey().equal.empty());
}

TEST_F(StoreSurveyTest, ClipsInWhichNothingWasDetectedEqualNoOther) {
    for (const std::int64_t clip : {2, 6}) {
        std::ranges::fill(clips_[static_cast<std::size_t>(clip)], nan);
    }

    EXPECT_EQ(survey().all.undetected, 2);
    EXPECT_TRUE(survey().equal.empty());
    EXPECT_EQ(finding("undetected-clips").clips, (Clips{2, 6}));
}

TEST_F(StoreSurveyTest, LabelsThatContradictEachOtherOnTheSameLandmarksAreFound) {
    clips_[3] = clips_[0];
    clips_[4] = clips_[0];

    EXPECT_EQ(finding("contradicting-labels").clips, (Clips{3}));
}

TEST_F(StoreSurveyTest, TheSameContentOnBothSidesOfATestIsLeakage) {
    clips_[10] = clips_[0];
    clips_[11] = clips_[3];
    index_.splits = {
        {"train", {0, 1, 2, 3}}, {"val", {4, 5, 11}}, {"test", {8, 9, 10}}, {"not-test", {0, 1, 2}}};

    const auto found = survey();

    ASSERT_EQ(found.overlaps.size(), 2U);
    EXPECT_EQ(found.overlaps[0].first + " " + found.overlaps[0].second, "train val");
    EXPECT_EQ(found.overlaps[0].equal, (std::vector<std::pair<std::int64_t, std::int64_t>>{{3, 11}}));
    EXPECT_EQ(found.overlaps[1].first + " " + found.overlaps[1].second, "train test");
    EXPECT_EQ(found.overlaps[1].equal, (std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 10}}));
    EXPECT_TRUE(found.overlaps[1].clips.empty());
    const auto all = findings();
    ASSERT_EQ(std::ranges::count(all, "leakage", &Finding::name), 2);
    EXPECT_EQ(all[1].what, "1 clip's landmarks of split train are also in split test, as another clip");
    EXPECT_EQ(all[1].clips, (Clips{10}));
}

TEST_F(StoreSurveyTest, FoldsThatShareClipsOrContentAreFoundPairByPair) {
    clips_[7] = clips_[1];
    index_.splits = {
        {"fold-0", {0, 1, 2}}, {"fold-1", {3, 4, 2}}, {"fold-2", {6, 7}}, {"not-fold-0", {3, 4, 6, 7}}};

    const auto found = survey();

    ASSERT_EQ(found.overlaps.size(), 2U);
    EXPECT_EQ(found.overlaps[0].first + " " + found.overlaps[0].second, "fold-0 fold-1");
    EXPECT_EQ(found.overlaps[0].clips, (Clips{2}));
    EXPECT_EQ(found.overlaps[1].first + " " + found.overlaps[1].second, "fold-0 fold-2");
    EXPECT_EQ(found.overlaps[1].equal, (std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 7}}));
    EXPECT_EQ(finding("shared-clips").what, "1 clip is in both splits fold-0 and fold-1");
}

TEST_F(StoreSurveyTest, FamiliesOfSplitsAreToldByTheirNames) {
    const SplitMembers splits{{"Test", {}},     {"all", {}},         {"classes-5", {}},  {"dev", {}},
                              {"fold-0", {}},   {"fold-10", {}},     {"fold-x", {}},     {"labelled-10", {}},
                              {"rest-10", {}},  {"labelled-30", {}}, {"not-fold-0", {}}, {"not-signer-A", {}},
                              {"signer-A", {}}, {"signer-B", {}},    {"train", {}},      {"val", {}}};

    const auto families = disjoint_families(splits);

    const std::vector<std::vector<std::string>> expected{{"fold-0", "fold-10"},
                                                         {"train", "dev", "val", "Test"},
                                                         {"labelled-10", "rest-10"},
                                                         {"labelled-30"},
                                                         {"signer-A", "signer-B"}};
    EXPECT_TRUE(std::ranges::is_permutation(families, expected));
    // val and dev are names for the same purpose.
    EXPECT_TRUE(overlaps_of({{"dev", {1}}, {"val", {1}}}, 2, {}).empty());
}

TEST_F(StoreSurveyTest, ClipsWithoutFramesOrHandsAreFound) {
    clips_[3].clear();
    clips_[6].clear();
    for (const std::int64_t clip : {1, 4, 5, 7, 8, 9}) {
        fill(clip, 1, nan);
        fill(clip, 2, nan);
    }
    fill(0, 1, nan);  // one hand is enough

    EXPECT_EQ(finding("empty-clips").clips, (Clips{3, 6}));
    const auto handless = finding("handless-clips");
    EXPECT_EQ(handless.count, 6);
    EXPECT_EQ(handless.clips, (Clips{1, 4, 5, 7, 8}));
    EXPECT_EQ(handless.what, "6 clips show no hand in any frame");
}

TEST_F(StoreSurveyTest, AStoreOfPosesAloneHasNoHandlessClips) {
    index_.point_names = {"pose.a", "pose.b", "pose.c"};

    EXPECT_EQ(survey().all.handless, 0);
    EXPECT_TRUE(findings().empty());
}

TEST_F(StoreSurveyTest, LabelsAndSignersOfTestAreComparedWithThoseOfTrain) {
    index_.label_names.push_back("milk");
    index_.labels[1] = index_.labels[3] = 2;
    index_.splits = {{"train", {0, 2, 4, 6, 8, 10}}, {"test", {1, 3, 5, 7, 9, 11}}};

    const auto labels = finding("uncovered-labels");
    const auto signers = finding("shared-signers");

    EXPECT_EQ(labels.what, "2 labels are in split test but not in split train (6 clips)");
    EXPECT_EQ(labels.examples, (std::vector<std::string>{"coffee", "milk"}));
    EXPECT_TRUE(signers.is_note);
    EXPECT_EQ(signers.examples, (std::vector<std::string>{"S01", "S02", "S03"}));
}

TEST_F(StoreSurveyTest, SmallClassesAreNamed) {
    index_.label_names = {"tea", "coffee", "milk", "water"};  // no clip shows water
    index_.labels[1] = 2;

    const auto warning = finding("small-classes");

    EXPECT_EQ(warning.count, 1);
    EXPECT_EQ(warning.examples, (std::vector<std::string>{"milk"}));
}

TEST_F(StoreSurveyTest, PixelsZerosConstantsAndInfinitiesAreFound) {
    for (auto& value : clips_[2]) {
        value *= 640;
    }
    fill(0, 0, 0);
    for (std::int64_t clip = 0; clip < 12; ++clip) {
        fill(clip, 1, 0.25F);
    }
    clips_[7][0] = std::numeric_limits<float>::infinity();

    EXPECT_EQ(finding("pixel-clips").clips, (Clips{2}));
    EXPECT_EQ(finding("zero-coordinates").count, 6);
    EXPECT_EQ(finding("constant-coordinates").examples,
              (std::vector<std::string>{"left_hand.wrist x", "left_hand.wrist y"}));
    EXPECT_EQ(finding("infinite-values").count, 1);
}

TEST_F(StoreSurveyTest, PointsThatLieOutsideTheImageAreANote) {
    for (std::int64_t clip = 0; clip < 12; ++clip) {
        for (std::size_t i = 1; i < clips_[static_cast<std::size_t>(clip)].size(); i += frame_values) {
            clips_[static_cast<std::size_t>(clip)][i] += 2;
        }
    }

    const auto note = finding("far-coordinates");

    EXPECT_TRUE(note.is_note);
    EXPECT_EQ(note.examples, (std::vector<std::string>{"pose.nose y"}));
    EXPECT_EQ(note.what, "16.7 % of x and y are beyond [-1, 2]");
}

TEST_F(StoreSurveyTest, UnknownsAndMixedRatesAreNotes) {
    index_.labels[2] = -1;
    index_.signers[3] = index_.signers[4] = -1;
    index_.fps = std::vector<double>(12, 25);
    index_.fps[5] = 50;
    index_.splits = {{"some", {0, 1, 2}}};

    EXPECT_EQ(finding("unlabelled").what, "1 clip has no label");
    EXPECT_EQ(finding("unknown-signers").what, "2 clips name no signer");
    EXPECT_EQ(finding("mixed-rates").what, "clips have 25 to 50 frames per second");
    EXPECT_EQ(finding("unlisted-clips").count, 9);
    for (const auto& found : findings()) {
        EXPECT_TRUE(found.is_note) << found.name;
    }
}

TEST_F(StoreSurveyTest, DamageEndsTheSurvey) {
    const auto opened = store();
    flip_bit(folder_ / "store.h5", std::filesystem::file_size(folder_ / "store.h5") - 200, 2);

    EXPECT_NE(error_of([&] { survey_of(ClipStore::open({(folder_ / "store.h5").string()})); }),
              "no DataError");
}

TEST_F(StoreSurveyTest, AStoreWithoutClipsOrFramesCanBeSurveyed) {
    for (auto& clip : clips_) {
        clip.clear();
    }

    const auto found = survey();

    EXPECT_EQ(found.all.empty, 12);
    EXPECT_EQ(found.all.lengths, (std::array<std::int64_t, 5>{}));
    EXPECT_TRUE(std::isnan(found.all.missing[0]));
}

TEST_F(StoreSurveyTest, SplitsWithoutClipsAndThoseThatAStoreLacksAreFound) {
    index_.splits = {{"train", {0, 1}}, {"val", {}}};
    EXPECT_EQ(finding("empty-splits").examples, (std::vector<std::string>{"val"}));

    std::filesystem::rename(folder_ / "store.h5", folder_ / "a.h5");
    index_.splits = {{"val", {3}}};
    store();
    const auto joined = ClipStore::open({(folder_ / "?.h5").string(), (folder_ / "store.h5").string()});
    const auto found = findings_of(joined.index(), survey_of(joined));
    const auto partial = std::ranges::find(found, "partial-splits", &Finding::name);
    ASSERT_NE(partial, found.end());
    EXPECT_EQ(partial->what, "1 store has no split train, which other stores have");
    EXPECT_EQ(partial->examples, (std::vector<std::string>{(folder_ / "store.h5").string()}));
}

}  // namespace
}  // namespace sslslr::io::test
