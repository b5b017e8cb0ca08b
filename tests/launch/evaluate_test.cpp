// Evaluations as users run them: every protocol, several runs, stopped and resumed.
#include <fstream>
#include <iterator>
#include <regex>

#include <fmt/format.h>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

class Evaluate : public ProgramTest {
protected:
    void SetUp() override {
        ProgramTest::SetUp();
        ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 2"))).exit_code, 0);
    }

    std::string folder_of(const std::string& run) const { return (folder_ / run).string(); }

    /// The JSON that an evaluation prints; null if it fails.
    nlohmann::json result(const std::string& arguments) const {
        const auto outcome = run(program(1, "evaluate --json --bootstrap 100 " + arguments));
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        return outcome.exit_code == 0 ? nlohmann::json::parse(outcome.output.substr(outcome.output.find('{')))
                                      : nlohmann::json{};
    }

    void expect_refused(const std::string& error, const std::string& arguments) const {
        const auto outcome = run(program(1, "evaluate --run " + folder_of("r") + " " + arguments));
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_TRUE(outcome.says(error)) << outcome.output;
    }

    static std::vector<std::string> names_of(const nlohmann::json& result) {
        std::vector<std::string> names;
        for (const auto& row : result["rows"]) {
            names.push_back(row["name"]);
        }
        return names;
    }

    static constexpr const char* quick =
        " --fine-tune-epochs 2 --fine-tune-warmup-epochs 1 --supervised-epochs 1 ";
};

TEST_F(Evaluate, EveryProtocolStandsBesideItsControls) {
    const std::string random = "same encoder, random weights";
    const std::string raw = "nearest neighbours, raw skeletons";
    const std::string scratch = "supervised from scratch";
    const std::vector<std::pair<std::string, std::vector<std::string>>> expected{
        {"linear --probe mlp", {random, "sl-fpn", raw, scratch}},
        {"knn", {random, "sl-fpn", raw, scratch}},
        {"semi-supervised --freeze --probe linear", {random, "sl-fpn", raw, scratch}},
        {"semi-supervised", {"sl-fpn", raw, scratch}},
        {"fine-tune", {"sl-fpn", raw, scratch}},
        {"supervised", {random, scratch, raw}}};
    for (const auto& [protocol, names] : expected) {
        const auto found = result("--run " + folder_of("r") + quick + "--protocol " + protocol);
        EXPECT_EQ(names_of(found), names) << protocol;
        EXPECT_EQ(found["label_fraction"], protocol.starts_with("semi") ? 0.3 : 1.0) << protocol;
        EXPECT_EQ(found["differences"].size(), names.size() - 1) << protocol;
        EXPECT_TRUE(fs::exists(folder_ / "r/evaluate" / (protocol.substr(0, protocol.find(' ')) + ".json")));
    }
}

TEST_F(Evaluate, AResultHoldsWhatItsFiguresAreMadeOf) {
    const auto found = result("--run " + folder_of("r") + quick + "--protocol knn");

    for (const auto& row : found["rows"]) {
        std::int64_t right = 0;
        std::int64_t on_diagonal = 0;
        for (std::size_t clip = 0; clip < 270; ++clip) {
            const bool is_right = row["predicted"][clip] == found["truth"][clip];
            EXPECT_EQ(row["correct"][clip], is_right ? 1 : 0);
            right += is_right ? 1 : 0;
        }
        for (std::size_t gloss = 0; gloss < 9; ++gloss) {
            on_diagonal += row["confusion"][gloss][gloss].get<std::int64_t>();
            EXPECT_EQ(row["per_class"][gloss]["clips"], 30);
        }
        EXPECT_EQ(on_diagonal, right);
        EXPECT_DOUBLE_EQ(row["top1"]["mean"], static_cast<double>(right) / 270);
    }
    EXPECT_EQ(found["parts"], "tested on signer S03");
}

