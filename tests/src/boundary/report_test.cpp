#include "src/boundary/report.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "src/jobs/ledger.hpp"
#include "src/settings/words.hpp"
#include "tests/src/boundary/oracle.hpp"
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
        plan_.class_names = {"hello", "tea"};
        for (std::size_t clip = 0; clip < clip_count; ++clip) {
            plan_.validation.push_back(static_cast<std::int64_t>(100 + clip));
            plan_.classes.push_back(clip < clip_count / 2 ? 0 : 1);
            plan_.lengths.push_back(24);
        }
    }

    /// Completes up to `most` of the wanted jobs, one after another, and returns the report.
    BoundaryReport worked(const SearchConfig& search, const test::Oracle& oracle, int most = 1000) {
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

    /// The clips of the second sign are right only at k1 = 0.
    static Result result_of(const Trial& trial, const test::Oracle& oracle) {
        const double accuracy = oracle.accuracy(trial);
        std::vector<bool> correct;
        for (std::size_t clip = 0; clip < clip_count; ++clip) {
            correct.push_back(clip < clip_count / 2 || trial.k1 == 0);
        }
        nlohmann::json detail{{"correct", hex_of_bits(correct)}};
        if (trial.kind == Trial::Kind::adaptive) {
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
    SearchConfig full_{.frames = 24, .step = 4, .repeats = 4, .mode = SearchMode::full};
    test::Oracle planted_{.planted_k1 = 8, .planted_k2 = 4, .rise = 0.05, .slope = 0.03, .noise = 0.001};
};

TEST_F(ReportTest, TellsTheAnswerAndThatTheDataSupportIt) {
    const auto report = worked(full_, planted_);

    EXPECT_EQ(report.k1, 8);
    EXPECT_EQ(report.k2, 4);
    EXPECT_TRUE(report.start.verdict->is_supported);
    EXPECT_EQ(report.end.verdict->worse_k, 8);
    EXPECT_EQ(report.start.curve.size(), 7U);
    EXPECT_NEAR(report.start.curve[2].against_reference->mean, 0.05, 0.005);
    EXPECT_NE(text_of_report(report).find("start: a boundary at 8 is supported"), std::string::npos);
    EXPECT_EQ(report.cost.jobs, 4 * (2 * 6 + 1 + 4));
    EXPECT_EQ(report.cost.rank_seconds, 2.0 * 4 * (2 * 6 + 1 + 4));
    EXPECT_EQ(report.cost.busy_share, 0.75);
}

TEST_F(ReportTest, SaysWhenNoBoundaryIsSupported) {
    const auto report = worked(full_, {.slope = 0, .noise = 0.02});

    EXPECT_FALSE(report.start.verdict->is_supported);
    EXPECT_NE(text_of_report(report).find("start: no boundary is supported by this data"), std::string::npos);
}

TEST_F(ReportTest, ReplaysTheOtherModesByTheSameResults) {
    const auto report = worked(full_, planted_);

    for (const auto& answer : report.other_modes) {
        EXPECT_EQ(answer.k1, 8) << word_of(answer.mode);
        EXPECT_EQ(answer.k2, 4) << word_of(answer.mode);
        EXPECT_LE(answer.trainings, 4 * (2 * 6 + 1));
    }
    EXPECT_EQ(report.other_modes[2].trainings, 4 * (2 * 6 + 1)) << "full";
    EXPECT_EQ(report.other_modes[3].trainings, 4 + 2 * (6 * 2 + 3 * 2)) << "halving";
}

TEST_F(ReportTest, ATolerantSearchDoesNotKnowWhatTheFullOneWouldSay) {
    auto tolerant = full_;
    tolerant.mode = SearchMode::tolerant;

    const auto report = worked(tolerant, planted_);

    EXPECT_EQ(report.k1, 8);
    EXPECT_FALSE(report.other_modes[2].k1);
    EXPECT_NE(text_of_report(report).find("not known"), std::string::npos);
}

TEST_F(ReportTest, OfOneSideTellsNothingOfTheOther) {
    auto one_side = full_;
    one_side.sides = Sides::start;

    const auto report = worked(one_side, planted_);

    EXPECT_FALSE(report.k2);
    const auto& last = report.clips->at(39);
    EXPECT_FALSE(last.k2);
    EXPECT_EQ(last.loss, 1.0) << "all of it at the only side there is";
    const auto text = text_of_report(report);
    EXPECT_NE(text.find("50 % of the clips do better at another k1; "), std::string::npos) << text;
}

TEST_F(ReportTest, NamesTheSignsThatDoBetterElsewhere) {
    const auto report = worked(full_, planted_);

    const auto& clips = report.clips.value();
    ASSERT_EQ(clips.size(), clip_count);
    EXPECT_EQ(clips[0].clip, 100);
    EXPECT_EQ(clips[0].loss, 0.0);
    EXPECT_EQ(clips[39].k1, 0) << "it is right at none alone";
    EXPECT_EQ(clips[39].loss, 0.5) << "all of it at the start, nothing at the end";
    EXPECT_EQ(report.signs->at(0).sign, "tea");
    EXPECT_EQ(report.signs->at(0).loss, 0.5);
    EXPECT_EQ(report.signs->at(1).loss, 0.0);
    const auto text = text_of_report(report);
    EXPECT_NE(text.find("20 clips lose at the global values: clip 120 (tea) +0.50"), std::string::npos)
        << text;
}

TEST_F(ReportTest, ComparesWithBoundariesThatNeedNoSearch) {
    const auto report = worked(full_, planted_);

    const auto& motion = row(report, "clips' own, by the motion of the wrists");
    EXPECT_EQ(motion.k1, 7);
    EXPECT_EQ(motion.near_k1, 1.0);
    EXPECT_EQ(motion.near_k2, 0.0);
    EXPECT_EQ(row(report, "the search's k1 and k2").trainings, 4 * (2 * 6 + 1));
    EXPECT_EQ(row(report, "random weights").accuracies.size(), 4U);
}

TEST_F(ReportTest, WhatIsNotKnownIsNullInItsFileOrLeftOut) {
    const nlohmann::json unfinished = worked(full_, planted_, 7);
    EXPECT_TRUE(unfinished["k1"].is_null());
    EXPECT_TRUE(unfinished["clips"].is_null());
    EXPECT_TRUE(unfinished["other_modes"][0]["trainings"].is_null());
    EXPECT_FALSE(unfinished["start"].contains("verdict"));
    EXPECT_FALSE(unfinished.contains("warning"));

    const nlohmann::json finished = worked(full_, planted_);
    EXPECT_EQ(finished["end"]["verdict"]["worse_k"], 8);
    EXPECT_EQ(finished["clips"][39]["prefers_k1"], true);
    EXPECT_FALSE(finished["start"]["curve"][0].contains("against_reference")) << "is the reference";
}

TEST_F(ReportTest, IsThereAtAnyMoment) {
    for (const int done : {0, 1, 7, 12}) {
        const auto report = worked(full_, planted_, done);
        EXPECT_FALSE(report.k1);
        EXPECT_FALSE(report.clips);
        EXPECT_NE(text_of_report(report).find("not answered yet"), std::string::npos);
    }
}

}  // namespace
}  // namespace sslslr
