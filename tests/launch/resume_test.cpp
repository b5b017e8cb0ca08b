// Runs whose folder, data or working directory have changed.
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

class Resume : public ProgramTest {
protected:
    static constexpr const char* small = " --blocks 1 --width 16 --heads 2 --global-batch 50 ";

    Outcome train(const std::string& store, const std::string& run_name, const std::string& more) const {
        return run(program(
            1, "pretrain --data " + store + small + "--run " + (folder_ / run_name).string() + " " + more));
    }
    /// A hash of everything that a checkpoint has learnt.
    std::string content(const fs::path& checkpoint) const {
        const auto outcome = run(program(1, "inspect --json " + checkpoint.string()));
        return nlohmann::json::parse(outcome.output).at(0)["content"];
    }
    /// A copy of asl9 with one more split.
    std::string with_split(const std::string& name, const std::string& how) const {
        const auto path = (folder_ / name).string();
        EXPECT_EQ(run(program(1, "split " + how + " --output " + path + " " + asl9)).exit_code, 0);
        return path;
    }
    /// Replaces the paths in a run's configuration.
    void rename_paths(const fs::path& run_name, const std::string& data, const std::string& run_path) const {
        const auto config = folder_ / run_name / "config.ini";
        auto text = text_of(config);
        text = std::regex_replace(text, std::regex{"(^|\\n)data = [^\\n]*"}, "$1data = " + data);
        text = std::regex_replace(text, std::regex{"(^|\\n)run = [^\\n]*"}, "$1run = " + run_path);
        std::ofstream{config} << text;
    }
    std::string text_of(const fs::path& path) const {
        std::ifstream file{path};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
};

TEST_F(Resume, TheRunFolderAloneIsEnough) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 2"))).exit_code, 0);
    const auto folder = (folder_ / "r").string();

    const auto done = run(program(1, "pretrain --run " + folder));
    const auto more = run(program(2, "pretrain --run " + folder + " --max-steps 4"));
    const auto new_place = run(program(1, "pretrain --run " + (folder_ / "none").string()));

    EXPECT_TRUE(done.says("nothing left to do after step 2 of 2")) << done.output;
    EXPECT_EQ(more.exit_code, 0);
    EXPECT_TRUE(more.says("resuming from step 2 of 4")) << more.output;
    EXPECT_EQ(new_place.exit_code, 2);
    EXPECT_TRUE(new_place.says("--data STORE.h5 is required")) << new_place.output;
}

TEST_F(Resume, ARunThatWasMovedResumesWhereItsConfigurationLies) {
    ASSERT_EQ(run(program(1, pretrain("old", "--max-steps 2"))).exit_code, 0);
    fs::rename(folder_ / "old", folder_ / "moved");

    const auto outcome =
        run(program(2, "pretrain --max-steps 3 --config " + (folder_ / "moved/config.ini").string()));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("resuming from step 2 of 3")) << outcome.output;
    EXPECT_EQ(outcome.count("was started in " + (folder_ / "old").string()), 1) << outcome.output;
    EXPECT_FALSE(fs::exists(folder_ / "old"));
    EXPECT_TRUE(fs::exists(folder_ / "moved/checkpoints/step-000000003.h5"));
}

TEST_F(Resume, AConfigurationInOneRunThatNamesAnotherIsRefused) {
    ASSERT_EQ(run(program(1, pretrain("a", "--max-steps 2"))).exit_code, 0);
    fs::copy(folder_ / "a", folder_ / "copy", fs::copy_options::recursive);
    const auto config = "pretrain --max-steps 3 --config " + (folder_ / "copy/config.ini").string();

    const auto outcome = run(program(2, config));

    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.count("choose with --run " + (folder_ / "copy").string() + " or --run " +
                            (folder_ / "a").string()),
              1)
        << outcome.output;
    EXPECT_EQ(run(program(1, config + " --run " + (folder_ / "copy").string())).exit_code, 0);
}

TEST_F(Resume, DataNamedRelativelyAreFoundFromAnyFolder) {
    fs::create_directories(folder_ / "project/below");
    fs::copy_file(asl9, folder_ / "project/store.h5");
    const auto in = [&](const fs::path& folder, const std::string& arguments) {
        return run("sh -c 'cd " + (folder_ / folder).string() + " && " + program(1, arguments) + "'");
    };
    ASSERT_EQ(
        in("project",
           std::string{"pretrain --leave-out-signer S03 --data store.h5 --run runs/a --max-steps 1"} + small)
            .exit_code,
        0);

    const auto outcome = in("project/below", "evaluate --supervised-epochs 0 --protocol knn --run ../runs/a");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(in("project/below", "pretrain --max-steps 2 --run ../runs/a").exit_code, 0);
    rename_paths("project/runs/a", "store.h5", "runs/a");  // as earlier versions wrote them
    const auto older = in("project/below", "evaluate --supervised-epochs 0 --protocol knn --run ../runs/a");
    EXPECT_EQ(older.exit_code, 0) << older.output;
}

