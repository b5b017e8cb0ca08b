// `pretrain --boundary`: where the permuted ends of views come from.
#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

class BoundaryOption : public ProgramTest {
protected:
    std::string content(const std::string& run_name, int step) const {
        const auto file =
            folder_ / run_name / "checkpoints" / ("step-00000000" + std::to_string(step) + ".h5");
        return nlohmann::json::parse(run(program(1, "inspect --json " + file.string())).output)
            .at(0)["content"]
            .get<std::string>();
    }

    void expect_refused(const std::string& error, const std::string& options) const {
        const auto outcome = run(program(2, pretrain("refused", options)));
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_EQ(outcome.count(error), 1) << outcome.output;
        EXPECT_FALSE(std::filesystem::exists(folder_ / "refused")) << options;
    }
};

TEST_F(BoundaryOption, EveryChoiceTrainsOnViewsOfItsOwnAndGoesOn) {
    for (const std::string boundary : {"fixed", "drawn"}) {
        const auto options = "--boundary " + boundary;
        ASSERT_EQ(run(program(1, pretrain(boundary, options + " --max-steps 2"))).exit_code, 0);
        const auto rest = run(program(2, pretrain(boundary, options + " --max-steps 3")));
        ASSERT_EQ(rest.exit_code, 0) << rest.output;
        EXPECT_EQ(rest.count("resuming from step 2 of 3"), 1) << rest.output;
    }
    EXPECT_NE(content("fixed", 3), content("drawn", 3));
}

TEST_F(BoundaryOption, FixedIsTheDefault) {
    ASSERT_EQ(run(program(1, pretrain("named", "--boundary fixed --max-steps 1"))).exit_code, 0);
    ASSERT_EQ(run(program(1, pretrain("default", "--max-steps 1"))).exit_code, 0);

    EXPECT_EQ(content("named", 1), content("default", 1));
}

TEST_F(BoundaryOption, ARunWithDrawnBoundariesIsEvaluatedBesideASupervisedControlOfTheSameViews) {
    ASSERT_EQ(run(program(1, pretrain("r", "--boundary drawn --max-steps 1"))).exit_code, 0);

    const auto outcome =
        run(program(1, "evaluate --supervised-epochs 1 --supervised-augmentation boundary --run " +
                           (folder_ / "r").string()));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
}

TEST_F(BoundaryOption, WhatIsOfNoUseOrOutOfRangeIsRefusedByName) {
    expect_refused("--boundary sometimes: expected fixed or drawn", "--boundary sometimes");
    expect_refused("--k1 belongs to --boundary fixed, not to drawn", "--boundary drawn --k1 5");
    expect_refused("--boundary adaptive: expected fixed or drawn", "--boundary adaptive");
    expect_refused("--longest-boundary belongs to --boundary drawn", "--longest-boundary 1/3");
    expect_refused("--longest-boundary 4/3: expected a number of frames",
                   "--boundary drawn --longest-boundary 4/3");
    expect_refused("--boundary drawn: --augmentation classical permutes no frames",
                   "--boundary drawn --augmentation classical");
}

TEST_F(BoundaryOption, ARunDoesNotGoOnWithAnotherBoundary) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 1"))).exit_code, 0);

    const auto outcome = run(program(1, pretrain("r", "--max-steps 2 --boundary drawn")));

    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_TRUE(outcome.says("--boundary is drawn but the run in")) << outcome.output;
}

}  // namespace
}  // namespace sslslr::test