TEST_F(Evaluate, ALabelCurveHasEveryRowAtEveryPointFromTheSameLabels) {
    const auto found = result("--run " + folder_of("r") + quick +
                              "--protocol label-curve --probe mlp --label-counts 2 5 --label-shares 0.1 1");

    ASSERT_EQ(found["points"].size(), 4U);
    const std::vector<std::string> names{"same encoder, random weights", "sl-fpn", "sl-fpn, fine-tuned",
                                         "nearest neighbours, raw skeletons", "supervised from scratch"};
    for (const auto& point : found["points"]) {
        EXPECT_EQ(names_of(point), names);
        EXPECT_EQ(point["differences"].size(), 2U * 3U);
    }
    EXPECT_EQ(found["points"][0]["labels"], 9 * 2);
    EXPECT_EQ(found["points"][3]["labels"], found["train_clips"]);
    const std::string points = "r/evaluate/label-curve-2-5-a-class-0.1-1";
    EXPECT_TRUE(fs::exists(folder_ / (points + ".json")));
    EXPECT_FALSE(fs::exists(folder_ / (points + "-training")));

    const auto frozen = result("--run " + folder_of("r") +
                               " --protocol label-curve --label-counts 5 --label-shares 0 --fine-tune=false "
                               "--supervised-epochs 0");
    ASSERT_EQ(frozen["points"].size(), 1U);
    EXPECT_EQ(names_of(frozen["points"][0]),
              (std::vector<std::string>{names[0], names[0], names[1], names[1], names[3]}))
        << "by both probes";
    EXPECT_EQ(frozen["points"][0]["rows"][2]["predicted"], found["points"][1]["rows"][1]["predicted"]);
}

TEST_F(Evaluate, ViewsThatRawCoordinatesCannotHaveAreRefusedBeforeAnyRow) {
    ASSERT_EQ(run(program(1, pretrain("raw", "--max-steps 1 --normalise=false"))).exit_code, 0);
    for (const std::string protocol : {"knn", "label-curve --label-counts 1 --label-shares 0"}) {
        const auto outcome = run(program(1, "evaluate --run " + folder_of("raw") + quick + "--protocol " +
                                                protocol + " --supervised-augmentation skeleton"));
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_TRUE(outcome.says("--supervised-augmentation skeleton: view-shift = 0.15")) << outcome.output;
        EXPECT_TRUE(outcome.says("choose another --supervised-augmentation")) << outcome.output;
        EXPECT_EQ(outcome.count("same encoder, random weights"), 0) << outcome.output;
    }
}

TEST_F(Evaluate, LabelsToChooseSettingsByAreCountedToo) {
    const auto arguments = "--run " + folder_of("r") + quick +
                           "--protocol linear --probe linear --label-count 1 --validation-signer S02 "
                           "--probe-rates 0.001 0.01";
    const auto found = result(arguments);
    const auto outcome = run(program(1, "evaluate --bootstrap 100 " + arguments));

    EXPECT_EQ(found["train_labels"], 9);
    EXPECT_EQ(found["validation_labels"], 9);
    EXPECT_TRUE(outcome.says("labels of 1 clip per class to train on and 1 to choose settings"))
        << outcome.output;
    const auto neighbours =
        run(program(1,
                    "evaluate --protocol knn --supervised-epochs 0 --bootstrap 100 --label-count 1 "
                    "--validation-signer S02 --run " +
                        folder_of("r")));
    EXPECT_TRUE(neighbours.says("labels of 1 clip per class from both")) << neighbours.output;
    EXPECT_EQ(neighbours.count("to choose"), 0) << "they learn from all at once: " << neighbours.output;
    const auto one_rate =
        run(program(1, "evaluate --bootstrap 100 " + arguments.substr(0, arguments.find("--probe-rates"))));
    EXPECT_EQ(one_rate.count("to choose"), 0) << "nothing is chosen: " << one_rate.output;
}

TEST_F(Evaluate, SeveralRunsGiveStudentIntervalsAndOneResultEach) {
    ASSERT_EQ(run(program(1, pretrain("s", "--max-steps 2 --seed 1"))).exit_code, 0);

    const auto both = result("--run " + folder_of("r") + " " + folder_of("s") + quick + "--protocol knn");

    EXPECT_EQ(both["interval"], "95 % Student t over 2 runs");
    EXPECT_EQ(both["seeds"], (nlohmann::json{0, 1}));
    const auto alone = result("--run " + folder_of("s") + quick + "--protocol knn");
    for (std::size_t i = 0; i < both["rows"].size(); ++i) {
        const auto& row = both["rows"][i];
        EXPECT_EQ(row["runs"][1]["predicted"], alone["rows"][i]["predicted"]);
        const auto mean = (row["runs"][0]["top1"].get<double>() + row["runs"][1]["top1"].get<double>()) / 2;
        EXPECT_NEAR(row["top1"]["mean"], mean, 1e-12);
    }
    EXPECT_TRUE(fs::exists(folder_ / "r/evaluate/knn-2-runs.json"));
    EXPECT_TRUE(fs::exists(folder_ / "s/evaluate/knn.json"));
}

