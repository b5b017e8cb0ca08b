// Bad input ends all ranks with one error that says what is wrong and how to fix it, and with the documented
// exit code.
#include <fstream>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

class BadInput : public ProgramTest {
protected:
    /// Runs on two ranks and expects the exit code, and the error printed once.
    void expect(int exit_code, const std::string& error, const std::string& arguments) const {
        const auto outcome = run(program(2, arguments));
        EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output;
        EXPECT_EQ(outcome.count(error), 1) << outcome.output;
    }
};

TEST_F(BadInput, AMistypedOptionIsRefusedWithTheNearestRightOne) {
    expect(2, "unknown option --epoch; did you mean --epochs?", pretrain("r", "--epoch 3"));
    expect(2, "--widht", pretrain("r", "--widht 3"));
}

TEST_F(BadInput, AMistypedOptionInAConfigFileIsRefused) {
    const auto config = folder_ / "run.ini";
    std::ofstream{config} << "epochs = 3\nbloks = 2\n";

    expect(2, "run.ini, line 2: unknown option bloks; did you mean blocks?",
           pretrain("r", "--config " + config.string()));
    expect(2, "no such file", pretrain("r", "--config " + (folder_ / "none.ini").string()));
}

TEST_F(BadInput, AValueThatIsNoNumberIsRefusedByOption) {
    expect(2, "--epochs many: expected a whole number", pretrain("r", "--epochs many"));
}

TEST_F(BadInput, AnArgumentThatBelongsToNoOptionIsNamed) {
    expect(2, "stray.h5: expected an option", "pretrain stray.h5 --run " + (folder_ / "r").string());
}

TEST_F(BadInput, AnUnknownCommandListsThoseThereAre) {
    expect(2, "unknown command pretrian", "pretrian");
}

TEST_F(BadInput, SettingsOutOfRangeAreRefusedByNameBeforeTrainingStarts) {
    const std::pair<const char*, const char*> refused[]{
        {"--queue 0: expected 1 key or more", "--method moco-v2 --queue 0"},
        {"--temperature 0: expected more than 0", "--method simclr --temperature 0"},
        {"--key-momentum 1.5: expected [0, 1]", "--method moco-v2 --key-momentum 1.5"},
        {"--target-momentum -0.5: expected [0, 1]", "--method byol --target-momentum=-0.5"},
        {"--learning-rate -0.1: expected a rate above 0", "--learning-rate=-0.1"},
        {"--micro-batch -1: expected 0 or more", "--micro-batch=-1"},
        {"--gradient-compression float8", "--gradient-compression float8"},
        {"--on-collapse panic", "--on-collapse panic"},
        {"--spread-every -1: expected 0 or more", "--spread-every=-1"},
        {"--balance store: all training clips are from one store: leave this option out", "--balance store"},
        {"--regulariser-weight 0: expected more than 0", "--regulariser sigreg --regulariser-weight 0"},
        {"--rate-scaling cubic", "--rate-scaling cubic"},
        {"--precision half: expected float32, bfloat16 or float64", "--precision half"},
        {"--hang-timeout -1: expected 0 or more seconds", "--hang-timeout=-1"},
        {"--time-limit soon: expected a time as Slurm writes it", "--time-limit soon"},
        {"--time-limit 0: expected a time", "--time-limit 0"},
        {"--fault 1:2:explode: expected RANK:STEP:KIND", "--fault 1:2:explode"},
        {"--fault 5:2:kill: expected a rank from 0 to 1", "--fault 5:2:kill"},
        {"--machine b200: expected a100 or here", "--dry-run --machine b200"},
        {"--gpus: expected numbers of 1 or more", "--dry-run --gpus 0"},
        {"--clusters 601: expected 2 to the number of training clips, 600", "--method pcl --clusters 601"},
    };
    for (const auto& [error, arguments] : refused) {
        expect(2, error, pretrain("r", arguments));
        EXPECT_FALSE(std::filesystem::exists(folder_ / "r")) << arguments << " left a run folder behind";
    }
}

