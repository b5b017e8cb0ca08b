#include "src/boundary/report.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "src/jobs/ledger.hpp"
#include "src/settings/words.hpp"
#include "tests/src/boundary/drive.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t clip_count = 40;

/// A search on 40 clips of two signs, with an oracle in place of training.
class ReportTest : public test::FolderTest {
protected:
    void SetUp() override {
        plan_.frames = 24;
        plan_.validated_by = "signer A";
        plan_.differing = {6, 5};
        plan_.class_names = {"hello", "tea"};
        for (std::size_t clip = 0; clip < clip_count; ++clip) {
            plan_.validation.push_back(static_cast<std::int64_t>(100 + clip));
            plan_.classes.push_back(clip < clip_count / 2 ? 0 : 1);
            plan_.lengths.push_back(24);
        }
    }

    /// Completes up to `most` of the wanted jobs, one after another, and returns the report.
    BoundaryReport worked(const SearchConfig& search, const AssumedAccuracy& oracle, int most = 1000) {
        const SearchJobs jobs{search, "identity", true};
        {
            Ledger ledger{folder_, {.durability = io::Durability::handed_over}};
            for (auto wanted = jobs.wanted(ledger.state()); !wanted.empty() && most > 0;
                 wanted = jobs.wanted(ledger.state())) {
                const auto claim = ledger.claim([&](const LedgerState&) { return wanted.front().id; });
                ledger.finish(*claim, result_of(jobs.trial_of(claim->job), oracle));
                --most;
            }
            ledger.leave(3, 4);
        }
        LedgerFiles files{folder_};
        files.refresh();
        files.read_journals();
        return report_of(plan_, jobs, files);
    }

    /// The clips of the second sign are right only up to k1 = 4.
    static Result result_of(const Trial& trial, const AssumedAccuracy& oracle) {
        const double accuracy = oracle.of(trial);
        std::vector<bool> correct;
        for (std::size_t clip = 0; clip < clip_count; ++clip) {
            correct.push_back(clip < clip_count / 2 || trial.k1 <= 4);
        }
        nlohmann::json detail{{"correct", hex_of_bits(correct)}};
        if (trial.kind == Trial::Kind::drawn) {
            detail["estimate"] = {{"k1", 7},
                                  {"k2", 9},
                                  {"clips_k1", std::vector<int>(clip_count, 7)},
                                  {"clips_k2", std::vector<int>(clip_count, 20)}};
        }
        return {.outcome = {{"accuracy", accuracy}}, .detail = detail, .seconds = 2};
    }

    static const Comparison& row(const BoundaryReport& report, const std::string& name) {
        return *std::ranges::find(report.comparisons, name, &Comparison::what);
    }

    SearchPlan plan_;
    SearchConfig race_{.frames = 24, .step = 4, .repeats = 4};
    AssumedAccuracy planted_{.planted_k1 = 8, .planted_k2 = 4, .rise = 0.05, .slope = 0.03, .noise = 0.001};
};

TEST_F(ReportTest, TellsTheAnswerAndThatTheDataSupportIt) {
    const auto report = worked(race_, planted_);

    EXPECT_EQ(report.k1, 8);
    EXPECT_EQ(report.k2, 4);
    EXPECT_TRUE(report.start.verdict->is_supported);
    EXPECT_TRUE(report.start.is_decided);
    EXPECT_EQ(report.end.verdict->answer->k, 4);
    EXPECT_EQ(report.start.curve.size(), 7U);
    EXPECT_NEAR(report.start.curve[2].against_reference->mean, 0.05, 0.005);
    EXPECT_NE(text_of_report(report).find("start: a boundary at 8 is supported"), std::string::npos);
    // Two repeats of every k, four of the reference, the controls and the pairs around the answer, of which
    // (4, 0) has two and (8, 0), (12, 0) none less.
    constexpr int jobs = 2 * 2 * 6 + 4 * 4 + 4 * 8 - 2 * 3;
    EXPECT_EQ(report.cost.jobs, jobs);
    EXPECT_EQ(report.cost.rank_seconds, 2.0 * jobs);
    EXPECT_EQ(report.cost.busy_share, 0.75);
}

TEST_F(ReportTest, SaysWhenNoBoundaryIsSupported) {
    const auto report = worked(race_, {.slope = 0, .noise = 0.002});

    EXPECT_FALSE(report.start.verdict->is_supported);
    EXPECT_NE(text_of_report(report).find("start: no boundary is supported by this data"), std::string::npos);
}

TEST_F(ReportTest, SaysWhatTheRepeatsDoNotDecide) {
    const auto report = worked(race_, {.planted_k1 = 8, .planted_k2 = 4, .slope = 0.0075, .noise = 0.05});

    EXPECT_FALSE(report.start.is_decided);
    EXPECT_FALSE(report.start.verdict->is_supported);
    EXPECT_NE(text_of_report(report).find("start: not decided yet, most likely"), std::string::npos);
}

