// What scripts rely on: help, option names, machine-readable output.
#include <fstream>

#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

class Commands : public ProgramTest {};

nlohmann::json json_of(const Outcome& outcome) {
    return nlohmann::json::parse(outcome.output.substr(outcome.output.find_first_of("[{")));
}

TEST_F(Commands, EachHasHelp) {
    for (const std::string command : {"", "pretrain ", "evaluate ", "inspect ", "bench ", "doctor ",
                                      "boundary ", "boundary plan ", "boundary work ", "boundary status ",
                                      "boundary report ", "prepare ", "repack ", "merge ", "split "}) {
        for (const std::string help : {"--help", "--help-all"}) {
            const auto outcome = run(program(1, command + help));
            EXPECT_EQ(outcome.exit_code, 0) << command << help;
            EXPECT_TRUE(outcome.says("usage: ")) << command << help;
        }
    }
}

TEST_F(Commands, VersionNamesTheReleaseTheCodeAndTheLibraries) {
    const auto outcome = run(program(2, "--version"));
    EXPECT_EQ(outcome.exit_code, 0);
    for (const std::string part : {"sslslr 0.", "(code ", "LibTorch 2.", "Open MPI v", "HDF5 1."}) {
        EXPECT_TRUE(outcome.says(part)) << part << outcome.output;
    }
}

TEST_F(Commands, AProgramThatWasMovedFindsItsFilesBesideItOrWhereItIsTold) {
    std::filesystem::create_directories(folder_ / "corpus");
    std::filesystem::copy_file(SSLSLR_PROGRAM, folder_ / "sslslr");
    const auto reads_by_python = [&](const std::string& home) {
        return run("env " + home + " SSLSLR_PYTHON=/bin/true " + (folder_ / "sslslr").string() +
                   " prepare --from kaggle-islr --input " + (folder_ / "corpus").string() + " --output " +
                   (folder_ / "store.h5").string());
    };
    const std::string script = "io/corpus/python/corpus_server.py";

    const auto lost = reads_by_python("");
    EXPECT_EQ(lost.exit_code, 2);
    EXPECT_TRUE(lost.says(script) && lost.says("SSLSLR_HOME")) << lost.output;
    const auto wrong = reads_by_python("SSLSLR_HOME=" + folder_.string());
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_TRUE(wrong.says("SSLSLR_HOME=" + folder_.string())) << wrong.output;
    // Starts Python, here /bin/true, which prints nothing.
    const auto told = reads_by_python("SSLSLR_HOME=" SSLSLR_SOURCE_DIR);
    EXPECT_EQ(told.exit_code, 3) << told.output;
    std::filesystem::create_directories((folder_ / script).parent_path());
    std::ofstream{folder_ / script};
    EXPECT_EQ(reads_by_python("").exit_code, 3);
}

TEST_F(Commands, PretrainTakesEveryConfigurationShipped) {
    for (const auto& config : std::filesystem::recursive_directory_iterator{SSLSLR_SOURCE_DIR "/configs"}) {
        if (config.is_directory() || config.path().parent_path().filename() == "study") {
            continue;  // StudyJob tests the study files
        }
        // The command line wins: a batch too small for two ranks ends the command right after reading.
        const auto outcome =
            run(program(2, "pretrain --global-batch 1 --data " + asl9 + " --run " + (folder_ / "r").string() +
                               " --config " + config.path().string()));
        EXPECT_TRUE(outcome.says("smaller than the number of ranks")) << config.path() << '\n'
                                                                      << outcome.output;
    }
}

TEST_F(Commands, AListOnTheCommandLineReplacesTheConfigurations) {
    const auto config = folder_ / "clusters.ini";
    std::ofstream{config} << "method = pcl\nclusters = 500\nclusters = 1000\nqueue = 60\n";

    const auto replaced =
        run(program(1, pretrain("r", "--clusters 4 8 --cluster-warmup-epochs 0 --max-steps 1 --config " +
                                         config.string())));
    const auto kept = run(program(1, pretrain("k", "--config " + config.string())));

    EXPECT_EQ(replaced.exit_code, 0) << replaced.output;
    EXPECT_TRUE(kept.says("--clusters 1000")) << kept.output;
}

TEST_F(Commands, InspectDescribesTheExampleStores) {
    const auto store = json_of(run(program(1, "inspect --json " + asl9))).at(0);

    EXPECT_EQ(store["clips"], 900);
    EXPECT_EQ(store["frames"], 27000);
    EXPECT_EQ(store["signers"], (nlohmann::json{{"S01", 300}, {"S02", 300}, {"S03", 300}}));
    EXPECT_NEAR(store["missing"]["left_hand"].get<double>(), 0.427, 0.001);
    EXPECT_NEAR(store["missing"]["right_hand"].get<double>(), 0.191, 0.001);
    EXPECT_EQ(store["missing"]["pose"], 0.0);
}

