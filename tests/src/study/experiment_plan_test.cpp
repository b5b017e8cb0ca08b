#include "src/study/experiment_plan.hpp"

#include <set>

#include <gtest/gtest.h>

#include "io/file/checksum.hpp"
#include "src/errors.hpp"
#include "src/study/merged_plan.hpp"
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

TEST(ExperimentPlan, AnAugmentationWinsOverTheOneThatAMethodsOwnFileNames) {
    auto spec = small_study(1);
    for (auto& method : spec.methods) {
        method.settings.push_back({"augmentation", "classical"});
    }

    const auto plan = planned(spec);

    EXPECT_EQ(plan.pretrainings.size(), 2 * 2 * 3);
    const std::pair<std::string, std::string> wanted{"augmentation", "boundary"};
    EXPECT_EQ(std::ranges::count(plan.pretrainings.front().options, wanted), 1);
}

TEST(ExperimentPlan, WhateverDecidesAnEvaluationTellsItApart) {
    const auto ids_of = [](const StudySpec& spec, EncoderKind encoder, const std::string& protocol) {
        std::set<std::string> ids;
        for (const auto& job : planned(spec).evaluations) {
            if (job.encoder == encoder && job.protocol.front().second == protocol) {
                ids.insert(job.id);
            }
        }
        return ids;
    };
    const auto differ = [&](const StudySpec& changed, EncoderKind encoder, const std::string& protocol) {
        const auto before = ids_of(small_study(1), encoder, protocol);
        const auto after = ids_of(changed, encoder, protocol);
        EXPECT_FALSE(before.empty());
        return std::ranges::none_of(after, [&](const auto& id) { return before.contains(id); });
    };
    auto raw_clips = small_study(1);
    for (auto& data : raw_clips.data) {
        data.settings.push_back({"normalise", "false"});
    }
    EXPECT_TRUE(differ(raw_clips, EncoderKind::none, "raw"));
    EXPECT_TRUE(differ(raw_clips, EncoderKind::pretrained, "linear"));
    auto other_target = small_study(1);
    other_target.data[1].settings.push_back({"normalise", "false"});
    const auto before = planned(small_study(1)).tables[1].cells[0][0];
    EXPECT_NE(planned(other_target).tables[1].cells[0][0], before);
    auto other_seed = small_study(1);
    other_seed.seed = 7;
    EXPECT_FALSE(differ(other_seed, EncoderKind::none, "raw")) << "it draws nothing";
    for (auto* const spec : {&other_seed, &raw_clips}) {
        spec->protocols[0].settings.push_back({"label-fraction", "0.1"});
    }
    const auto few_labels = ids_of(other_seed, EncoderKind::none, "raw");
    other_seed.seed = 8;
    EXPECT_NE(ids_of(other_seed, EncoderKind::none, "raw"), few_labels);
    auto larger_batch = small_study(1);
    larger_batch.pretrain.push_back({"global-batch", "8"});
    EXPECT_TRUE(differ(larger_batch, EncoderKind::none, "supervised"));
}

TEST(ExperimentPlan, ControlsHaveAsFewLabelsAsTheMethods) {
    auto spec = small_study(1);
    spec.protocols[0].settings.push_back({"label-fraction", "0.1"});

    const std::pair<std::string, std::string> few{"label-fraction", "0.1"};
    for (const auto& job : planned(spec).evaluations) {
        EXPECT_EQ(std::ranges::count(job.protocol, few), 1) << job.name;
    }
}

TEST(ExperimentPlan, PlansOfSomeTablesAddUp) {
    const auto whole = small_study(1);
    const auto facts = small_facts();
    const auto first = plan_experiments(narrowed(whole, {"asl", "lsa"}, {"4"}), facts, plain_identities());
    auto only_asl = narrowed(whole, {"asl"}, {"1"});
    const auto second = plan_experiments(only_asl, {facts[0]}, plain_identities());
    auto transfers = narrowed(whole, {"asl", "lsa"}, {"2"});
    std::ranges::reverse(transfers.data);
    const auto third = plan_experiments(transfers, {facts[1], facts[0]}, plain_identities());

    const auto all = merged(third, merged(second, first));

    const auto expected = planned(whole);
    EXPECT_EQ(all.tables.size(), 3);
    EXPECT_EQ(all.pretrainings.size(), expected.pretrainings.size());
    EXPECT_EQ(all.evaluations.size(), expected.evaluations.size());
    for (const auto& job : all.evaluations) {
        const auto same = std::ranges::find(expected.evaluations, job.id, &EvaluationJob::id);
        ASSERT_NE(same, expected.evaluations.end());
        EXPECT_EQ(all.data[static_cast<std::size_t>(job.data)].name,
                  expected.data[static_cast<std::size_t>(same->data)].name);
    }
    auto changed = first;
    changed.data[0].fingerprint = "other";
    EXPECT_EQ(merged(second, changed).tables.size(), 1);
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
    EXPECT_EQ(plan.tables[2].columns.size(), 1);  // times have no controls
}

std::vector<std::string> names_of(const PlannedTable& table) {
    std::vector<std::string> names;
    std::ranges::transform(table.columns, std::back_inserter(names), &PlannedColumn::name);
    return names;
}

/// The settings of the encoder that a cell evaluates.
Settings encoder_of(const ExperimentPlan& plan, const PlannedCell& cell) {
    return std::ranges::find(plan.evaluations, cell[0][0], &EvaluationJob::id)->options;
}

