// Splits are exact, disjoint and the same each time. Impossible splits are refused with the option's name.
#include "src/data/split_plan.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;

/// Clips of 5 frames: counts[c] clips of class c, signed by the signers in turn.
io::ClipIndex index_of_classes(const std::vector<std::int64_t>& counts, std::int64_t signers = 4) {
    io::ClipIndex index;
    index.offsets = {0};
    for (std::size_t label = 0; label < counts.size(); ++label) {
        index.label_names.push_back("class-" + std::to_string(label));
        for (std::int64_t i = 0; i < counts[label]; ++i) {
            index.signers.push_back(index.clips() % signers);
            index.labels.push_back(static_cast<std::int64_t>(label));
            index.ids.push_back(index.clips());
            index.offsets.push_back(index.offsets.back() + 5);
        }
    }
    for (std::int64_t signer = 0; signer < signers; ++signer) {
        index.signer_names.push_back("S0" + std::to_string(signer));
    }
    return index;
}

const Clips& clips_of(const SplitPlan& plan, const std::string& name) {
    static const Clips none;
    const auto found = std::ranges::find(plan.splits, name, &PlannedSplit::name);
    EXPECT_NE(found, plan.splits.end()) << "no split " << name;
    return found == plan.splits.end() ? none : found->clips;
}

std::int64_t count_of_label(const io::ClipIndex& index, const Clips& clips, std::int64_t label) {
    return std::ranges::count(clips, label,
                              [&](auto clip) { return index.labels[static_cast<std::size_t>(clip)]; });
}

/// Expects every clip of `all` to be in exactly one of the parts.
void expect_partition(const std::vector<Clips>& parts, std::size_t all) {
    std::multiset<std::int64_t> listed;
    for (const auto& part : parts) {
        EXPECT_TRUE(std::ranges::is_sorted(part));
        listed.insert(part.begin(), part.end());
    }
    EXPECT_EQ(listed.size(), all);
    EXPECT_EQ((std::set<std::int64_t>{listed.begin(), listed.end()}.size()), all);
}

std::string refusal_of(const io::ClipIndex& index, const SplitConfig& config) {
    try {
        plan_splits(index, config);
    } catch (const ConfigError& error) {
        return io::as_options(error.what());
    }
    return "no ConfigError";
}

TEST(SplitPlanTest, EachSignerGetsASplitAndItsComplement) {
    auto index = index_of_classes({5, 6}, 3);
    index.signers[10] = -1;
    index.signer_names[2] = "A/B";

    const auto plan = plan_splits(index, {.by = SplitWay::signer});

    EXPECT_EQ(clips_of(plan, "signer-S00"), (Clips{0, 3, 6, 9}));
    EXPECT_EQ(clips_of(plan, "signer-S01"), (Clips{1, 4, 7}));
    EXPECT_EQ(clips_of(plan, "signer-A_B"), (Clips{2, 5, 8}));
    EXPECT_EQ(clips_of(plan, "not-signer-S01"), (Clips{0, 2, 3, 5, 6, 8, 9}));
    EXPECT_EQ(plan.splits.size(), 6U);
    EXPECT_EQ(plan.without_signer, 1) << "it might be anybody's";
}

TEST(SplitPlanTest, OnlyTheSignersAskedForGetSplits) {
    const auto index = index_of_classes({8});

    const auto plan = plan_splits(index, {.by = SplitWay::signer, .signers = {"S02"}});

    ASSERT_EQ(plan.splits.size(), 2U);
    EXPECT_EQ(plan.splits[0].name, "signer-S02");
    EXPECT_TRUE(plan.splits[1].is_complement);
}

