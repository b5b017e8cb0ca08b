// A study on real processes: its tables do not depend on which processes work, are stopped or resume.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "io/store/training_clips.hpp"
#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class StudyJob : public ProgramTest {
protected:
    /// Tiny trainings of two methods on asl9, evaluated there and on libras5.
    void SetUp() override {
        ProgramTest::SetUp();
        write(R"(title = Tiny
runs = 2
[pretrain]
blocks = 1
width = 16
heads = 2
global-batch = 100
max-steps = 3
spread-every = 1
[data asl9]
title = ASL9
published = ASL Citizen
data = )" + asl9 +
              R"(
leave-out-signer = S03
[data libras5]
data = )" + libras5 +
              R"(
train-fraction = 0.1
[method simclr]
title = SimCLR
method = simclr
[method sl-fpn]
title = SL-FPN
method = sl-fpn
[augmentation our]
title = (our)
[protocol linear]
protocol = linear
probe-epochs = 2
)" + tables_of_study +
              R"([figure 2]
store = )" + asl9 +
              R"(
clips = 0 450
[figure 7]
data = asl9
methods = simclr sl-fpn
augmentation = our
)");
    }
    void write(const std::string& text) const { std::ofstream{folder_ / "tiny.ini"} << text; }
    std::string places(const std::string& folder) const {
        return "--study " + (folder_ / "tiny.ini").string() + " --folder " + (folder_ / folder).string() +
               " ";
    }
    Outcome work(int ranks, const std::string& folder, const std::string& more = "") const {
        return run(program(ranks, "study run " + places(folder) + more));
    }
    /// Runs the study in the folder `study` and asks it to stop once a training has done a step.
    /// @param trainings  a pattern of run folders
    Outcome stopped_in(const std::string& trainings) const {
        return run("sh -c '" + program(1, "study run " + places("study")) + " & while kill -0 $! && ! cat " +
                   (folder_ / "study" / trainings).string() +
                   "/metrics.jsonl 2>/dev/null | grep -q .; do sleep 0.02; done; kill -USR1 $!; wait $!'");
    }
    Json ask(const std::string& what, const std::string& folder) const {
        const auto outcome = run(program(1, "study " + what + " --json " + places(folder)));
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        return Json::parse(outcome.output);
    }
    Json plan_of(const std::string& folder) const {
        return Json::parse(std::ifstream{folder_ / folder / "plan.json"});
    }
    void set_code_of_plan(const std::string& folder, const std::string& code) const {
        auto plan = plan_of(folder);
        plan["code"] = code;
        std::ofstream{folder_ / folder / "plan.json"} << plan;
    }
    static std::string in(const fs::path& folder, const std::string& command) {
        return "sh -c 'cd " + folder.string() + " && " + command + "'";
    }
    static std::string shipped(const std::string& study) {
        return SSLSLR_SOURCE_DIR "/configs/study/" + study;
    }
    void replace(const std::string& what, const std::string& by) const {
        std::ifstream file{folder_ / "tiny.ini"};
        std::string text{std::istreambuf_iterator<char>{file}, {}};
        text.replace(text.find(what), what.size(), by);
        write(text);
    }
};