StudySpec with_a_wide_method(std::int64_t runs) {
    auto spec = small_study(runs);
    spec.methods[1].settings.push_back({"width", "32"});
    return spec;
}

TEST(ExperimentPlan, AMethodWithAnEncoderOfItsOwnHasControlsWithThatEncoder) {
    const auto plan = planned(with_a_wide_method(1));
    const auto& table = plan.tables[1];

    EXPECT_EQ(names_of(table), (std::vector<std::string>{"one", "two", "random", "random-two", "raw",
                                                         "supervised", "supervised-two"}));
    EXPECT_EQ(table.columns[3].title, "Random weights, Two");
    EXPECT_EQ(encoder_of(plan, table.cells[0][3]),
              (Settings{{"epochs", "3"}, {"seed", "0"}, {"width", "32"}}));
    EXPECT_EQ(table.cells[0][2], planned(small_study(1)).tables[1].cells[0][2]);
    auto fine_tuned = with_a_wide_method(1);
    fine_tuned.protocols[0].settings = {{"protocol", "fine-tune"}};
    EXPECT_EQ(planned(fine_tuned).tables[1].columns[3].title, "From scratch, Two");
}

TEST(ExperimentPlan, JobsOfControlsWithDifferentEncodersHaveDifferentNames) {
    const auto plan = planned(with_a_wide_method(2));

    std::set<std::string> names;
    for (const auto& job : plan.evaluations) {
        EXPECT_TRUE(names.insert(job.name).second) << job.name;
    }
    EXPECT_TRUE(names.contains("linear of random weights (two) on lsa, run 0"));
}

TEST(ExperimentPlan, AnEncoderOfAllMethodsOrOfARowsAugmentationIsThatOfTheOneControl) {
    auto wide = with_a_wide_method(1);
    wide.methods[0].settings.push_back({"width", "32"});
    auto augmented = small_study(1);
    augmented.augmentations[1].settings.push_back({"width", "32"});
    const std::vector<std::string> names{"one", "two", "random", "raw", "supervised"};

    const auto of_methods = planned(wide);
    const auto of_row = planned(augmented);

    EXPECT_EQ(names_of(of_methods.tables[0]), names);
    EXPECT_EQ(names_of(of_row.tables[0]), names);
    const auto width_of = [](const ExperimentPlan& plan, std::size_t row) {
        const auto settings = encoder_of(plan, plan.tables[0].cells[row][2]);
        return std::ranges::find(settings, "width", &Settings::value_type::first)->second;
    };
    EXPECT_EQ(width_of(of_methods, 0), "32");
    EXPECT_EQ(width_of(of_row, 0), "16");
    EXPECT_EQ(width_of(of_row, 1), "32");
}

TEST(ExperimentPlan, ControlsWithTheStudysOwnEncoderKeepTheirIds) {
    const auto plan = planned(small_study(1));

    EXPECT_EQ(plan.tables[1].cells[0][2][0][0],
              io::hash_text("evaluation\nl\ne\n\nrandom\nwidth=16\nseed=0\n\nprotocol=linear\n\nrun 0"));
    EXPECT_EQ(encoder_of(plan, plan.tables[1].cells[0][2]),
              (Settings{{"epochs", "3"}, {"width", "16"}, {"seed", "0"}}));
}

TEST(ExperimentPlan, SurvivesItsFile) {
    for (const auto& spec : {small_study(2), with_a_wide_method(2)}) {
        const nlohmann::json json = planned(spec);

        EXPECT_EQ(nlohmann::json(json.get<ExperimentPlan>()), json);
        EXPECT_EQ(json["tables"][0]["columns"][2]["control"], "random");
    }
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
    whole.claims = {{.name = "C2", .kind = ClaimKind::better, .tables = {"2"}},
                    {.name = "C12", .kind = ClaimKind::better, .tables = {"1", "2"}}};

    const auto spec = narrowed(whole, {"asl"}, {"1", "2"});

    ASSERT_EQ(spec.tables.size(), 1);  // table 2 has no target left, table 4 is not asked for
    EXPECT_EQ(spec.tables[0].name, "1");
    EXPECT_EQ(spec.data.size(), 1);
    EXPECT_EQ(spec.claims[0].kind, ClaimKind::untested);
    EXPECT_EQ(spec.claims[1].tables, std::vector<std::string>{"1"});
    EXPECT_EQ(narrowed(whole, {"asl", "lsa"}, {"1", "2", "4"}).tables.size(), 3);
}

TEST(ExperimentPlan, TablesAloneTrainNothingForFigures) {
    auto whole = small_study(1);
    whole.figures.embeddings = {{.data = {"asl", "lsa"}, .methods = {"one", "two"}, .augmentation = "our"}};
    const auto figures = [&](const std::vector<std::string>& tables) {
        return narrowed(whole, {"asl", "lsa"}, tables).figures.embeddings;
    };

    EXPECT_EQ(figures({"1", "2", "4"})[0].data.size(), 2);
    ASSERT_EQ(figures({"1"}).size(), 1);
    EXPECT_EQ(figures({"1"})[0].data, std::vector<std::string>{"asl"});
    EXPECT_TRUE(figures({"4"}).empty());  // table 4 trains only one of the two methods
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
    dealer.want(jobs.wanted(LedgerState{}));

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