TEST_F(BadInput, BatchNormOfASingleClipIsRefused) {
    const auto arguments = "pretrain --method simsiam --global-batch 599 --leave-out-signer S03 --data " +
                           asl9 + " --run " + (folder_ / "r").string();
    expect(2, "a batch of the 600 training clips would hold only one", arguments);
}

TEST_F(BadInput, ASingleClipWithoutOthersToContrastItWithIsRefusedWithABatchThatFits) {
    const auto simclr = "--method simclr --projector-norm none --leave-out-signer S03 --data " + asl9 +
                        " --run " + (folder_ / "r").string();
    const std::string error = "without others its loss is 0): choose --global-batch 600";
    expect(2, error, "pretrain --global-batch 599 " + simclr);
    expect(2, error, "pretrain --dry-run --global-batch 599 " + simclr);
    // The check is on the global batch: on two ranks, each has one of its two clips.
    expect(0, "step 1/1",
           "pretrain --global-batch 2 --blocks 1 --width 16 --heads 2 --max-steps 1 " + simclr);
}

TEST_F(BadInput, ABatchOfMoreClipsThanThereAreIsNamed) {
    expect(0, "warning: --global-batch 2000: there are fewer training clips, so each step has 900",
           "pretrain --global-batch 2000 --blocks 1 --width 16 --heads 2 --max-steps 1 --data " + asl9 +
               " --run " + (folder_ / "r").string());
}

TEST_F(BadInput, AMethodsOptionGivenToAnotherMethodIsRefused) {
    expect(2, "--temperature belongs to --method simclr, moco-v2, pcl, not to sl-fpn",
           pretrain("r", "--temperature 0.5"));
    expect(2, "not to supervised", pretrain("r", "--method supervised --regulariser sigreg"));
    expect(2, "--regulariser-weight belongs to --regulariser sigreg, vicreg",
           pretrain("r", "--regulariser-weight 2"));
    expect(2, "--queue belongs to --method moco-v2, pcl", pretrain("r", "--method simclr --queue 100"));
    expect(2, "--weight-pair belongs to --method sl-fpn", pretrain("r", "--method byol --weight-pair 2"));
    expect(2, "--lars-trust belongs to --optimizer lars", pretrain("r", "--lars-trust 0.1"));
}

TEST_F(BadInput, AnOptionThatWasRemovedIsRefusedWithAdvice) {
    expect(2, "--symmetrise: removed: both views are drawn alike", pretrain("r", "--symmetrise"));
    expect(2, "--stop-gradient: removed", pretrain("r", "--stop-gradient=false"));
    const std::string stop = "removed: --on-collapse stop ends the run";
    expect(2, "--on-collapse go-back: " + stop, pretrain("r", "--on-collapse go-back"));
    expect(2, "--collapse-retries: " + stop, pretrain("r", "--collapse-retries 2"));
}

TEST_F(BadInput, AMissingFileIsNamed) {
    expect(3, (folder_ / "none.h5").string(),
           "pretrain --run " + (folder_ / "r").string() + " --data " + (folder_ / "none.h5").string());
}

TEST_F(BadInput, AFileThatIsNoClipStoreIsNamed) {
    const auto file = folder_ / "notes.h5";
    std::ofstream{file} << std::string(4000, 'x');

    expect(3, file.string(), "pretrain --run " + (folder_ / "r").string() + " --data " + file.string());
    EXPECT_EQ(run(program(1, "inspect " + file.string())).exit_code, 3);
}