TEST_F(StudyJob, TablesDoNotDependOnWhoWorkedInHowManyLives) {
    replace("[figure 7]", "[figure 4]\nsearch = " + (folder_ / "search").string() +
                              "\n[figure 4]\nsearch = none\ntitle = another\n[figure 7]");
    fs::create_directories(folder_ / "search/report");
    std::ofstream{folder_ / "search/report/report.json"} << R"({"k1": 8})";
    ASSERT_EQ(work(1, "alone").exit_code, 0);
    for (int life = 0; life < 3; ++life) {
        ASSERT_EQ(work(2, "together", "--max-jobs 3").exit_code, 0);
    }
    ASSERT_EQ(work(2, "together").exit_code, 0);

    const auto alone = ask("report", "alone");
    const auto together = ask("report", "together");
    EXPECT_EQ(alone["tables"], together["tables"]);
    EXPECT_EQ(alone["complete"], true);
    EXPECT_EQ(alone["data"][0]["published"], "ASL Citizen");
    EXPECT_EQ(alone["tables"][0]["rows"].size(), 2);
    EXPECT_EQ(alone["tables"][0]["rows"][0]["cells"][0]["runs"], 2);
    for (const auto& panel : alone["figures"]["7"]["panels"]) {
        EXPECT_TRUE(fs::exists(folder_ / "alone" / panel["features"].get<std::string>()));
    }
    EXPECT_EQ(alone["figures"]["7"]["panels"].size(), 2);
    EXPECT_EQ(alone["figures"], together["figures"]);
    EXPECT_EQ(alone["figures"]["8"]["curves"][1]["steps"], Json::parse("[1, 2, 3]"));
    EXPECT_DOUBLE_EQ(alone["figures"]["8"]["curves"][1]["raw"][0], 1);
    EXPECT_DOUBLE_EQ(alone["figures"]["8"]["curves"][0]["raw"][2],
                     alone["tables"][2]["rows"][0]["cells"][0]["mean"]);
    const auto searches = alone["figures"]["4"]["searches"];
    EXPECT_EQ(searches[0]["title"], (folder_ / "search").string());
    EXPECT_EQ(searches[0]["report"]["k1"], 8);
    EXPECT_EQ(searches[1]["title"], "another");
    EXPECT_EQ(searches[1]["missing"],
              "none/report/report.json is missing: sslslr boundary report --study none writes it");
    const auto clip = alone["figures"]["2"]["clips"][1];
    EXPECT_EQ(clip["skeleton"].size(), clip["frames"]);
    EXPECT_EQ(clip["skeleton"][0].size(), clip["points"].size());
}

TEST_F(StudyJob, ASecondRunHasNothingToDoAndMoreRunsKeepTheFirst) {
    replace("runs = 2", "runs = 1");
    ASSERT_EQ(work(2, "study").exit_code, 0);
    EXPECT_TRUE(work(2, "study").says("0 jobs done here"));
    const auto one = ask("status", "study");

    replace("runs = 1", "runs = 2");
    ASSERT_EQ(work(2, "study").exit_code, 0);
    const auto two = ask("status", "study");
    EXPECT_EQ(two["trainings"]["done"], 2 * one["trainings"]["done"].get<int>());
}

TEST_F(StudyJob, ATrainingThatIsStoppedGoesOnFromItsCheckpoint) {
    replace("runs = 2", "runs = 1");
    replace("max-steps = 3", "max-steps = 600\ncheckpoint-every = 5");
    const auto stopped = stopped_in("pretrainings/*");
    ASSERT_EQ(stopped.exit_code, 75) << stopped.output;
    replace("max-steps = 600\ncheckpoint-every = 5", "max-steps = 600\ncheckpoint-every = 50");
    ASSERT_EQ(work(2, "study").exit_code, 0);

    bool went_on = false;
    for (const auto& entry : fs::directory_iterator{folder_ / "study" / "pretrainings"}) {
        went_on = went_on || entry.path().extension() == ".2";
    }
    EXPECT_TRUE(went_on);
    EXPECT_EQ(ask("report", "study")["complete"], true);
}

TEST_F(StudyJob, AWholeNetworkThatIsStoppedGoesOnFromItsCheckpoint) {
    replace("runs = 2", "runs = 1");
    replace("fine-tune-epochs = 1", "fine-tune-epochs = 150");
    const auto evaluations = folder_ / "study" / "evaluations";
    const auto stopped = stopped_in("evaluations/*/*");
    ASSERT_EQ(stopped.exit_code, 75) << stopped.output;
    bool has_checkpoint = false;
    for (const auto& entry : fs::recursive_directory_iterator{evaluations}) {
        has_checkpoint = has_checkpoint || entry.path().extension() == ".h5";
    }
    EXPECT_TRUE(has_checkpoint);

    ASSERT_EQ(work(2, "study").exit_code, 0);
    ASSERT_EQ(work(2, "undisturbed").exit_code, 0);

    EXPECT_EQ(ask("report", "study")["tables"], ask("report", "undisturbed")["tables"]);
    EXPECT_TRUE(fs::is_empty(evaluations)) << "checkpoints of what is done";
}

