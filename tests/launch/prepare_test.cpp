// Stores made by the program: other commands can read them, and refusals name the option.
#include <filesystem>
#include <fstream>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

class Prepare : public ProgramTest {
protected:
    Outcome prepare(const std::string& arguments, int ranks = 1) const {
        return run(program(ranks, "prepare " + arguments));
    }
    std::string store() const { return (folder_ / "signs.h5").string(); }
};

TEST_F(Prepare, WritesSyntheticSignsThatInspectAndPretrainRead) {
    const auto made =
        prepare("--from synthetic --clips 40 --length 20 --first 4 --last 18 --output " + store(), 2);
    ASSERT_EQ(made.exit_code, 0) << made.output;
    EXPECT_EQ(made.count("planted k1 = 4, k2 = 2"), 1) << made.output;

    const auto inspected = run(program(1, "inspect --json " + store()));
    const auto json = nlohmann::json::parse(inspected.output);
    const auto& content = json.is_array() ? json[0] : json;
    EXPECT_EQ(content["clips"], 40) << inspected.output;
    EXPECT_EQ(content["attributes"]["planted_k1"], "4");
    EXPECT_EQ(content["attributes"]["planted_k2"], "2");
    EXPECT_EQ(content["attributes"]["synthetic_seed"], "0");
    const auto trained = run(program(1, "pretrain --blocks 1 --width 16 --heads 2 --max-steps 1 --data " +
                                            store() + " --run " + (folder_ / "run").string()));
    EXPECT_EQ(trained.exit_code, 0) << trained.output;
}

TEST_F(Prepare, TheSameOptionsGiveTheSameClips) {
    const auto fingerprint = [&](const std::string& more) {
        EXPECT_EQ(prepare("--from synthetic --force --clips 20 --output " + store() + " " + more).exit_code,
                  0);
        const auto json = nlohmann::json::parse(run(program(1, "inspect --json " + store())).output);
        return (json.is_array() ? json[0] : json)["fingerprint"];
    };

    EXPECT_EQ(fingerprint(""), fingerprint("--seed 0"));
    EXPECT_NE(fingerprint(""), fingerprint("--seed 1"));
}

TEST_F(Prepare, RefusesByOption) {
    const std::pair<std::string, std::string> refused[]{
        {"--output " + store(), "--from (missing): expected asl-citizen, hdf5"},
        {"--from telepathy --output " + store(), "--from telepathy: expected asl-citizen, hdf5"},
        {"--from mediapipe --input clips --output " + store(),
         "--from mediapipe: expected asl-citizen, hdf5"},
        {"--from synthetic", "--output FILE.h5 is missing"},
        {"--from synthetic --first 24 --output " + store(),
         "--first 24: expected 0 or more, less than --last 24"},
        {"--from synthetic --last 33 --output " + store(), "--last 33: expected at most --length 32"},
        {"--from synthetic --clips 3 --output " + store(),
         "--clips 3: expected at least one for each of the 16 classes"},
    };
    for (const auto& [arguments, error] : refused) {
        const auto outcome = prepare(arguments);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_TRUE(outcome.says(error)) << outcome.output;
        EXPECT_FALSE(std::filesystem::exists(store()));
    }
}

TEST_F(Prepare, NamesAFolderThatCannotBeWritten) {
    const auto outcome =
        prepare("--from synthetic --clips 16 --output " + (folder_ / "none" / "signs.h5").string());

    EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
    EXPECT_TRUE(outcome.says("none/signs.h5")) << outcome.output;
}

}  // namespace
}  // namespace sslslr::test
