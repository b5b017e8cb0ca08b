#include "src/study/tables.hpp"

#include <map>

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/evaluate/intervals.hpp"
#include "src/study/claims.hpp"
#include "src/study/class_tables.hpp"
#include "tests/src/study/small_study.hpp"

namespace sslslr::test {
namespace {

class TablesTest : public testing::Test {
protected:
    /// Gives every evaluation of a cell the same predictions. @param correct  '1' or '0' for each clip
    void answer(const PlannedCell& cell, std::size_t run, const std::string& correct) {
        for (const auto& id : cell[run]) {
            std::vector<std::int64_t> predicted{correct[0] == '1' ? 0 : 1, correct[1] == '1' ? 1 : 0};
            records_[id] = {{{"top1", 0.5}, {"top5", 1.0}, {"macro_f1", 0.25}},
                            {{"correct", correct}, {"correct5", "11"}, {"predicted", predicted}}};
        }
    }
    ReportTable table(std::size_t number) const { return table_of(plan_.tables[number], results()); }
    StudyResults results() const {
        return {plan_, [this](const std::string& id) -> std::optional<JobRecord> {
                    const auto found = records_.find(id);
                    return found == records_.end() ? std::nullopt : std::optional{found->second};
                }};
    }

    ExperimentPlan plan_ = plan_experiments(small_study(2), small_facts(), plain_identities());
    std::map<std::string, JobRecord> records_;
};

TEST_F(TablesTest, ACellWithoutResultsIsMissing) {
    EXPECT_EQ(table(0).rows[0].cells[0].status, ReportCell::Status::missing);
    EXPECT_FALSE(table(0).rows[0].ranking);
}

TEST_F(TablesTest, AMeasureThatAProtocolDoesNotHaveIsNotWaitedFor) {
    plan_.tables[0].spec.measure = "validation";
    const auto status = [&] { return table(0).rows[0].cells[0].status; };
    answer(plan_.tables[0].cells[0][0], 0, "11");
    EXPECT_EQ(status(), ReportCell::Status::missing);

    answer(plan_.tables[0].cells[0][0], 1, "11");
    EXPECT_EQ(status(), ReportCell::Status::none);
}

TEST_F(TablesTest, ARunWithAFoldMissingDoesNotCount) {
    const auto& cell = plan_.tables[0].cells[0][0];
    answer(cell, 0, "11");
    answer(cell, 1, "11");
    records_.erase(cell[1][2]);

    EXPECT_EQ(table(0).rows[0].cells[0].values.runs.size(), 1);
}

TEST_F(TablesTest, SeveralRunsGiveStudentsInterval) {
    const auto& cell = plan_.tables[0].cells[0][0];
    answer(cell, 0, "11");
    answer(cell, 1, "10");

    const auto found = table(0).rows[0].cells[0];

    const std::vector<double> runs{1.0, 0.5};
    EXPECT_EQ(found.values.runs, runs);
    EXPECT_DOUBLE_EQ(found.figure.mean, 0.75);
    EXPECT_DOUBLE_EQ(found.figure.interval->low, student_interval(runs).low);
    EXPECT_DOUBLE_EQ(found.accuracies.at("macro_f1").mean, 0.25);
}

TEST_F(TablesTest, OneRunGivesABootstrapOverTestClips) {
    answer(plan_.tables[0].cells[0][0], 0, "10");

    const auto found = table(0).rows[0].cells[0];

    EXPECT_EQ(found.values.clips.size(), 6);
    const std::vector<double> clips{1, 0, 1, 0, 1, 0};
    EXPECT_DOUBLE_EQ(found.figure.interval->high, bootstrap_interval(clips).high);
}

TEST_F(TablesTest, ATargetsClipCountsOnceHoweverManyEncodersReadIt) {
    answer(plan_.tables[1].cells[0][0], 0, "10");

    EXPECT_EQ(table(1).rows[0].cells[0].values.clips.size(), 2);
}

TEST_F(TablesTest, TheBestIsBetterOnlyIfPairedRunsSaySo) {
    const auto& cells = plan_.tables[0].cells[0];
    for (const std::size_t run : {0, 1}) {
        answer(cells[0], run, "11");
        answer(cells[1], run, run == 0 ? "10" : "01");
    }
    const auto ranking = [&] { return table(0).rows[0].ranking.value(); };
    EXPECT_EQ(ranking().best, 0);
    EXPECT_TRUE(ranking().is_better);  // 0.5 in both runs

    answer(cells[1], 1, "11");  // 0.5 and 0
    EXPECT_FALSE(ranking().is_better);
}

TEST_F(TablesTest, OfAnUnfinishedStudyOnlyRunsThatBothHaveArePaired) {
    plan_ = plan_experiments(small_study(3), small_facts(), plain_identities());
    const auto& ours = plan_.tables[0].cells[0][0];
    const auto& others = plan_.tables[0].cells[0][1];
    const auto difference = [&] { return results().difference(ours, others, "top1"); };
    answer(ours, 0, "11");
    answer(ours, 1, "11");
    answer(others, 2, "00");
    EXPECT_FALSE(difference());

    answer(others, 1, "10");
    answer(ours, 2, "10");

    const std::vector<double> both{0.5, 0.5};  // of runs 1 and 2
    const auto expected = student_interval(both);
    EXPECT_DOUBLE_EQ(difference()->mean, expected.mean);
    EXPECT_DOUBLE_EQ(difference()->high, expected.high);
}

TEST_F(TablesTest, ControlsAreNeverTheBest) {
    const auto& cells = plan_.tables[0].cells[0];
    answer(cells[0], 0, "10");
    answer(cells[1], 0, "00");
    answer(cells[2], 0, "11");  // random weights

    EXPECT_EQ(table(0).rows[0].ranking->best, 0);
}

TEST_F(TablesTest, OfTimesTheShortestIsBest) {
    for (const auto& id : plan_.tables[2].cells[0][0][0]) {
        records_[id] = {{{"seconds", 7.0}}, nlohmann::json::object()};
    }

    const auto found = table(2);

    EXPECT_DOUBLE_EQ(found.rows[0].cells[0].figure.mean, 7);
    const nlohmann::json json = found;
    EXPECT_EQ(json["higher_is_better"], false);
    EXPECT_DOUBLE_EQ(json["rows"][0]["cells"][0]["mean"], 7);
    EXPECT_TRUE(json["rows"][0]["cells"][0]["low"].is_null());
    EXPECT_TRUE(json["rows"][0]["best_over_second"].is_null());
}

TEST_F(TablesTest, TheConfusionMatrixSumsRunsAndFolds) {
    answer(plan_.tables[0].cells[0][0], 0, "10");
    answer(plan_.tables[0].cells[0][0], 1, "11");

    const auto classes = classes_of(plan_.tables[0], results());

    ASSERT_EQ(classes.size(), 1);
    EXPECT_EQ(classes[0]["confusion"], nlohmann::json::parse("[[6, 0], [3, 3]]"));
    EXPECT_DOUBLE_EQ(classes[0]["per_class"][1]["recall"], 0.5);
}

TEST_F(TablesTest, AClaimHoldsIfEveryComparisonBearsItOut) {
    const ClaimSpec claim{
        .name = "C", .kind = ClaimKind::better, .tables = {"1"}, .better = {"one"}, .worse = {"two"}};
    const auto verdict = [&] { return verdicts_of({claim}, results())[0].verdict; };
    EXPECT_EQ(verdict(), "not tested here");

    for (const std::size_t row : {0, 1}) {
        for (const std::size_t run : {0, 1}) {
            answer(plan_.tables[0].cells[row][0], run, "11");
            answer(plan_.tables[0].cells[row][1], run, "10");
        }
    }
    EXPECT_EQ(verdict(), "holds");

    answer(plan_.tables[0].cells[1][1], 1, "11");
    EXPECT_EQ(verdict(), "not distinguishable");

    for (const std::size_t run : {0, 1}) {
        answer(plan_.tables[0].cells[1][0], run, "00");
    }
    answer(plan_.tables[0].cells[1][1], 1, "10");
    EXPECT_EQ(verdict(), "does not hold");
}

TEST_F(TablesTest, AClaimComparesAMethodWithTheControlOfItsOwnEncoder) {
    auto spec = small_study(2);
    spec.methods[1].settings.push_back({"width", "32"});
    plan_ = plan_experiments(spec, small_facts(), plain_identities());
    const auto& cells = plan_.tables[1].cells[0];  // columns: one, two, random, random-two
    const std::vector<std::string> correct{"11", "10", "10", "00"};
    for (std::size_t column = 0; column < correct.size(); ++column) {
        for (const std::size_t run : {0, 1}) {
            answer(cells[column], run, correct[column]);
        }
    }

    const auto verdict = verdicts_of({{.name = "C",
                                       .kind = ClaimKind::better,
                                       .tables = {"2"},
                                       .better = {"one", "two"},
                                       .worse = {"random"}}},
                                     results());

    EXPECT_EQ(verdict[0].verdict, "holds");
}

TEST_F(TablesTest, AClaimFindsAControlWhereEveryMethodHasAnEncoderOfItsOwn) {
    auto spec = small_study(2);
    spec.methods[0].settings.push_back({"width", "8"});
    spec.methods[1].settings.push_back({"width", "32"});
    plan_ = plan_experiments(spec, small_facts(), plain_identities());
    const auto& cells = plan_.tables[1].cells[0];  // columns: one, two, random-one, random-two, raw
    for (const std::size_t run : {0, 1}) {
        answer(cells[2], run, "11");
    }
    answer(cells[4], 0, "10");
    ClaimSpec claim{
        .name = "C", .kind = ClaimKind::better, .tables = {"2"}, .better = {"random"}, .worse = {"raw"}};
    const auto verdict = [&] { return verdicts_of({claim}, results())[0].verdict; };

    EXPECT_EQ(verdict(), "holds");
    claim.kind = ClaimKind::above;
    claim.limit = 0.5;
    EXPECT_EQ(verdict(), "holds");
}

TEST_F(TablesTest, AClaimComparesAugmentationsMethodByMethod) {
    for (const std::size_t column : {0, 1}) {
        for (const std::size_t run : {0, 1}) {
            answer(plan_.tables[0].cells[0][column], run, "11");
            answer(plan_.tables[0].cells[1][column], run, "10");
        }
    }
    const auto verdict = verdicts_of({{.name = "C",
                                       .kind = ClaimKind::better,
                                       .tables = {"1"},
                                       .better = {"our"},
                                       .worse = {"classical"}}},
                                     results());

    EXPECT_EQ(verdict[0].verdict, "holds");
    EXPECT_EQ(verdict[0].evidence,
              "supported by 2 of 2 comparisons beyond their intervals, contradicted by 0");
}

TEST_F(TablesTest, OfTimesLessIsBetterAndLimitsAreHeld) {
    for (const std::size_t run : {0, 1}) {
        for (const auto& id : plan_.tables[2].cells[0][0][run]) {
            records_[id] = {{{"seconds", 7.0}}, nlohmann::json::object()};
        }
    }
    const auto verdict = [&](ClaimKind kind, double limit) {
        return verdicts_of({{.name = "C", .kind = kind, .tables = {"4"}, .better = {"two"}, .limit = limit}},
                           results())[0]
            .verdict;
    };

    EXPECT_EQ(verdict(ClaimKind::below, 8), "holds");
    EXPECT_EQ(verdict(ClaimKind::above, 8), "does not hold");
    EXPECT_EQ(verdict(ClaimKind::above, 6), "holds");
}

TEST_F(TablesTest, TheFigureOfOneTrainingDecidesNoClaim) {
    for (const auto& id : plan_.tables[2].cells[0][0][0]) {
        records_[id] = {{{"seconds", 7.0}}, nlohmann::json::object()};
    }

    const auto verdict =
        verdicts_of({{.name = "C", .kind = ClaimKind::below, .tables = {"4"}, .better = {"two"}, .limit = 8}},
                    results())[0];

    EXPECT_EQ(verdict.verdict, "not tested here");
    EXPECT_NE(verdict.evidence.find("no interval"), std::string::npos);
}

TEST_F(TablesTest, WhatIsDoneOnceStandsBesideEveryRun) {
    const auto& cells = plan_.tables[0].cells[0];
    const auto raw = std::ranges::find(plan_.tables[0].columns, "raw", &PlannedColumn::name) -
                     plan_.tables[0].columns.begin();
    const auto& once = cells[static_cast<std::size_t>(raw)];
    ASSERT_EQ(once.size(), 1);
    answer(once, 0, "10");
    answer(cells[0], 0, "11");
    answer(cells[0], 1, "10");

    const auto found = results().difference(cells[0], once, "top1");

    const std::vector<double> runs{0.5, 0.0};
    EXPECT_DOUBLE_EQ(found->mean, 0.25);
    EXPECT_DOUBLE_EQ(found->low, student_interval(runs).low);
}

TEST_F(TablesTest, OwnChoicesAreMadeOnValidationAndJudgedOnTests) {
    const auto& ours = plan_.tables[0].cells[0][0];
    const auto& others = plan_.tables[0].cells[1][0];
    const auto give = [&](const PlannedCell& cell, const std::string& correct, double validation) {
        for (const std::size_t run : {0, 1}) {
            answer(cell, run, correct);
            for (const auto& id : cell[run]) {
                records_[id].outcome["validation"] = validation;
            }
        }
    };
    const auto verdict = [&] {
        return verdicts_of({{.name = "C11",
                             .kind = ClaimKind::own_choice,
                             .tables = {"1"},
                             .better = {"our"},
                             .limit = 0.03}},
                           results())[0];
    };
    give(plan_.tables[0].cells[0][1], "10", 0.5);  // the other method: equal, so the common choice stays
    give(plan_.tables[0].cells[1][1], "11", 0.5);

    give(ours, "10", 0.9);
    give(others, "11", 0.1);  // better on the test clips, which do not decide
    EXPECT_EQ(verdict().verdict, "holds");

    give(others, "11", 0.95);
    EXPECT_EQ(verdict().verdict, "does not hold");
    EXPECT_EQ(verdict().evidence,
              "supported by 1 of 2 comparisons beyond their intervals, contradicted by 1");

    give(others, "10", 0.95);  // its own choice gains nothing
    EXPECT_EQ(verdict().verdict, "holds");
}

TEST_F(TablesTest, AnInteractionComparesTwoDifferences) {
    const auto give = [&](std::size_t table, std::size_t column, const std::string& first,
                          const std::string& second) {
        answer(plan_.tables[table].cells[0][column], 0, first);
        answer(plan_.tables[table].cells[0][column], 1, second);
    };
    const auto verdict = [&](const std::vector<std::string>& tables) {
        return verdicts_of({{.name = "C19",
                             .kind = ClaimKind::interaction,
                             .tables = tables,
                             .better = {"one"},
                             .worse = {"two"}}},
                           results())[0]
            .verdict;
    };
    give(0, 0, "11", "11");
    give(0, 1, "00", "00");  // ahead by 1
    EXPECT_EQ(verdict({"1", "2"}), "not tested here");
    give(1, 0, "11", "11");
    give(1, 1, "11", "11");  // ahead by 0

    EXPECT_EQ(verdict({"1", "2"}), "holds");
    EXPECT_EQ(verdict({"2", "1"}), "does not hold");

    give(1, 1, "00", "11");  // ahead by 0.5, with an interval wider than the 0.5 between the two
    EXPECT_EQ(verdict({"1", "2"}), "not distinguishable");
}

TEST_F(TablesTest, AClaimAboutATableThatThereIsNotIsRefused) {
    EXPECT_THROW(verdicts_of({{.name = "C", .kind = ClaimKind::better, .tables = {"9"}}}, results()),
                 ConfigError);
}

}  // namespace
}  // namespace sslslr::test