TEST_F(Resume, DataThatAreGoneAreAskedFor) {
    const auto store = folder_ / "store.h5";
    fs::copy_file(asl9, store);
    ASSERT_EQ(train(store.string(), "r", "--leave-out-signer S03 --max-steps 1").exit_code, 0);
    fs::rename(store, folder_ / "moved.h5");
    const auto command = "evaluate --supervised-epochs 0 --protocol knn --run " + (folder_ / "r").string();

    const auto outcome = run(program(2, command));

    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_EQ(
        outcome.count(store.string() + ": no such file, but the run was trained on it: give its present path "
                                       "with --data"),
        1)
        << outcome.output;
    EXPECT_EQ(run(program(1, command + " --data " + (folder_ / "moved.h5").string())).exit_code, 0);
}

TEST_F(Resume, ARunThatWasMovedWithItsDataResumesByTheCommandThatIsNamed) {
    fs::copy_file(asl9, folder_ / "old.h5");
    ASSERT_EQ(train((folder_ / "old.h5").string(), "old", "--max-steps 2").exit_code, 0);
    fs::rename(folder_ / "old", folder_ / "moved");
    fs::rename(folder_ / "old.h5", folder_ / "new.h5");
    const auto moved = (folder_ / "moved").string();
    const auto data = (folder_ / "new.h5").string();
    const auto named = "pretrain --run " + moved + " --config " + moved + "/config.ini --data " + data;

    const auto refused = run(program(2, "pretrain --run " + moved + " --data " + data));
    const auto resumed = run(program(2, named + " --max-steps 3"));

    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_EQ(refused.count("to use the run's own options: sslslr " + named), 1) << refused.output;
    EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
    EXPECT_TRUE(resumed.says("resuming from step 2 of 3")) << resumed.output;
}

TEST_F(Resume, AnOlderRunWithRelativePathsResumes) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 1"))).exit_code, 0);
    rename_paths("r", "asl9.h5", "r");

    const auto outcome = run("sh -c 'cd " + fs::path{asl9}.parent_path().string() + " && " +
                             program(1, "pretrain --max-steps 2 --run " + (folder_ / "r").string()) + "'");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("resuming from step 1 of 2")) << outcome.output;
    EXPECT_NE(text_of(folder_ / "r/config.ini").find("data = " + fs::weakly_canonical(asl9).string()),
              std::string::npos);
}

TEST_F(Resume, AStoreThatGainedASplitResumesBitForBit) {
    const auto split = with_split("split.h5", "--by signer");
    ASSERT_EQ(train(asl9, "whole", "--max-steps 4").exit_code, 0);
    ASSERT_EQ(train(asl9, "halves", "--max-steps 2").exit_code, 0);

    const auto rest = train(split, "halves", "--max-steps 4");

    EXPECT_EQ(rest.exit_code, 0) << rest.output;
    EXPECT_TRUE(rest.says("resuming from step 2 of 4")) << rest.output;
    EXPECT_EQ(content(folder_ / "halves/checkpoints/step-000000004.h5"),
              content(folder_ / "whole/checkpoints/step-000000004.h5"));
}

TEST_F(Resume, OtherDataAreRefusedWithWhatDiffers) {
    const auto libras = std::string{SSLSLR_SOURCE_DIR} + "/io/examples/libras5.h5";
    const auto first = with_split("first.h5", "--by folds --folds 2");
    const auto second = with_split("second.h5", "--by folds --folds 4");
    ASSERT_EQ(train(asl9, "all", "--max-steps 1").exit_code, 0);
    ASSERT_EQ(train(first, "part", "--train-split fold-0 --max-steps 1").exit_code, 0);

    const auto before = text_of(folder_ / "all/config.ini");
    const auto replaced = train(libras, "all", "--max-steps 2");
    const auto reparted = train(second, "part", "--train-split fold-0 --max-steps 2");

    EXPECT_EQ(replaced.exit_code, 2);
    EXPECT_TRUE(replaced.says("--data " + libras + ": not what the run in " + (folder_ / "all").string()))
        << replaced.output;
    EXPECT_TRUE(replaced.says("frames (before: 900 of 27000)")) << replaced.output;
    EXPECT_TRUE(replaced.says("landmarks of other content")) << replaced.output;
    EXPECT_EQ(text_of(folder_ / "all/config.ini"), before) << "a refused start changes nothing";
    EXPECT_EQ(reparted.exit_code, 2);
    EXPECT_TRUE(reparted.says("225 training clips (before: 450)")) << reparted.output;
    EXPECT_TRUE(reparted.says("split fold-0 has 225 clips (before: 450)")) << reparted.output;
    EXPECT_FALSE(reparted.says("landmarks of other content")) << reparted.output;
}

TEST_F(Resume, AnEmptyConfigurationOfARunIsNotTakenForTheDefaults) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 1"))).exit_code, 0);
    std::ofstream{folder_ / "r/config.ini"};

    const auto outcome = run(program(1, "evaluate --run " + (folder_ / "r").string()));

    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_TRUE(outcome.says("config.ini: holds no options")) << outcome.output;
}

}  // namespace
}  // namespace sslslr::test