TEST(SplitPlanTest, AFractionIsExactInEachClassAndAtLeastOneClip) {
    const Clips counts{1, 2, 5, 10, 15, 33, 50, 100};
    const auto index = index_of_classes(counts);
    const std::map<std::string, std::pair<double, Clips>> expected{
        {"30", {0.3, {1, 1, 2, 3, 5, 10, 15, 30}}},  // 1.5 and 4.5 are rounded up
        {"10", {0.1, {1, 1, 1, 1, 2, 3, 5, 10}}},
        {"29", {0.29, {1, 1, 1, 3, 4, 10, 15, 29}}},  // 14.5, although 0.29 is smaller in binary
        {"0.5", {0.005, {1, 1, 1, 1, 1, 1, 1, 1}}}};
    for (const auto& [percent, fraction] : expected) {
        const auto plan = plan_splits(index, {.by = SplitWay::fraction, .fraction = fraction.first});
        const auto& labelled = clips_of(plan, "labelled-" + percent);

        for (std::size_t label = 0; label < counts.size(); ++label) {
            EXPECT_EQ(count_of_label(index, labelled, static_cast<std::int64_t>(label)),
                      fraction.second[label])
                << percent << " % of " << counts[label];
        }
        expect_partition({labelled, clips_of(plan, "rest-" + percent)}, index.labels.size());
    }
}

TEST(SplitPlanTest, ClipsWithoutLabelGoToTheRest) {
    auto index = index_of_classes({10});
    index.labels[3] = index.labels[4] = -1;

    const auto plan = plan_splits(index, {.by = SplitWay::fraction, .fraction = 0.5});

    EXPECT_EQ(clips_of(plan, "labelled-50").size(), 4U);
    EXPECT_EQ(std::ranges::count(clips_of(plan, "rest-50"), 3), 1);
}

TEST(SplitPlanTest, TheSeedAloneDecidesWhatIsDrawn) {
    const auto index = index_of_classes({40, 40});
    const auto labelled = [&](std::uint64_t seed) {
        return plan_splits(index, {.by = SplitWay::fraction, .fraction = 0.25, .seed = seed}).splits[0].clips;
    };

    EXPECT_EQ(labelled(0), labelled(0));
    EXPECT_NE(labelled(0), labelled(1));
    EXPECT_NE(labelled(0), (Clips{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49}));
}

TEST(SplitPlanTest, WhatIsDrawnOfAClassDoesNotDependOnTheOthers) {
    const auto alone = plan_splits(index_of_classes({40}), {.by = SplitWay::fraction}).splits[0].clips;
    auto together = plan_splits(index_of_classes({40, 17}), {.by = SplitWay::fraction}).splits[0].clips;

    std::erase_if(together, [](auto clip) { return clip >= 40; });
    EXPECT_EQ(together, alone);
}

TEST(SplitPlanTest, FoldsDifferByOneClipAtMostInAllAndInEachClass) {
    const Clips counts{1, 2, 7, 11, 23};
    const auto index = index_of_classes(counts);
    for (const std::int64_t folds : {2, 3, 5, 10}) {
        const auto plan = plan_splits(index, {.by = SplitWay::folds, .folds = folds, .seed = 3});
        std::vector<Clips> parts;
        for (std::int64_t fold = 0; fold < folds; ++fold) {
            const auto name = "fold-" + std::to_string(fold);
            parts.push_back(clips_of(plan, name));
            expect_partition({parts.back(), clips_of(plan, "not-" + name)}, index.labels.size());
        }
        expect_partition(parts, index.labels.size());
        const auto [least, most] = std::ranges::minmax(parts, {}, &Clips::size);
        EXPECT_LE(most.size() - least.size(), 1U);
        for (std::size_t label = 0; label < counts.size(); ++label) {
            Clips of_label;
            for (const auto& part : parts) {
                of_label.push_back(count_of_label(index, part, static_cast<std::int64_t>(label)));
            }
            EXPECT_LE(std::ranges::max(of_label) - std::ranges::min(of_label), 1) << label;
        }
    }
}

TEST(SplitPlanTest, FoldsBySignerKeepSignersWholeAndBalanced) {
    auto index = index_of_classes({60}, 6);
    for (std::size_t clip = 0; clip < 20; ++clip) {
        index.signers[clip] = 0;  // one signer has more than a third of the clips
    }

    const auto plan = plan_splits(index, {.by = SplitWay::folds, .folds = 3, .group_by = FoldGroups::signer});

    std::map<std::int64_t, std::set<std::string>> folds_of_signer;
    std::vector<Clips> parts;
    for (const std::string name : {"fold-0", "fold-1", "fold-2"}) {
        parts.push_back(clips_of(plan, name));
        for (const auto clip : parts.back()) {
            folds_of_signer[index.signers[static_cast<std::size_t>(clip)]].insert(name);
        }
    }
    expect_partition(parts, 60);
    EXPECT_EQ(folds_of_signer.size(), 6U);
    for (const auto& [signer, folds] : folds_of_signer) {
        EXPECT_EQ(folds.size(), 1U) << signer;
    }
    EXPECT_LE(std::ranges::max(parts, {}, &Clips::size).size(), 27U);
}

