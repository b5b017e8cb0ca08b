// What a command prints is its result: if it cannot be written, the exit code reports that.
#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

class StandardOutput : public ProgramTest {
protected:
    /// Runs a command with its output redirected to `place`, which cannot be written.
    static Outcome printed_to(const std::string& place, const std::string& arguments) {
        return run("sh -c 'cd " SSLSLR_SOURCE_DIR " && " + program(1, arguments) + " " + place + "'");
    }
};

TEST_F(StandardOutput, WhatCannotBeWrittenEndsWithTheExitCodeOfDataWhateverTheCommand) {
    const auto store = (folder_ / "made.h5").string();
    const auto study = std::string{SSLSLR_SOURCE_DIR} + "/configs/study/examples.ini";
    for (const std::string& arguments :
         {std::string{"--help"}, std::string{"help"}, std::string{"pretrain --help"},
          std::string{"study --help"}, "inspect --json " + asl9, "inspect " + asl9,
          "doctor --folder " + folder_.string(), "doctor --json --folder " + folder_.string(),
          pretrain("dry", "--dry-run"), pretrain("dry", "--dry-run --json"),
          "prepare --from synthetic --classes 4 --clips 8 --signers 2 --output " + store,
          "split --by signer --output " + (folder_ / "split.h5").string() + " " + asl9,
          "study run --dry-run --study " + study + " --folder " + (folder_ / "study").string()}) {
        const auto outcome = printed_to(">/dev/full", arguments);
        EXPECT_EQ(outcome.exit_code, 3) << arguments << '\n' << outcome.output;
        EXPECT_EQ(outcome.count("sslslr: standard output: cannot be written: No space left on device"), 1)
            << arguments << '\n'
            << outcome.output;
    }
    EXPECT_EQ(run(program(1, "inspect " + store)).exit_code, 0) << "the store is whole";
}

TEST_F(StandardOutput, AnEvaluationWhoseTableIsLostHasItsResultInItsFile) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 2"))).exit_code, 0);

    const auto outcome =
        printed_to(">/dev/full",
                   "evaluate --json --supervised-epochs 0 --protocol knn --run " + (folder_ / "r").string());

    EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
    EXPECT_TRUE(std::filesystem::exists(folder_ / "r/evaluate/knn.json"));
}

TEST_F(StandardOutput, AClosedOneIsAnErrorToo) {
    const auto outcome = printed_to(">&-", "inspect --json " + asl9);

    EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
    EXPECT_EQ(outcome.count("standard output: cannot be written: Bad file descriptor"), 1) << outcome.output;
}

TEST_F(StandardOutput, AnErrorOfTheCommandKeepsItsOwnExitCode) {
    EXPECT_EQ(printed_to(">/dev/full", "inspect nothing.h5").exit_code, 3);
    EXPECT_EQ(printed_to(">/dev/full", "pretrain --epochs many").exit_code, 2);
}

TEST_F(StandardOutput, ATrainingLosesItsProgressAlone) {
    const auto outcome = printed_to(">/dev/full", pretrain("r", "--max-steps 2"));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(outcome.count("warning: standard output: cannot be written"), 1) << outcome.output;
    EXPECT_TRUE(std::filesystem::exists(folder_ / "r/checkpoints/step-000000002.h5"));
    EXPECT_EQ(printed_to(">/dev/full", pretrain("r", "--epochs 100000 --time-limit 0:02")).exit_code, 75);
}

}  // namespace
}  // namespace sslslr::test