TEST_F(StudyJob, TablesOneByOneMakeOneReport) {
    replace("runs = 2", "runs = 1");
    for (const std::string table : {"8", "5", "1"}) {
        ASSERT_EQ(work(2, "study", "--tables " + table).exit_code, 0);
    }
    ASSERT_EQ(work(1, "study", "--tables 5 --dry-run").exit_code, 0);

    const auto report = ask("report", "study");

    ASSERT_EQ(report["tables"].size(), 3);
    EXPECT_EQ(report["tables"][0]["name"], "1");
    EXPECT_EQ(report["complete"], true);
    EXPECT_TRUE(work(2, "study").says("0 jobs done here"));
}

TEST_F(StudyJob, EveryTrainingRecordsTheClipsThatItSees) {
    ASSERT_EQ(work(2, "study").exit_code, 0);

    std::size_t trainings = 0;
    for (const auto& run : fs::directory_iterator{folder_ / "study" / "pretrainings"}) {
        EXPECT_EQ(io::read_training_clips(run.path() / io::training_clips_file).numbers.size(), 600U);
        ++trainings;
    }
    EXPECT_GE(trainings, 1U);
}

TEST_F(StudyJob, ATransferToWhatIsPretrainedOnIsRefusedWhateverStoreHoldsIt) {
    const auto copy = (folder_ / "copy.h5").string();
    ASSERT_EQ(run(program(1, "repack " + asl9 + " --points upper-body --output " + copy)).exit_code, 0);
    replace("data = " + std::string{SSLSLR_SOURCE_DIR} + "/io/examples/libras5.h5", "data = " + copy);

    const auto outcome = work(2, "study", "--dry-run");

    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_TRUE(outcome.says("transfer from [data asl9] to [data libras5]")) << outcome.output;
    EXPECT_TRUE(outcome.says("the encoder is pretrained on ")) << outcome.output;
}

TEST_F(StudyJob, ATransferIsRefusedAsByEvaluateWhereFewTestClipsPretrain) {
    const auto folds = (folder_ / "folds").string();
    const auto both = (folder_ / "both.h5").string();
    ASSERT_EQ(run(program(1, "split " + asl9 + " --by folds --folds 20 --separate " + folds)).exit_code, 0);
    ASSERT_EQ(run(program(1, "merge " + libras5 + " " + folds + "/fold-1.h5 --output " + both)).exit_code, 0);
    replace("data = " + libras5, "data = " + both);

    const auto outcome = work(1, "study", "--dry-run");

    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_TRUE(outcome.says("the encoder is pretrained on ")) << outcome.output;
}

TEST_F(StudyJob, TestClipsThatTrainUnderAnotherNameAreReported) {
    const auto folds = (folder_ / "signers").string();
    const auto both = (folder_ / "both.h5").string();
    ASSERT_EQ(run(program(1, "split " + asl9 + " --by signer --separate " + folds)).exit_code, 0);
    ASSERT_EQ(run(program(1, "merge " + asl9 + " " + folds + "/signer-S03.h5 --output " + both)).exit_code,
              0);
    replace("data = " + asl9 + "\nleave-out-signer = S03", "data = " + both + "\ntrain-fraction = 0.5");

    const auto outcome = work(1, "study", "--dry-run --tables 5");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("test clips have the same content as pretraining clips (e.g. "))
        << outcome.output;
    EXPECT_TRUE(outcome.says("test clips have the same content as labelled training clips (e.g. "))
        << outcome.output;
}

TEST_F(StudyJob, ResultsOfOtherCodeAreContinuedOnlyWhereThatIsAccepted) {
    replace("runs = 2", "runs = 1");
    ASSERT_EQ(work(1, "study", "--max-jobs 1").exit_code, 0);
    const std::string own = plan_of("study")["code"];
    set_code_of_plan("study", "0123456789abcdef");

    const auto refused = work(2, "study");
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_EQ(refused.count("holds results of code 0123456789abcdef, and this program's code is " + own), 1)
        << refused.output;
    EXPECT_TRUE(refused.says("add --accept-other-code")) << refused.output;
    EXPECT_EQ(plan_of("study")["code"], "0123456789abcdef");

    const auto accepted = work(2, "study", "--max-jobs 1 --accept-other-code");
    EXPECT_EQ(accepted.exit_code, 0) << accepted.output;
    EXPECT_EQ(accepted.count("continuing, as --accept-other-code asks"), 1) << accepted.output;
    EXPECT_EQ(plan_of("study")["code"], "0123456789abcdef " + own);
    EXPECT_EQ(ask("report", "study")["code"], "0123456789abcdef " + own);
    EXPECT_FALSE(work(1, "study", "--max-jobs 1").says("accept-other-code"));
}