TEST_F(Evaluate, RunsOfOneSettingAloneMakeAnInterval) {
    ASSERT_EQ(run(program(1, pretrain("other", "--max-steps 2 --seed 1 --k1 1/2"))).exit_code, 0);
    ASSERT_EQ(run(program(1, pretrain("again", "--max-steps 2"))).exit_code, 0);

    expect_refused("differ only by --seed, but --k1 is 1/3", folder_of("other"));
    expect_refused("another run has the same seed, 0", folder_of("again"));
}

TEST_F(Evaluate, RunsThatEndedAtOtherStepsOrSawOtherDataMakeNoInterval) {
    ASSERT_EQ(run(program(1, pretrain("short", "--max-steps 2 --seed 1 --checkpoint-every 1"))).exit_code, 0);
    ASSERT_TRUE(fs::remove(folder_ / "short/checkpoints/step-000000002.h5"));
    expect_refused("newest checkpoint is of step 1, that of " + folder_of("r") + " of step 2",
                   folder_of("short"));

    const std::pair<std::string, std::string> others[]{
        {"a", asl9 + " --seed 0"},
        {"b", std::string{SSLSLR_SOURCE_DIR} + "/io/examples/libras5.h5 --seed 1"}};
    for (const auto& [name, data] : others) {
        const auto trained = run(program(1, "pretrain --blocks 1 --width 16 --heads 2 --max-steps 1 --run " +
                                                folder_of(name) + " --data " + data));
        ASSERT_EQ(trained.exit_code, 0) << trained.output;
    }
    const auto mixed = run(program(
        1, "evaluate --protocol knn --leave-out-signer S03 --run " + folder_of("a") + " " + folder_of("b")));
    EXPECT_EQ(mixed.exit_code, 2) << mixed.output;
    EXPECT_TRUE(mixed.says(folder_of("b") + ": it was trained on other data than " + folder_of("a")))
        << mixed.output;
}

TEST_F(Evaluate, ShareOfLabelsIsInTheResultsName) {
    for (const std::string share : {"", "--label-fraction 0.1 "}) {
        const auto found =
            result("--run " + folder_of("r") + quick + "--protocol semi-supervised --freeze " + share);
        EXPECT_EQ(found["steps"], 2);
    }

    for (const auto& [file, share] :
         {std::pair{"semi-supervised.json", 0.3}, {"semi-supervised-0.1.json", 0.1}}) {
        const auto found = nlohmann::json::parse(std::ifstream{folder_ / "r/evaluate" / file});
        EXPECT_EQ(found["label_fraction"], share);
    }
}

TEST_F(Evaluate, TransferLearnsTheLabelsOfAnotherCorpus) {
    const auto libras = std::string{SSLSLR_SOURCE_DIR} + "/io/examples/libras5.h5";

    const auto found = result("--run " + folder_of("r") + quick +
                              "--protocol transfer --train-fraction 0.2 --data " + libras);

    EXPECT_EQ(found["classes"].size(), 5U);
    EXPECT_EQ(found["source"], nlohmann::json{asl9});
    EXPECT_EQ(found["target"], nlohmann::json{libras});
    expect_refused("--protocol transfer: --data is required", "--protocol transfer");
    expect_refused("--protocol transfer: the run was trained on",
                   "--protocol transfer --test-signer S03 "
                   "--leave-out-signer S03 --data " +
                       asl9);
}

TEST_F(Evaluate, ProbesAreChosenOnValidationClipsAndNeverOnTheTest) {
    const std::string several = "--protocol linear --probe mlp --probe-rates 0.001 0.01 ";
    expect_refused("2 probes to choose from, but no validation clips to choose on", several);
    expect_refused("shares 270 clips with the test clips",
                   several + "--leave-out-signer S02 --test-signer S03 --validation-signer S03");

    const auto found = result("--run " + folder_of("r") + quick + several + "--validation-signer S02");

    EXPECT_EQ(found["validation_clips"], 270);
    EXPECT_EQ(found["train_clips"], 270);
    const auto rate = found["rows"][1]["chosen"]["learning_rate"].get<double>();
    EXPECT_TRUE(rate == 0.001 || rate == 0.01) << rate;
}