TEST_F(Commands, DoctorChecksTheCollectivesOnTwoRanks) {
    const auto findings = json_of(run(program(2, "doctor --json --folder " + folder_.string())));

    EXPECT_EQ(findings["collective"]["fix"], "");
    EXPECT_NE(findings["collective"]["found"].get<std::string>().find("over 2 ranks: correct"),
              std::string::npos);
    EXPECT_EQ(findings["disk"]["fix"], "");
    EXPECT_EQ(findings["locks"]["fix"], "");
    EXPECT_NE(findings["locks"]["found"].get<std::string>().find("over 2 ranks"), std::string::npos);
    EXPECT_NE(findings["LibTorch"]["found"].get<std::string>().find("2."), std::string::npos);
}

TEST_F(Commands, DoctorReportsWhenMpirunNoticesALostHost) {
    const auto found = [&](const std::string& environment) {
        return json_of(run(program(2, "doctor --json --folder " + folder_.string(), environment)))["mpirun"];
    };
    EXPECT_EQ(found("--unset=OMPI_MCA_oob_tcp_keepalive_time")["found"],
              "notices a lost host only after about 15 minutes (OMPI_MCA_oob_tcp_keepalive_* are not set)");
    EXPECT_EQ(found("--unset=OMPI_MCA_oob_tcp_keepalive_time")["fix"], "") << "there is one host";
    EXPECT_EQ(found("OMPI_MCA_oob_tcp_keepalive_time=1 OMPI_MCA_oob_tcp_keepalive_intvl=1 "
                    "OMPI_MCA_oob_tcp_keepalive_probes=3")["found"],
              "notices a lost host after 4 s and exits with 205");
}

TEST_F(Commands, DoctorSaysHowToFixAFolderThatCannotBeWritten) {
    const auto outcome = run(program(1, "doctor --json --folder " + (folder_ / "none").string()));
    EXPECT_EQ(outcome.exit_code, 4);
    const auto findings = nlohmann::json::parse(outcome.output);
    EXPECT_NE(findings["disk"]["fix"], "");
    EXPECT_NE(findings["locks"]["fix"], "");
}

TEST_F(Commands, BenchMeasuresWholeSteps) {
    const auto result = json_of(run(program(
        2, "bench --blocks 1 --width 16 --heads 2 --lengths mixed --global-batch 5 --max-steps 3 --json")));

    EXPECT_GT(result["clips_per_s"], 0);
    EXPECT_EQ(result["ranks"], 2);
    for (const std::string part : {"data", "forward", "backward", "update"}) {
        EXPECT_GT(result["seconds"][part], 0) << part;
    }
    EXPECT_GT(result["useful_gflops_per_s"], 0);
    EXPECT_GT(result["peak_gflops_per_s"], 0);
    EXPECT_GT(result["loss"], 0);
}

TEST_F(Commands, BenchLeavesOutPartsOfTheStep) {
    const std::string bench =
        "bench --blocks 2 --width 16 --heads 2 --frames 16 --global-batch 4 --max-steps 2 --json";
    const auto bfloat16 = bench + " --precision bfloat16";  // other operations round differently in it
    const double whole = json_of(run(program(1, bfloat16)))["loss"];
    const double composed =
        json_of(run(program(1, bfloat16 + " --without fused-blocks kept-memory")))["loss"];
    const auto avx2 = run(program(1, bench + " --without onednn-avx512", "ONEDNN_VERBOSE=1"));

    EXPECT_NE(composed, whole);
    EXPECT_NEAR(composed, whole, 0.2 * whole);
    EXPECT_NE(avx2.output.find("isa:"), std::string::npos) << avx2.output;
    EXPECT_EQ(avx2.output.find("AVX-512"), std::string::npos) << avx2.output;
}

TEST_F(Commands, BenchRefusesPartsThatItDoesNotKnowAndTheOldOption) {
    const auto unknown = run(program(1, "bench --without everything"));
    const auto old = run(program(1, "bench --fused-blocks=false"));

    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_NE(unknown.output.find("fused-blocks, kept-memory, onednn-avx512-bf16 or onednn-avx512"),
              std::string::npos)
        << unknown.output;
    EXPECT_EQ(old.exit_code, 2);
    EXPECT_NE(old.output.find("--without fused-blocks"), std::string::npos) << old.output;
}

TEST_F(Commands, EvaluateGivesTheSameFiguresOnAnyNumberOfRanks) {
    ASSERT_EQ(run(program(2, pretrain("r", "--max-steps 4"))).exit_code, 0);
    const auto folder = (folder_ / "r").string();
    for (const std::string protocol : {"linear", "knn"}) {
        const auto arguments = "evaluate --json --bootstrap 200 --supervised-epochs 1 --protocol " +
                               protocol + " --run " + folder;
        const auto one = json_of(run(program(1, arguments)));
        std::filesystem::remove_all(folder_ / "r/evaluate/features");
        const auto two = json_of(run(program(2, arguments)));

        EXPECT_EQ(one["test_clips"], 270);
        EXPECT_EQ(one["train_clips"], 540);
        EXPECT_EQ(one["classes"].size(), 9U);
        EXPECT_EQ(one["rows"].size(), protocol == "linear" ? 6U : 4U);
        EXPECT_EQ(one["rows"], two["rows"]) << protocol;
    }
}

}  // namespace
}  // namespace sslslr::test