TEST_F(ReportTest, ReplaysTheOtherModesByTheSameResultsAsFarAsTheyGo) {
    const auto race = worked(race_, planted_);
    EXPECT_EQ(race.other_modes[0].k1, 8) << word_of(race.other_modes[0].mode);
    EXPECT_EQ(race.other_modes[0].trainings, 2 * (2 * 6 + 1));
    EXPECT_FALSE(race.other_modes[1].k2)
        << "tolerant takes all repeats, which a race has only around its answer";
    EXPECT_NE(text_of_report(race).find("not known"), std::string::npos);
}

TEST_F(ReportTest, ATolerantSearchHasAVerdictToo) {
    auto tolerant = race_;
    tolerant.mode = SearchMode::tolerant;

    const auto report = worked(tolerant, planted_);

    EXPECT_EQ(report.k1, 8);
    EXPECT_TRUE(report.start.verdict->is_supported);
    EXPECT_EQ(report.start.verdict->larger->k, 12) << "the only larger one that it tested";
    EXPECT_EQ(report.other_modes[1].k1, 8);
    EXPECT_EQ(report.other_modes[1].trainings, 4 * (1 + 3 + 2));
}

TEST_F(ReportTest, OfOneSideTellsNothingOfTheOther) {
    auto one_side = race_;
    one_side.sides = Sides::start;

    const auto report = worked(one_side, planted_);

    EXPECT_FALSE(report.k2);
    const auto& last = report.clips->at(39);
    EXPECT_FALSE(last.k2);
    EXPECT_EQ(last.pair, (ClipBoundary{4, 0}));
    EXPECT_EQ(last.loss, 1.0);
    const auto text = text_of_report(report);
    EXPECT_NE(text.find("50 % of the clips do best at another pair of k1 and k2, within a step, 50 % equally "
                        "well at all"),
              std::string::npos)
        << text;
}

TEST_F(ReportTest, NamesTheSignsThatDoBetterElsewhere) {
    const auto report = worked(race_, planted_);

    const auto& clips = report.clips.value();
    ASSERT_EQ(clips.size(), clip_count);
    EXPECT_EQ(clips[0].clip, 100);
    EXPECT_EQ(clips[0].loss, 0.0);
    EXPECT_FALSE(clips[0].prefers_pair) << "it is right everywhere";
    EXPECT_EQ(clips[39].k1, 4) << "the nearest to the global one";
    EXPECT_EQ(clips[39].pair, (ClipBoundary{4, 4}));
    EXPECT_EQ(clips[39].loss, 1.0);
    EXPECT_EQ(report.signs->at(0).sign, "tea");
    EXPECT_EQ(report.signs->at(0).loss, 1.0);
    EXPECT_EQ(report.signs->at(1).loss, 0.0);
    const auto text = text_of_report(report);
    EXPECT_NE(text.find("20 clips would do better at another pair: clip 120 (tea) +1.00 at k1 = 4, k2 = 4"),
              std::string::npos)
        << text;
}

TEST_F(ReportTest, ComparesWithBoundariesThatNeedNoSearch) {
    const auto report = worked(race_, planted_);

    const auto& drawn = row(report, "random lengths, then sensitivity");
    EXPECT_EQ(drawn.k1, 7);
    EXPECT_EQ(drawn.near_k1, 1.0);
    EXPECT_EQ(drawn.near_k2, 0.0);
    const auto& differing = row(report, "frames in which classes differ");
    EXPECT_EQ(differing.k1, 6);
    EXPECT_EQ(differing.k2, 5);
    EXPECT_TRUE(differing.accuracies.empty());
    EXPECT_EQ(row(report, "the search's k1 and k2").trainings, 2 * (2 * 6 + 1));
    EXPECT_EQ(row(report, "random weights").accuracies.size(), 4U);
}

TEST_F(ReportTest, WhatIsNotKnownIsNullInItsFileOrLeftOut) {
    const nlohmann::json unfinished = worked(race_, planted_, 7);
    EXPECT_TRUE(unfinished["k1"].is_null());
    EXPECT_TRUE(unfinished["clips"].is_null());
    EXPECT_TRUE(unfinished["other_modes"][0]["trainings"].is_null());
    EXPECT_FALSE(unfinished["start"].contains("verdict"));
    EXPECT_FALSE(unfinished.contains("warning"));

    const nlohmann::json finished = worked(race_, planted_);
    EXPECT_EQ(finished["end"]["verdict"]["answer"]["k"], 4);
    EXPECT_EQ(finished["clips"][39]["prefers_k1"], true);
    EXPECT_FALSE(finished["start"]["curve"][0].contains("against_reference")) << "is the reference";
}

TEST_F(ReportTest, IsThereAtAnyMoment) {
    for (const int done : {0, 1, 5, 7}) {
        const auto report = worked(race_, planted_, done);
        EXPECT_FALSE(report.k1);
        EXPECT_FALSE(report.clips);
        EXPECT_NE(text_of_report(report).find("not answered yet"), std::string::npos);
    }
}

}  // namespace
}  // namespace sslslr