TEST(SplitPlanTest, ClassCountKeepsTheLargestClassesAndOfEqualsTheFirstName) {
    auto index = index_of_classes({5, 9, 5, 20, 5});
    index.label_names = {"d", "b", "a", "-", "c"};  // "-" stands for no sign

    const auto plan = plan_splits(index, {.by = SplitWay::class_count, .classes = 2});

    EXPECT_EQ(clips_of(plan, "classes-2"), (Clips{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}));
    expect_partition({clips_of(plan, "classes-2"), clips_of(plan, "not-classes-2")}, 44);
}

TEST(SplitPlanTest, OnlyClipsOfTheSplitWithinAndWithFramesTakePart) {
    auto index = index_of_classes({10});
    index.splits["train"] = {9, 1, 3, 5, 7};
    for (std::size_t clip = 3; clip < index.labels.size(); ++clip) {
        index.offsets[clip + 1] = index.offsets[clip] + (clip == 3 ? 0 : 5);
    }

    const auto plan = plan_splits(index, {.by = SplitWay::folds, .within = "train", .folds = 2});

    EXPECT_EQ(plan.without_frames, 1);
    auto both = clips_of(plan, "fold-0");
    both.insert(both.end(), clips_of(plan, "fold-1").begin(), clips_of(plan, "fold-1").end());
    std::ranges::sort(both);
    EXPECT_EQ(both, (Clips{1, 5, 7, 9}));
    EXPECT_EQ(clips_of(plan, "not-fold-0"), clips_of(plan, "fold-1"));
}

TEST(SplitPlanTest, RefusesByOption) {
    const auto index = index_of_classes({10, 10}, 3);
    const std::vector<std::pair<SplitConfig, std::string>> refused{
        {{}, "--by (missing): expected signer, fraction, folds or class-count"},
        {{.by = SplitWay::signer, .signers = {"S07"}}, "no signer S07; they have: S00, S01, S02"},
        {{.by = SplitWay::fraction, .within = "trian"}, "no split trian; they have none"},
        {{.by = SplitWay::fraction, .fraction = 0}, "--fraction 0: expected more than 0 and less than 1"},
        {{.by = SplitWay::fraction, .fraction = 1}, "--fraction 1: expected more than 0 and less than 1"},
        {{.by = SplitWay::fraction, .fraction = -0.5}, "--fraction -0.5: expected"},
        {{.by = SplitWay::folds, .folds = 1}, "--folds 1: expected 2 to the number of clips, 20"},
        {{.by = SplitWay::folds, .folds = 21}, "--folds 21: expected 2 to the number of clips, 20"},
        {{.by = SplitWay::folds, .folds = 4, .group_by = FoldGroups::signer},
         "--folds 4: expected at most the number of signers, 3"},
        {{.by = SplitWay::class_count, .classes = 3}, "--classes 3: expected 1 to the number of classes, 2"},
    };
    for (const auto& [config, error] : refused) {
        EXPECT_NE(refusal_of(index, config).find(error), std::string::npos) << refusal_of(index, config);
    }
}

TEST(SplitPlanTest, ASplitOfThatNameIsRefusedUnlessItIsTheSame) {
    auto index = index_of_classes({10});
    const SplitConfig config{.by = SplitWay::folds, .folds = 2};
    index.splits["fold-0"] = clips_of(plan_splits(index, config), "fold-0");

    EXPECT_EQ(refusal_of(index, config), "no ConfigError");
    index.splits["fold-0"].pop_back();
    EXPECT_NE(refusal_of(index, config).find("already have a split fold-0 of other clips"),
              std::string::npos);
}

}  // namespace
}  // namespace sslslr