TEST_F(BadInput, ACheckpointARunOrAFolderGivenAsDataIsNamedWithWhatToGive) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 1"))).exit_code, 0);
    std::filesystem::create_directories(folder_ / "stores");
    std::filesystem::create_directories(folder_ / "empty");
    for (const auto* const name : {"a.h5", "b.h5"}) {
        std::filesystem::copy_file(asl9, folder_ / "stores" / name);
    }
    const auto stores = (folder_ / "stores").string();
    const std::pair<std::string, std::string> refused[]{
        {"r/checkpoints/step-000000001.h5", ": a checkpoint, but --data needs clip stores, such as those in"},
        {"r", ": the folder of a run, for --run, but --data needs clip stores"},
        {"r/checkpoints", ": a folder without stores (*.h5), but --data needs clip stores"},
        {"empty", ": a folder without stores (*.h5), but --data needs clip stores"},
        {"stores",
         ": a folder, but --data needs clip stores: '" + stores + "/*.h5' matches the 2 in it: a.h5, b.h5"}};
    for (const auto& [given, problem] : refused) {
        const auto path = (folder_ / given).string();
        expect(3, path + problem, "pretrain --run " + (folder_ / "n").string() + " --data " + path);
    }
}

TEST_F(BadInput, AnUnknownSplitOrSignerIsNamedWithThoseThereAre) {
    expect(2, "no split trian; they have: all", pretrain("r", "--train-split trian"));
    expect(2, "no signer S09; they have: S01, S02, S03",
           "pretrain --leave-out-signer S09 --data " + asl9 + " --run " + (folder_ / "r").string());
}

TEST_F(BadInput, AGlobalBatchSmallerThanTheRanksIsRefused) {
    expect(2, "--global-batch 1 is smaller than the number of ranks, 2",
           "pretrain --global-batch 1 --data " + asl9 + " --run " + (folder_ / "r").string());
}

TEST_F(BadInput, ARunFolderOfAnotherConfigurationIsRefusedByOption) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 1"))).exit_code, 0);

    expect(2, "--momentum is 0.5 but the run in", pretrain("r", "--max-steps 2 --momentum 0.5"));
    EXPECT_EQ(run(program(1, pretrain("r", "--max-steps 2"))).exit_code, 0)
        << "what may change is not refused";
}

TEST_F(BadInput, ARunFolderOfOtherDataIsRefused) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 1"))).exit_code, 0);
    const auto libras = std::string{SSLSLR_SOURCE_DIR} + "/io/examples/libras5.h5";

    const auto outcome =
        run(program(1, "pretrain --data " + libras +
                           " --blocks 1 --width 16 --heads 2 --global-batch 50 --max-steps 2 "
                           "--leave-out-signer S03 --run " +
                           (folder_ / "r").string()));

    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
}

TEST_F(BadInput, ALossThatIsNotFiniteStopsAllRanksAtOneStepAndKeepsTheLastCheckpoint) {
    const auto outcome =
        run(program(3, pretrain("r", "--learning-rate 1e20 --checkpoint-every 1 --max-steps 50")));

    EXPECT_EQ(outcome.exit_code, 5) << outcome.output;
    EXPECT_EQ(outcome.count("try a lower --learning-rate"), 1) << outcome.output;
    EXPECT_EQ(run(program(1, "evaluate --supervised-epochs 0 --run " + (folder_ / "r").string())).exit_code,
              std::filesystem::is_empty(folder_ / "r/checkpoints") ? 2 : 0);
}

TEST_F(BadInput, AnEvaluationWithoutCheckpointOrTestClipsIsRefused) {
    expect(2, "no config.ini there", "evaluate --run " + (folder_ / "none").string());
    ASSERT_EQ(
        run(program(1, "pretrain --data " + asl9 + " --blocks 1 --width 16 --heads 2 --max-steps 1 --run " +
                           (folder_ / "r").string()))
            .exit_code,
        0);
    expect(2, "nothing to test on", "evaluate --run " + (folder_ / "r").string());
}

TEST_F(BadInput, AnUnwritableRunFolderIsNamed) {
    std::ofstream{folder_ / "file"} << "in the way";

    expect(3, "the run folder cannot be created", pretrain("file/run"));
}

}  // namespace
}  // namespace sslslr::test