TEST_F(StudyJob, ResultsWhosePlanIsLostOrDamagedAreOfUnknownCode) {
    replace("runs = 2", "runs = 1");
    ASSERT_EQ(work(1, "study", "--max-jobs 1").exit_code, 0);
    const std::string own = plan_of("study")["code"];
    const auto file = folder_ / "study" / "plan.json";

    ASSERT_TRUE(fs::remove(file));
    const auto lost = work(2, "study");
    EXPECT_FALSE(fs::exists(file));
    std::ofstream{file} << "{";
    const auto damaged = work(1, "study");
    for (const auto& refused : {lost, damaged}) {
        EXPECT_EQ(refused.exit_code, 2) << refused.output;
        EXPECT_TRUE(refused.says("code unknown") && refused.says("--accept-other-code")) << refused.output;
    }

    const auto accepted = work(2, "study", "--max-jobs 1 --accept-other-code");
    EXPECT_EQ(accepted.exit_code, 0) << accepted.output;
    EXPECT_TRUE(accepted.says("continuing, as --accept-other-code asks")) << accepted.output;
    EXPECT_EQ(plan_of("study")["code"], "unknown " + own);
}

TEST_F(StudyJob, APlanOfOtherCodeWithoutResultsIsPlannedAnewWithoutAWord) {
    replace("runs = 2", "runs = 1");
    ASSERT_EQ(work(1, "study", "--dry-run").exit_code, 0);
    const std::string own = plan_of("study")["code"];
    set_code_of_plan("study", "0123456789abcdef");

    const auto outcome = work(1, "study", "--max-jobs 1");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_FALSE(outcome.says("accept-other-code")) << outcome.output;
    EXPECT_EQ(plan_of("study")["code"], own);
}

TEST_F(StudyJob, AllClipsOfDataThatAreTestedElsewhereMayPretrain) {
    replace("leave-out-signer = S03\n", "");
    const auto tested = run(program(1, "study run --dry-run " + places("study")));
    EXPECT_EQ(tested.exit_code, 2) << "tables of asl9 itself";
    EXPECT_TRUE(tested.says("[data asl9], line") && tested.says("nothing to test on")) << tested.output;

    std::ifstream file{folder_ / "tiny.ini"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    text.erase(text.find("[table"));
    write(text +
          "[table away]\ndata = asl9\ntargets = libras5\nmethods = simclr\naugmentations = our\n"
          "protocol = linear\n");
    ASSERT_EQ(work(2, "study", "--max-jobs 3").exit_code, 0);
    const auto data = plan_of("study")["plan"]["data"];
    EXPECT_EQ(data[0]["folds"][0]["pretrain"], 900);
    EXPECT_EQ(data[0]["folds"][0]["test"].size(), 0);
    ASSERT_EQ(work(2, "study").exit_code, 0);
    const auto report = ask("report", "study");
    EXPECT_TRUE(report["tables"][0]["rows"][0]["cells"][0]["mean"].is_number()) << report;
}

TEST_F(StudyJob, TheExamplesCanBeRun) {
    const auto outcome =
        run(in(SSLSLR_SOURCE_DIR, program(1, "study run --max-jobs 1 --study " + shipped("examples.ini") +
                                                 " --folder " + (folder_ / "examples").string())));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("1 job done here")) << outcome.output;
}

TEST_F(StudyJob, TheStudiesOfThePoolCanBePlanned) {
    fs::create_symlink(SSLSLR_SOURCE_DIR "/configs", folder_ / "configs");
    fs::create_directories(folder_ / "runs" / "pool");
    for (int source = 1; source <= 10; ++source) {
        const auto store = folder_ / "runs" / "pool" / fmt::format("signer-P{:02}.h5", source);
        const auto made = run(
            program(1, fmt::format("prepare --from synthetic --classes 4 --clips 40 --seed {} --output {}",
                                   source, store.string())));
        ASSERT_EQ(made.exit_code, 0) << made.output;
    }
    for (const auto* const study : {"recipes.ini", "few-labels.ini", "levers.ini"}) {
        const auto outcome = run(in(folder_, program(1, "study run --dry-run --study " + shipped(study))));
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        EXPECT_TRUE(outcome.says("trainings and")) << outcome.output;
    }
}