TEST_F(Evaluate, MeasuresNeedNoClassifier) {
    const auto found = result("--run " + folder_of("r") + " --protocol measures");

    EXPECT_EQ(names_of(found), (std::vector<std::string>{"same encoder, random weights", "sl-fpn",
                                                         "nearest neighbours, raw skeletons"}));
    const auto& measures = found["rows"][1]["measures"];
    EXPECT_EQ(measures.size(), 14U);
    EXPECT_EQ(found["rows"][2]["measures"].size(), 4U) << "retrieval alone";
    EXPECT_LE(measures["r1"]["mean"], measures["mrr"]["mean"]);
    EXPECT_LE(measures["r5"]["mean"], measures["r10"]["mean"]);
    EXPECT_GT(measures["order_sensitivity"]["mean"], 0);
    EXPECT_GT(measures["within_share"]["mean"], 0);
    EXPECT_LT(measures["within_share"]["mean"], 1);
}

TEST_F(Evaluate, TablesNameEachClassIfSoAsked) {
    const auto outcome =
        run(program(1, "evaluate --protocol knn --supervised-epochs 0 --per-class --run " + folder_of("r")));

    EXPECT_TRUE(outcome.says("precision")) << outcome.output;
    EXPECT_EQ(outcome.count("thank-you "), 1) << outcome.output;
}

TEST_F(Evaluate, TestClipsThatPretrainingSawAreTold) {
    ASSERT_EQ(run(program(1, "pretrain --data " + asl9 +
                                 " --blocks 1 --width 16 --heads 2 --max-steps 1 --run " + folder_of("all")))
                  .exit_code,
              0);

    const auto outcome = run(program(
        1, "evaluate --protocol knn --supervised-epochs 0 --leave-out-signer S03 --run " + folder_of("all")));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("270 of 270 test clips took part in the pretraining")) << outcome.output;
}

TEST_F(Evaluate, ResultsOfARunThatMayNotBeWrittenGoToAnotherFolder) {
    std::ofstream{folder_ / "r/evaluate"} << "no folder can be made here, not even by root";
    const auto refused = run(program(1, "evaluate --protocol knn --run " + folder_of("r")));
    EXPECT_EQ(refused.exit_code, 3) << refused.output;
    EXPECT_TRUE(refused.says("r/evaluate: results cannot be written there")) << refused.output;
    EXPECT_TRUE(refused.says("--output FOLDER writes them elsewhere")) << refused.output;

    for (const std::string protocol : {"knn", "fine-tune"}) {
        result("--run " + folder_of("r") + quick + "--protocol " + protocol + " --output " +
               folder_of("mine"));
        EXPECT_TRUE(fs::exists(folder_ / "mine" / (protocol + ".json")));
    }
    EXPECT_TRUE(fs::is_regular_file(folder_ / "r/evaluate"));
    EXPECT_FALSE(fs::exists(folder_ / "mine/fine-tune-training"));
}

TEST_F(Evaluate, SeveralRunsInAFolderOfOnesOwnAreKeptApartAndOthersAreNotReplaced) {
    ASSERT_EQ(run(program(1, pretrain("s", "--max-steps 2 --seed 1"))).exit_code, 0);
    const auto mine = " --output " + folder_of("mine") + quick + "--protocol knn";

    result("--run " + folder_of("r") + " " + folder_of("s") + mine);
    EXPECT_TRUE(fs::exists(folder_ / "mine/knn-2-runs.json"));
    EXPECT_TRUE(fs::exists(folder_ / "mine/seed-0/knn.json"));
    EXPECT_TRUE(fs::exists(folder_ / "mine/seed-1/knn.json"));

    result("--run " + folder_of("r") + mine);
    result("--run " + folder_of("r") + mine);
    const auto refused = run(program(1, "evaluate --run " + folder_of("s") + mine));
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_TRUE(refused.says("mine/knn.json is the result of " + folder_of("r"))) << refused.output;
}

