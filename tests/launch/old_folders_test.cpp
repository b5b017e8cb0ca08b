// Folders of release 0.1.0, made by tests/launch/fixtures/make-old. They can be read and evaluated. They
// resume only where results of two programs may mix; otherwise the error says what to do.
#include <cmath>
#include <fstream>

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
    void refused(const std::string& arguments, const std::vector<std::string>& parts,
                 int exit_code = 2) const {
        const auto outcome = run(program(1, arguments));
        EXPECT_EQ(outcome.exit_code, exit_code) << arguments << '\n' << outcome.output;
        for (const auto& part : parts) {
            EXPECT_TRUE(outcome.says(part)) << arguments << '\n' << outcome.output;
        }
    }
    std::string text_of(const std::string& file) const {
        std::ifstream stream{folder_ / file};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
    void replace(const std::string& file, const std::string& old, const std::string& now) const {
        auto text = text_of(file);
        for (auto at = text.find(old); at != std::string::npos; at = text.find(old)) {
            text.replace(at, old.size(), now);
        }
        std::ofstream{folder_ / file} << text;
    }
    /// Replaces /mnt, where the folders were made, in the paths of a file.
    void bring_paths_here(const std::string& file) const { replace(file, "/mnt/", folder_.string() + '/'); }
    /// Arguments that resume the run beyond its end.
    std::string resume() const {
        return "pretrain --max-steps 8 --config " + path("run/config.ini") + " --data " + path("store.h5") +
               " --run " + path("run");
    }
    static Json json_of(const Outcome& outcome) {
        const auto start = outcome.output.find_first_of("{[");
        return Json::parse(outcome.output.substr(std::min(start, outcome.output.size())), nullptr, false);
    }
    std::string fingerprint_of(const std::string& store) const {
        const auto described = json_of(done(program(1, "inspect --json " + path(store))));
        return described.at(0).at("fingerprint");
    }
    Json resumed_;
    std::string fingerprint_;
};

TEST_F(OldFolders, AStoreIsReadAndHoldsWhatItHeld) {
    EXPECT_EQ(fingerprint_of("store.h5"), fingerprint_);
}

TEST_F(OldFolders, ARunThatHasMovedResumesAsTheProgramThatStartedItWouldHave) {
    refused(resume(), {"code unknown", "--accept-other-code"});
    done(program(1, resume() + " --accept-other-code"));

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

TEST_F(OldFolders, ARunThatWouldGoBackAtACollapseNowStopsThere) {
    replace("run/config.ini", "on-collapse = warn", "on-collapse = go-back");

    done(program(1, resume() + " --accept-other-code"));

    EXPECT_NE(text_of("run/config.ini").find("on-collapse = stop\n"), std::string::npos);
}

TEST_F(OldFolders, ARunWhoseBoundariesCanNoLongerBeMadeIsRefused) {
    replace("run/config.ini", "boundary = fixed", "boundary = adaptive");

    refused(resume() + " --accept-other-code", {"run/config.ini", "boundary = adaptive", "fixed or drawn"});
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

TEST_F(OldFolders, AnUnfinishedBoundaryStudyIsReadButNotWorkedOn) {
    const auto before = json_of(done(program(1, "boundary status --json --study " + path("boundary"))));
    EXPECT_EQ(before["done"], 2);
    done(program(1, "boundary report --json --study " + path("boundary")));

    bring_paths_here("boundary/plan.ini");
    const std::vector<std::string> parts{"an earlier release worked on it", "another --study folder"};
    refused("boundary work --study " + path("boundary"), parts);
    refused("boundary plan --accept-other-code --config " + path("boundary/plan.ini") + " --study " +
                path("boundary"),
            parts);
}

TEST_F(OldFolders, AnUnfinishedStudyIsReadButNotWorkedOn) {
    bring_paths_here("study.ini");
    const auto study = " --study " + path("study.ini") + " --folder " + path("study");
    const auto before = json_of(done(program(1, "study status --json" + study)));
    EXPECT_EQ(before["trainings"]["done"].get<int>() + before["evaluations"]["done"].get<int>(), 3);
    done(program(1, "study report --pages=false --json" + study));

    refused("study run --accept-other-code" + study, {"an earlier release worked on it", "another --folder"});
}

TEST_F(OldFolders, PiecesOfAnInterruptedImportAreDiscardedOnlyIfOneSaysSo) {
    const auto import =
        "prepare --from npy --strict --input " + path("in") + " --output " + path("imported.h5");
    refused(import, {"another version of the program", "--force"}, 3);

    done(program(1, import + " --force"));
    EXPECT_EQ(fingerprint_of("imported.h5"), resumed_["imported"]);
    EXPECT_FALSE(fs::exists(folder_ / "imported.h5.pieces"));
}

}  // namespace
}  // namespace sslslr::test