TEST_F(StudyJob, ThePapersStudyDoesWithTheDataThatAreHere) {
    fs::create_symlink(SSLSLR_SOURCE_DIR "/configs", folder_ / "configs");
    const auto study = " --tables 1 6 --dry-run --study " + shipped("paper.ini");
    const auto none = run(in(folder_, program(4, "study run" + study)));
    EXPECT_EQ(none.exit_code, 2) << none.output;
    EXPECT_TRUE(none.says("none of its data sets was found")) << none.output;

    fs::create_directory(folder_ / "data");
    fs::copy(asl9, folder_ / "data" / "lsa64.h5");
    const auto outcome = run(in(folder_, program(4, "study run" + study)));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("[data gsl]: files not found")) << outcome.output;
    EXPECT_TRUE(outcome.says("80 trainings and 118 evaluations")) << outcome.output;

    const auto report = Json::parse(
        run(in(folder_, program(1, "study report --json --study " + shipped("paper.ini")))).output);
    EXPECT_EQ(report["tables"].size(), 2);
    EXPECT_EQ(report["tables"][0]["rows"].size(), 2);
    EXPECT_EQ(report["data"].size(), 1);
}

TEST_F(StudyJob, AReportOfAnUnfinishedStudySaysWhatIsMissing) {
    ASSERT_EQ(work(1, "study", "--max-jobs 2").exit_code, 0);

    const auto report = ask("report", "study");

    EXPECT_EQ(report["complete"], false);
    replace("clips = 0 450", "clips = 0 4500");
    ASSERT_EQ(work(1, "study", "--max-jobs 1").exit_code, 0);
    const auto refused = run(program(1, "study report " + places("study")));
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_TRUE(refused.says("clip 4500: expected 0 to 899")) << refused.output;
    EXPECT_EQ(report["tables"][0]["rows"][0]["cells"][0]["status"], "missing");
}

TEST_F(StudyJob, EndsWithACodeOfItsOwnWhereJobsAreSetAside) {
    replace("title = (our)", "title = (our)\nrotation-degrees = 999");
    for (const int ranks : {2, 1}) {  // also if nothing is left to do
        const auto outcome = work(ranks, "study");
        EXPECT_EQ(outcome.exit_code, 5) << outcome.output;
        EXPECT_TRUE(outcome.says("warning: jobs set aside after repeated failures: ")) << outcome.output;
        EXPECT_TRUE(outcome.says("`sslslr study status` lists them")) << outcome.output;
    }
}

TEST_F(StudyJob, JobsOfOtherTablesThatAreSetAsideDoNotCount) {
    replace("runs = 2", "runs = 1");
    replace("[protocol linear]", "[augmentation bad]\nrotation-degrees = 999\n[protocol linear]");
    replace("augmentations = our\nmeasure = inertia", "augmentations = bad\nmeasure = inertia");
    ASSERT_EQ(work(1, "study", "--tables 5").exit_code, 5);

    const auto outcome = work(2, "study", "--tables 8");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_FALSE(outcome.says("set aside")) << outcome.output;
    EXPECT_EQ(ask("status", "study")["set_aside"].size(), 2U);

    replace("rotation-degrees = 999", "rotation-degrees = 9");
    EXPECT_EQ(work(2, "study", "--tables 5").exit_code, 0) << "of settings that are no longer asked for";
    EXPECT_TRUE(ask("status", "study")["set_aside"].empty());
}