TEST_F(Evaluate, AResultKnowsItsRunFromWhereverThatIsNamed) {
    ASSERT_EQ(run(program(1, pretrain("other/r", "--max-steps 2 --seed 1"))).exit_code, 0);
    const auto evaluated = [&](const fs::path& from, const std::string& name) {
        return run("sh -c 'cd " + from.string() + " && " +
                   program(1, "evaluate --bootstrap 100 --run " + name + " --output " + folder_of("mine") +
                                  quick + "--protocol knn") +
                   "'");
    };

    EXPECT_EQ(evaluated(folder_, "r").exit_code, 0);
    const auto again = evaluated("/", folder_of("r"));
    EXPECT_EQ(again.exit_code, 0) << again.output;
    const auto refused = evaluated(folder_ / "other", "r");
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_TRUE(refused.says("mine/knn.json is the result of ")) << refused.output;
}

TEST_F(Evaluate, AnOlderRunFindsTheDataOfARelativePatternFromElsewhere) {
    fs::create_directory(folder_ / "data");
    fs::copy_file(asl9, folder_ / "data/asl9.h5");
    const auto config = folder_ / "r/config.ini";
    std::ifstream before{config};
    std::string text{std::istreambuf_iterator<char>{before}, {}};
    text = std::regex_replace(text, std::regex{"(^|\\n)data = [^\\n]*"}, "$1data = data/*.h5");
    text = std::regex_replace(text, std::regex{"(^|\\n)run = [^\\n]*"}, "$1run = r");
    std::ofstream{config} << text;

    const auto outcome =
        run("sh -c 'cd " + folder_of("r") + " && " +
            program(1, "evaluate --bootstrap 100 --run " + folder_of("r") + quick + "--protocol knn") + "'");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
}

TEST_F(Evaluate, ACacheThatCannotBeWrittenIsOneWarning) {
    fs::create_directories(folder_ / "r/evaluate");
    std::ofstream{folder_ / "r/evaluate/features"} << "no folder can be made here";

    const auto outcome =
        run(program(1, "evaluate --protocol knn --supervised-epochs 0 --run " + folder_of("r")));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(outcome.count("features are computed but not stored"), 1) << outcome.output;
    EXPECT_TRUE(fs::exists(folder_ / "r/evaluate/knn.json"));
}

TEST_F(Evaluate, WhatMakesAFigureMeanLessIsSaidAndKeptInTheResult) {
    const auto outcome = run(program(1,
                                     "evaluate --protocol knn --supervised-epochs 0 --bootstrap 50 "
                                     "--neighbours 1000 --classes 4 --run " +
                                         folder_of("r")));

    EXPECT_TRUE(outcome.says("--neighbours 1000: only 240 labelled clips train")) << outcome.output;
    EXPECT_TRUE(outcome.says("top-5 of 4 signs is always right")) << outcome.output;
    const auto notes = nlohmann::json::parse(std::ifstream{folder_ / "r/evaluate/knn.json"})["notes"];
    EXPECT_EQ(notes.size(), 2U) << notes;
}

TEST_F(Evaluate, WhenStoppedItGoesOnToTheResultOfOneNeverStopped) {
    const std::string protocol =
        " --protocol fine-tune --supervised-epochs 0 --fine-tune-epochs 60 "
        "--fine-tune-warmup-epochs 30 --run ";
    fs::copy(folder_ / "r", folder_ / "whole", fs::copy_options::recursive);
    const auto log = (folder_ / "log").string();
    const auto stop = fmt::format(
        "sh -c '{} > {} & while kill -0 $! && ! grep -q \"^step \" {}; do sleep 0.01; done; kill -USR1 $!; "
        "wait $!'",
        program(1, "evaluate" + protocol + folder_of("r")), log, log);

    EXPECT_EQ(run(stop).exit_code, 75);
    EXPECT_FALSE(fs::exists(folder_ / "r/evaluate/fine-tune.json"));
    const auto rest = result(protocol.substr(1) + folder_of("r"));
    const auto whole = result(protocol.substr(1) + folder_of("whole"));

    EXPECT_EQ(rest["rows"], whole["rows"]);
    EXPECT_FALSE(fs::exists(folder_ / "r/evaluate/fine-tune-training"));
}

}  // namespace
}  // namespace sslslr::test
