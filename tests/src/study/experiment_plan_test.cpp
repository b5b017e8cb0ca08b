#include "src/study/experiment_plan.hpp"

#include <set>

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/study/study_jobs.hpp"
#include "tests/src/study/small_study.hpp"

namespace sslslr::test {
namespace {

ExperimentPlan planned(const StudySpec& spec) {
    return plan_experiments(spec, small_facts(), plain_identities());
}

TEST(ExperimentPlan, TrainsNothingTwiceHoweverManyTablesNeedIt) {
    const auto plan = planned(small_study(2));

    EXPECT_EQ(plan.pretrainings.size(), 2 * 2 * 3 * 2);  // methods, augmentations, folds, runs
    std::set<std::string> ids;
    for (const auto& job : plan.pretrainings) {
        ids.insert(job.id);
    }
    for (const auto& job : plan.evaluations) {
        ids.insert(job.id);
    }
    EXPECT_EQ(ids.size(), plan.pretrainings.size() + plan.evaluations.size());
}

TEST(ExperimentPlan, TwoNamesForTheSameSettingsAreOneTraining) {
    auto spec = small_study(1);
    spec.methods[1].settings = spec.methods[0].settings;

    EXPECT_EQ(planned(spec).pretrainings.size(), 2 * 3);
}

TEST(ExperimentPlan, MoreRunsKeepTheJobsOfFewer) {
    const auto few = planned(small_study(1));
    const auto many = planned(small_study(3));

    std::set<std::string> ids;
    for (const auto& job : many.pretrainings) {
        ids.insert(job.id);
    }
    for (const auto& job : few.pretrainings) {
        EXPECT_TRUE(ids.contains(job.id)) << job.name;
    }
}

TEST(ExperimentPlan, ATransferReadsEveryFoldsEncoderOnTheTarget) {
    const auto plan = planned(small_study(1));
    const auto& transfer = plan.tables[1];

    ASSERT_EQ(transfer.cells[0][0].size(), 1);     // runs
    EXPECT_EQ(transfer.cells[0][0][0].size(), 3);  // encoders
    EXPECT_EQ(transfer.rows[0].title, "ASL to LSA (our)");
    const auto found = std::ranges::find(plan.evaluations, transfer.cells[0][0][0][0], &EvaluationJob::id);
    EXPECT_EQ(found->data, 1);
}

TEST(ExperimentPlan, EveryTableOfAccuraciesHasItsControls) {
    const auto plan = planned(small_study(1));

    for (const auto* const name : {"random", "raw", "supervised"}) {
        EXPECT_EQ(std::ranges::count(plan.tables[0].columns, std::string{name}, &PlannedColumn::name), 1)
            << name;
    }
    EXPECT_EQ(plan.tables[2].columns.size(), 1);  // times have none
}

TEST(ExperimentPlan, SurvivesItsFile) {
    const auto plan = planned(small_study(2));
    const nlohmann::json json = plan;

    EXPECT_EQ(nlohmann::json(json.get<ExperimentPlan>()), json);
}

TEST(ExperimentPlan, RefusesWhatTheStudyDoesNotList) {
    auto spec = small_study(1);
    spec.tables[0].methods = {"three"};

    try {
        planned(spec);
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_NE(std::string{error.what()}.find("[method three]"), std::string::npos) << error.what();
        EXPECT_NE(std::string{error.what()}.find("one, two"), std::string::npos) << error.what();
    }
}

TEST(ExperimentPlan, AStudyDoesWithoutDataThatAreNotHere) {
    auto whole = small_study(1);
    whole.claims = {{.name = "C2", .kind = "better", .tables = {"2"}},
                    {.name = "C12", .kind = "better", .tables = {"1", "2"}}};

    const auto spec = narrowed(whole, {"asl"}, {"1", "2"});

    ASSERT_EQ(spec.tables.size(), 1);  // 2 has no target left, 4 is not wanted
    EXPECT_EQ(spec.tables[0].name, "1");
    EXPECT_EQ(spec.data.size(), 1);
    EXPECT_EQ(spec.claims[0].kind, "untested");
    EXPECT_EQ(spec.claims[1].tables, std::vector<std::string>{"1"});
    EXPECT_EQ(narrowed(whole, {"asl", "lsa"}, {"1", "2", "4"}).tables.size(), 3);
}

TEST(StudyJobs, AnEvaluationIsWantedWhenItsTrainingIsDone) {
    const auto plan = planned(small_study(1));
    const StudyJobs jobs{plan};
    LedgerState state;
    const auto wants = [&](const std::string& id) {
        const auto wanted = jobs.wanted(state);
        return std::ranges::count(wanted, id, &Job::id) == 1;
    };
    const auto evaluation =
        std::ranges::find(plan.evaluations, EncoderKind::pretrained, &EvaluationJob::encoder);
    EXPECT_FALSE(wants(evaluation->id));

    state.apply(
        {{"what", "claim"}, {"job", evaluation->pretraining}, {"attempt", 1}, {"worker", 1}, {"life", 1}});
    EXPECT_FALSE(wants(evaluation->id));
    state.apply(
        {{"what", "done"}, {"job", evaluation->pretraining}, {"attempt", 1}, {"outcome", {{"loss", 1}}}});
    EXPECT_TRUE(wants(evaluation->id));
}

TEST(StudyJobs, OneRunOfEverythingComesBeforeTheSecond) {
    const auto plan = planned(small_study(2));
    const StudyJobs jobs{plan};
    Dealer dealer;
    dealer.want(jobs.wanted({}));

    for (const auto& job : dealer.wanted()) {
        if (const auto* const training = jobs.pretraining(job.id)) {
            EXPECT_EQ(job.stage, 1 + training->run);
        } else {
            EXPECT_EQ(job.stage, 0);
        }
    }
}

}  // namespace
}  // namespace sslslr::test