TEST_F(StudyJob, AMisspeltWordIsRefusedByItsLineBeforeAnythingIsPlanned) {
    const auto refuses = [&](const std::string& what, const std::string& by, const std::string& says) {
        TearDown();
        SetUp();
        replace(what, by);
        for (const std::string more : {"--dry-run", ""}) {
            const auto outcome = work(2, "study", more);
            EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
            EXPECT_EQ(outcome.count("tiny.ini, " + says), 1) << outcome.output;
        }
        EXPECT_FALSE(fs::exists(folder_ / "study"));
    };
    refuses("title = (our)", "augmentation = boundry",
            "[augmentation our], line 25: augmentation = boundry: expected boundary, classical, both, none, "
            "skeleton or skeleton-boundary");
    refuses("method = simclr", "method = simclear",
            "[method simclr], line 20: method = simclear: expected sl-fpn, ");
    refuses("global-batch = 100", "optimizer = adam",
            "[pretrain], line 7: optimizer = adam: expected sgd, adamw or lars");
    refuses("fine-tune-epochs = 1", "fine-tune-schedule = cosin",
            "[protocol scratch], line 31: fine-tune-schedule = cosin: expected constant, cosine or triangle");
    refuses("probe-epochs = 2", "probe = both",
            "[protocol linear], line 27: probe = both: expected mlp, linear");
}

TEST_F(StudyJob, ViewsThatRawCoordinatesCannotHaveAreRefusedBeforeAnythingIsTrained) {
    replace("blocks = 1", "blocks = 1\nnormalise = false");
    replace("fine-tune-epochs = 1", "fine-tune-epochs = 1\nfine-tune-augmentation = skeleton");

    const auto outcome = work(2, "study");

    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_TRUE(outcome.says("fine-tune-augmentation = skeleton: view-shift = 0.15")) << outcome.output;
    EXPECT_FALSE(fs::exists(folder_ / "study"));
}

TEST_F(StudyJob, BadStudyFilesAreRefusedByNameAndSection) {
    const auto refuses = [&](const std::string& what, const std::string& by, const std::string& says) {
        SetUp();
        replace(what, by);
        const auto outcome = work(2, "study");
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_TRUE(outcome.says(says)) << outcome.output;
        EXPECT_EQ(outcome.count("sslslr:"), 1) << outcome.output;
    };
    refuses("methods = simclr sl-fpn", "methods = simclr sl-fpm",
            "tiny.ini, [table 1], line 36: no [method sl-fpm] in the study file");
    refuses("measure = inertia", "measure = inertias",
            "[table 5], line 43: measure = inertias: expected top1");
    refuses("max-steps = 3", "max-step = 3",
            "[pretrain], line 8: unknown option max-step; did you mean max-steps?");
    refuses("[figure 7]", "[figur 7]", "tiny.ini, line 55: unknown section [figur]");
    refuses("trainings = 8", "trainings = 1",
            "[figure 8], line 50: trainings = 1: expected a table that measures trainings");
    refuses("accuracies = 1", "accuracies = 9",
            "[figure 8], line 51: no [table 9] in the study file; found 1, 5, 8");
    refuses("[figure 7]", "[figure 4]\n[figure 7]",
            "[figure 4], line 55: search is required: the folder of a");
    refuses("clips = 0 450", "clips = 0 4x", "[figure 2], line 54: clips = 4x: expected a number");
    refuses("leave-out-signer = S03", "leave-out-signer = S04",
            "tiny.ini, [data asl9], line 10: the data have no signer S04");
    refuses("protocol = linear\nprobe", "protocol = linaer\nprobe",
            "[protocol linear], line 27: protocol = linaer: expected linear, transfer, ");
    refuses("runs = 2", "runs = 2\nruns = 3", "tiny.ini: runs is given twice, in lines 2 and 3");
    refuses("method = simclr", "method = simclr\ncanonical-hand = true",
            "simclr changes how clips become frames, which all trainings of a data set share");
    refuses("max-steps = 3", "seed = -1", "line 8: seed = -1: expected a whole number of 0 or more");
    refuses("[data libras5]", "[data asl9]", "[data asl9] appears twice, in lines 10 and 15");
    refuses("title = Tiny", "title", "line 1: expected name = value");
    refuses("runs = 2", "runs = two", "tiny.ini, line 2: runs = two: expected a number");
    refuses("runs = 2", "runs = 0", "tiny.ini, line 2: runs = 0: expected 1 or more");
    const auto missing = run(program(1, "study run --study nowhere.ini"));
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_TRUE(missing.says("nowhere.ini: no such file")) << missing.output;
    const auto never_run = run(program(1, "study report " + places("never")));
    EXPECT_EQ(never_run.exit_code, 2);
    EXPECT_TRUE(never_run.says("sslslr study run writes it")) << never_run.output;
}

}  // namespace
}  // namespace sslslr::test
