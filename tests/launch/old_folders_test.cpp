// Folders of an earlier release, as tests/launch/fixtures/make-old made them, are resumed and evaluated.
#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include <unistd.h>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class OldFolders : public ProgramTest {
protected:
    void SetUp() override {
        ProgramTest::SetUp();
        fs::copy(SSLSLR_SOURCE_DIR "/tests/launch/fixtures/old", folder_, fs::copy_options::recursive);
        const auto expected = Json::parse(std::ifstream{folder_ / "expected.json"});
        resumed_ = expected["resumed"];
        fingerprint_ = expected["fingerprint"];
    }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    Outcome done(const std::string& command) const {
        auto outcome = run(command);
        EXPECT_EQ(outcome.exit_code, 0) << command << '\n' << outcome.output;
        return outcome;
    }
    /// The program with the folder where it was made: at /mnt, in a mount namespace of its own.
    Outcome done_in_place(const std::string& arguments) const {
        const std::string unshare = geteuid() == 0 ? "unshare --mount" : "unshare --mount --map-root-user";
        return done(unshare + " sh -c 'mount --bind " + folder_.string() + " /mnt && " +
                    program(1, arguments) + "'");
    }
    static Json json_of(const Outcome& outcome) {
        const auto start = outcome.output.find_first_of("{[");
        return Json::parse(outcome.output.substr(std::min(start, outcome.output.size())), nullptr, false);
    }
    std::string fingerprint_of(const std::string& store) const {
        const auto described = json_of(done(program(1, "inspect --json " + path(store))));
        return described.at(0).at("fingerprint");
    }
    /// How often a job of a ledger was accepted, at most; and how many jobs there are.
    std::pair<int, int> accepted(const std::string& study) const {
        std::map<std::string, int> times;
        std::ifstream file{folder_ / study / "claims.jsonl"};
        constexpr std::size_t checksum_characters = 17;
        int most = 0;
        for (std::string line; std::getline(file, line);) {
            const auto record = Json::parse(line.substr(checksum_characters));
            if (record["what"] == "done") {
                most = std::max(most, ++times[record["job"]]);
            }
        }
        return {most, static_cast<int>(times.size())};
    }

    Json resumed_;
    std::string fingerprint_;
};

TEST_F(OldFolders, AStoreIsReadAndHoldsWhatItHeld) {
    EXPECT_EQ(fingerprint_of("store.h5"), fingerprint_);
}

TEST_F(OldFolders, ARunThatHasMovedResumesAsTheProgramThatStartedItWouldHave) {
    done(program(1, "pretrain --max-steps 8 --config " + path("run/config.ini") + " --data " +
                        path("store.h5") + " --run " + path("run")));

    std::vector<double> losses;
    std::ifstream file{folder_ / "run/metrics.jsonl"};
    for (std::string line; std::getline(file, line);) {
        losses.push_back(Json::parse(line)["loss"]);
    }
    ASSERT_EQ(losses.size(), resumed_["losses"].size());
    for (std::size_t step = 0; step < losses.size(); ++step) {
        const auto expected = resumed_["losses"][step].get<double>();
        EXPECT_NEAR(losses[step], expected, 1e-9 * std::abs(expected)) << "step " << step + 1;
    }
}

TEST_F(OldFolders, ARunIsEvaluatedEmbeddedAndExported) {
    const auto of_run = " --run " + path("run") + " --data " + path("store.h5");

    for (const std::string protocol : {"linear", "knn", "measures"}) {
        done(program(1, "evaluate --supervised-epochs 1 --probe-epochs 1 --bootstrap 10 --protocol " +
                            protocol + of_run));
        EXPECT_TRUE(fs::exists(folder_ / "run/evaluate" / (protocol + ".json"))) << protocol;
    }
    done(program(1, "embed --output " + path("features.h5") + of_run));
    done(program(1, "export --sample 2 --output " + path("export") + of_run));
}

TEST_F(OldFolders, AnUnfinishedBoundaryStudyIsFinishedWithoutDoingAJobAgain) {
    const auto before = json_of(done_in_place("boundary status --json --study /mnt/boundary"));
    EXPECT_EQ(before["done"], 2);

    done_in_place("boundary work --study /mnt/boundary");

    const auto report = json_of(done_in_place("boundary report --json --study /mnt/boundary"));
    EXPECT_EQ(report["k1"], resumed_["k1"]);
    EXPECT_EQ(report["k2"], resumed_["k2"]);
    EXPECT_EQ(accepted("boundary"), std::pair(1, resumed_["boundary_jobs"].get<int>()));
}

TEST_F(OldFolders, AnUnfinishedStudyIsFinishedWithoutDoingAJobAgain) {
    const std::string study = " --study /mnt/study.ini --folder /mnt/study";
    const auto before = json_of(done_in_place("study status --json" + study));
    EXPECT_EQ(before["trainings"]["done"].get<int>() + before["evaluations"]["done"].get<int>(), 3);

    done_in_place("study run" + study);

    const auto report = json_of(done_in_place("study report --json" + study));
    EXPECT_EQ(report["complete"], true);
    EXPECT_EQ(accepted("study"), std::pair(1, resumed_["study_jobs"].get<int>()));
    std::size_t number = 0;
    for (const auto& row : report["tables"][0]["rows"]) {
        for (const auto& cell : row["cells"]) {
            EXPECT_NEAR(cell["mean"], resumed_["study_means"].at(number++), 0.1)
                << "a clip more or fewer of 12";
        }
    }
    EXPECT_EQ(number, resumed_["study_means"].size());
}

TEST_F(OldFolders, AnInterruptedImportIsFinishedFromItsPieces) {
    const auto outcome =
        done_in_place("prepare --from npy --strict --input /mnt/in --output /mnt/imported.h5");

    EXPECT_TRUE(outcome.says("taken from an interrupted import")) << outcome.output;
    EXPECT_EQ(fingerprint_of("imported.h5"), resumed_["imported"]);
    EXPECT_FALSE(fs::exists(folder_ / "imported.h5.pieces"));
}

}  // namespace
}  // namespace sslslr::test
