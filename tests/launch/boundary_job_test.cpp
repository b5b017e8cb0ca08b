// The boundary search on real processes: killed, stopped and restarted workers do not change the answer.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <thread>

#include "tests/launch/program.hpp"
#include "tests/launch/worker_processes.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

class BoundaryJob : public ProgramTest {
protected:
    /// Plans a search with tiny trainings on asl9 in the folder `study`.
    Outcome plan(const std::string& study, const std::string& more = "") const {
        return run(program(
            1, "boundary plan --study " + path(study) + " --data " + asl9 +
                   " --leave-out-signer S03 --blocks 1 --width 16 --heads 2 --global-batch 50 " + more));
    }
    Outcome work(const std::string& study, int ranks, const std::string& more = "") const {
        return run(program(ranks, "boundary work --study " + path(study) + " " + more));
    }
    Json ask(const std::string& what, const std::string& study) const {
        const auto outcome = run(program(1, "boundary " + what + " --json --study " + path(study)));
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        return Json::parse(outcome.output);
    }
    /// A report without its costs.
    Json answer(const std::string& study) const {
        auto report = ask("report", study);
        report.erase("cost");
        return report;
    }
    std::string code_of_plan(const std::string& study) const {
        return Json::parse(std::ifstream{folder_ / study / "plan.json"})["code"];
    }
    void set_code_of_plan(const std::string& study, const std::string& code) const {
        auto plan = Json::parse(std::ifstream{folder_ / study / "plan.json"});
        plan["code"] = code;
        std::ofstream{folder_ / study / "plan.json"} << plan;
    }
    void copy(const std::string& from, const std::string& to) const {
        fs::copy(folder_ / from, folder_ / to, fs::copy_options::recursive);
    }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    /// The records of a study's claims log, without their checksums.
    std::vector<Json> claims_log(const std::string& study) const {
        std::vector<Json> records;
        std::ifstream file{folder_ / study / "claims.jsonl"};
        for (std::string line; std::getline(file, line);) {
            if (const auto record =
                    Json::parse(line.substr(std::min<std::size_t>(17, line.size())), nullptr, false);
                record.is_object()) {
                records.push_back(record);
            }
        }
        return records;
    }
    /// Expects one accepted result for every job, from its newest attempt, and no attempt after a result.
    /// @param is_planned_again  the ledger holds jobs that the plan no longer has
    void expect_each_job_done_once(const std::string& study, bool is_planned_again = false) const {
        std::map<std::string, std::int64_t> claimed;
        std::map<std::string, std::int64_t> accepted;
        for (const auto& record : claims_log(study)) {
            const auto job = record.value("job", "");
            if (record["what"] == "claim") {
                EXPECT_FALSE(accepted.contains(job)) << job << " was claimed again after it was done";
                claimed[job] = record["attempt"];
            } else if (record["what"] == "done") {
                EXPECT_TRUE(accepted.emplace(job, record["attempt"]).second) << job << " was accepted twice";
            }
        }
        EXPECT_EQ(accepted, claimed);
        const auto status = ask("status", study);
        if (!is_planned_again) {
            EXPECT_EQ(status["done"], accepted.size());
        }
        EXPECT_EQ(status["differing_results"], 0) << status.dump(2);
        EXPECT_EQ(status["accepted_twice"], 0);
        EXPECT_TRUE(status["set_aside"].empty()) << status.dump(2);
    }
    /// The number of attempts at the most attempted job that is not done.
    std::int64_t most_attempts(const std::string& study) const {
        std::map<std::string, std::int64_t> attempts;
        for (const auto& record : claims_log(study)) {
            const auto job = record.value("job", "");
            if (record["what"] == "claim") {
                attempts[job] = record["attempt"];
            } else if (record["what"] == "done") {
                attempts.erase(job);
            }
        }
        std::int64_t most = 0;
        for (const auto& [job, attempt] : attempts) {
            most = std::max(most, attempt);
        }
        return most;
    }
    /// Whether a process has claimed a job since it started as a worker and not finished it.
    bool is_at_work(const std::string& study, pid_t pid) const {
        std::map<std::int64_t, pid_t> workers;
        std::set<std::string> claimed;
        for (const auto& record : claims_log(study)) {
            if (record["what"] == "life") {
                workers[record["worker"]] = record["pid"];
            } else if (record["what"] == "claim" && workers[record["worker"]] == pid) {
                claimed.insert(record["job"]);
            } else {
                claimed.erase(record.value("job", ""));
            }
        }
        return !claimed.empty();
    }
    std::vector<std::string> worker(const std::string& study) const {
        return {SSLSLR_PROGRAM, "boundary", "work", "--study", path(study), "--lease-seconds", "2"};
    }

    /// Kills workers one after another at random moments (every second time while at work) and restarts them,
    /// and suspends the first worker for longer than its lease.
    void disturb(const std::string& study, std::vector<std::unique_ptr<WorkerProcess>>& workers,
                 int kills) const {
        std::mt19937 random{42};
        std::uniform_int_distribution<int> pause_ms{50, 650};
        std::uniform_int_distribution<std::size_t> victim{1, workers.size() - 1};
        const auto stopped_at = kills / 3;  // the first worker is suspended then and never killed
        Clock::time_point stopped{};
        for (int i = 0; i < kills; ++i) {
            std::this_thread::sleep_for(slowness * std::chrono::milliseconds{pause_ms(random)});
            // A job that is lost ten times is set aside. On a slow machine it needs a quiet period to finish
            // before that.
            const auto deadline = Clock::now() + std::chrono::minutes{2};
            while (most_attempts(study) > 8 && Clock::now() < deadline) {
                std::this_thread::sleep_for(std::chrono::milliseconds{100});
            }
            auto& struck = *workers[victim(random)];
            while (i % 2 == 0 && struck.is_running() && !is_at_work(study, struck.pid()) &&
                   Clock::now() < deadline) {
                std::this_thread::sleep_for(std::chrono::milliseconds{10});
            }
            struck.kill_and_restart();
            if (i == stopped_at) {
                workers[0]->send(SIGSTOP);
                stopped = Clock::now();
            }
        }
        const std::chrono::seconds beyond_the_lease{5};
        std::this_thread::sleep_until(stopped + beyond_the_lease);
        workers[0]->send(SIGCONT);
    }
};

TEST_F(BoundaryJob, FiftyKillsAndAStopThatOutlivesItsLeaseChangeNothing) {
    ASSERT_EQ(plan("disturbed", "--step 5 --repeats 6 --margin 0 --max-steps 60 --compare=false").exit_code,
              0);
    copy("disturbed", "undisturbed");
    ASSERT_EQ(work("undisturbed", 2).exit_code, 0);

    std::vector<std::unique_ptr<WorkerProcess>> workers;
    for (int i = 0; i < 4; ++i) {
        workers.push_back(std::make_unique<WorkerProcess>(worker("disturbed")));
    }
    disturb("disturbed", workers, 50);
    for (auto& each : workers) {
        EXPECT_EQ(each->wait(), 0);
    }

    const auto status = ask("status", "disturbed");
    std::cout << "lost " << status["lost_attempts"] << ", recovered " << status["recovered_results"]
              << ", late " << status["late_results"] << ", torn lines " << status["damaged_lines"] << '\n';
    EXPECT_GE(status["lost_attempts"], 10) << "the kills did not hit work";
    expect_each_job_done_once("disturbed");
    EXPECT_EQ(answer("disturbed"), answer("undisturbed"));
    EXPECT_LE(std::distance(fs::directory_iterator{folder_ / "disturbed" / "journals"}, {}), 8)
        << "journals of dead workers are taken over";
}

TEST_F(BoundaryJob, TheAnswerDoesNotDependOnHowManyRanksWorkNorOnTheirGroups) {
    ASSERT_EQ(plan("a", "--step 10 --repeats 2 --max-steps 4").exit_code, 0);
    for (const std::string name : {"b", "c"}) {
        copy("a", name);
    }
    EXPECT_EQ(work("a", 1).exit_code, 0);
    EXPECT_EQ(work("b", 3).exit_code, 0);
    WorkerProcess beside{worker("c")};
    EXPECT_EQ(work("c", 2).exit_code, 0);
    EXPECT_EQ(beside.wait(), 0);

    const auto expected = answer("a");
    EXPECT_TRUE(expected["k1"].is_number());
    EXPECT_EQ(answer("b"), expected);
    EXPECT_EQ(answer("c"), expected);
    expect_each_job_done_once("b");
}

TEST_F(BoundaryJob, GroupsOfTwoRanksTrainAJobTogether) {
    ASSERT_EQ(plan("a", "--step 15 --repeats 2 --max-steps 4 --ranks-per-job 2").exit_code, 0);
    copy("a", "b");

    EXPECT_EQ(work("a", 2).exit_code, 0);
    EXPECT_EQ(work("b", 4).exit_code, 0);
    EXPECT_EQ(answer("a"), answer("b"));
    const auto odd = work("b", 3);
    EXPECT_EQ(odd.exit_code, 2);
    EXPECT_TRUE(odd.says("expected a multiple of 2, the ranks-per-job of the plan")) << odd.output;
}

TEST_F(BoundaryJob, AWorkerThatIsAskedToStopGivesItsJobBackAndTheCommandGoesOn) {
    ASSERT_EQ(plan("s", "--step 15 --repeats 2 --max-steps 300 --compare=false").exit_code, 0);
    WorkerProcess first{worker("s")};
    const auto deadline = Clock::now() + std::chrono::seconds{30};
    const auto is_in_its_second_job = [&] {
        const auto log = claims_log("s");
        return log.size() > 3 && log.back()["what"] == "claim";
    };
    while (!is_in_its_second_job() && Clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }

    first.send(SIGTERM);

    EXPECT_EQ(first.wait(), 75);
    EXPECT_EQ(ask("status", "s")["released"], 1);
    EXPECT_EQ(ask("status", "s")["lost_attempts"], 0);
    EXPECT_EQ(work("s", 2).exit_code, 0);
    expect_each_job_done_once("s");
}

TEST_F(BoundaryJob, APlanWhoseTrainingFailsIsRefusedForItsTimedJobFailsToo) {
    const auto outcome = plan("s", "--step 15 --max-steps 3 --learning-rate 1e30");

    EXPECT_EQ(outcome.exit_code, 5);
    EXPECT_TRUE(outcome.says("try a lower --learning-rate")) << outcome.output;
    EXPECT_FALSE(fs::exists(folder_ / "s"));
}

TEST_F(BoundaryJob, AStudyOfOtherDataOrAnotherVersionIsRefused) {
    const auto data = folder_ / "data.h5";
    fs::copy(asl9, data);
    const auto options = " --data " + data.string() +
                         " --blocks 1 --width 16 --heads 2 --global-batch 50 --max-steps 2" +
                         " --step 15 --repeats 2";
    ASSERT_EQ(run(program(1, "boundary plan --study " + path("s") + options)).exit_code, 0);
    ASSERT_EQ(work("s", 1, "--max-jobs 1").exit_code, 0);

    fs::copy(std::string{SSLSLR_SOURCE_DIR} + "/io/examples/libras5.h5", data,
             fs::copy_options::overwrite_existing);
    const auto other_data = work("s", 2);
    EXPECT_EQ(other_data.exit_code, 2) << other_data.output;
    EXPECT_EQ(other_data.count("planned with other data"), 1) << other_data.output;
    EXPECT_EQ(run(program(1, "boundary plan --study " + path("s") + options)).exit_code, 2);

    fs::copy(asl9, data, fs::copy_options::overwrite_existing);
    const auto own = code_of_plan("s");
    set_code_of_plan("s", "0123456789abcdef");
    const auto other_code = work("s", 1);
    EXPECT_EQ(other_code.exit_code, 2);
    EXPECT_TRUE(
        other_code.says("holds results of code 0123456789abcdef, and this program's code is " + own) &&
        other_code.says("plan it again with --accept-other-code"))
        << other_code.output;
    const auto accepted =
        run(program(1, "boundary plan --study " + path("s") + options + " --accept-other-code"));
    EXPECT_EQ(accepted.exit_code, 0) << accepted.output;
    EXPECT_TRUE(accepted.says("continuing, as --accept-other-code asks")) << accepted.output;
    EXPECT_EQ(code_of_plan("s"), "0123456789abcdef " + own);
    EXPECT_EQ(ask("report", "s")["code"], "0123456789abcdef " + own);
    EXPECT_EQ(work("s", 1, "--max-jobs 1").exit_code, 0);
}

TEST_F(BoundaryJob, ResultsWhosePlanIsLostOrDamagedAreOfUnknownCode) {
    const std::string options = "--step 15 --repeats 2 --max-steps 2 --compare=false ";
    ASSERT_EQ(plan("s", options).exit_code, 0);
    ASSERT_EQ(work("s", 1, "--max-jobs 1").exit_code, 0);
    const auto own = code_of_plan("s");
    const auto file = folder_ / "s" / "plan.json";

    ASSERT_TRUE(fs::remove(file));
    const auto lost = plan("s", options);
    EXPECT_FALSE(fs::exists(file));
    std::ofstream{file} << "{";
    const auto damaged = plan("s", options);
    for (const auto& refused : {lost, damaged}) {
        EXPECT_EQ(refused.exit_code, 2) << refused.output;
        EXPECT_TRUE(refused.says("code unknown") && refused.says("--accept-other-code")) << refused.output;
    }

    const auto accepted = plan("s", options + "--accept-other-code");
    EXPECT_EQ(accepted.exit_code, 0) << accepted.output;
    EXPECT_TRUE(accepted.says("continuing, as --accept-other-code asks")) << accepted.output;
    EXPECT_EQ(code_of_plan("s"), "unknown " + own);
    EXPECT_EQ(work("s", 1).exit_code, 0);
}

TEST_F(BoundaryJob, APlanOfOtherCodeWithoutResultsIsPlannedAnewWithoutAWord) {
    ASSERT_EQ(plan("s", "--step 15 --repeats 2 --max-steps 2 --compare=false").exit_code, 0);
    const auto own = code_of_plan("s");
    set_code_of_plan("s", "0123456789abcdef");

    const auto again = plan("s", "--step 15 --repeats 2 --max-steps 2 --compare=false");

    EXPECT_EQ(again.exit_code, 0) << again.output;
    EXPECT_FALSE(again.says("accept-other-code")) << again.output;
    EXPECT_EQ(code_of_plan("s"), own);
    EXPECT_EQ(work("s", 1, "--max-jobs 1").exit_code, 0);
}

TEST_F(BoundaryJob, APlanOfOtherSettingsIsRefusedByOptionAndOneOfMoreRepeatsGoesOn) {
    ASSERT_EQ(plan("s", "--step 15 --repeats 2 --max-steps 2 --compare=false").exit_code, 0);
    ASSERT_EQ(work("s", 1).exit_code, 0);
    const auto done = ask("status", "s")["done"].get<int>();

    const auto other = plan("s", "--step 15 --repeats 2 --max-steps 3 --compare=false");
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_TRUE(other.says("max-steps = 2, not max-steps = 3")) << other.output;
    const auto again =
        run(program(1, "boundary plan --repeats 3 --mode tolerant --tolerance 1 --study " + path("s")));
    ASSERT_EQ(again.exit_code, 0) << again.output;
    ASSERT_EQ(work("s", 1).exit_code, 0);
    EXPECT_EQ(ask("status", "s")["done"], done * 3 / 2) << "only what was missing is trained";
    const auto one_side = plan("s",
                               "--step 15 --repeats 3 --max-steps 2 --mode tolerant --tolerance 1 "
                               "--compare=false --sides start --largest 15");
    EXPECT_EQ(one_side.exit_code, 0) << one_side.output;
    ASSERT_EQ(work("s", 1).exit_code, 0);
    EXPECT_EQ(ask("status", "s")["done"], 3 * 4) << "those of k up to 15, and random weights";
    expect_each_job_done_once("s", /*is_planned_again=*/true);
}

TEST_F(BoundaryJob, ADryRunForeseesASearchAndPlansNothing) {
    const auto outcome = run(program(
        1, "boundary plan --dry-run --json --frames 40 --step 4 --seconds-per-job 3600 --workers 1 1000"));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const auto plan_of_40_frames = Json::parse(outcome.output);
    EXPECT_EQ(plan_of_40_frames["k"].size(), 10);
    const auto& alone = plan_of_40_frames["forecast"][0];
    EXPECT_EQ(alone["workers"], 1);
    EXPECT_NEAR(alone["hours"].get<double>(), alone["trainings"].get<double>() + 0.5, 0.5 + 1e-9)
        << "one hour each, and a tenth for each of five untrained encoders";
    EXPECT_LT(plan_of_40_frames["forecast"][1]["hours"], 10);

    ASSERT_EQ(run(program(1,
                          "prepare --from synthetic --kind order --classes 4 --length 24 --pose-frames 4 "
                          "--first 8 --last 16 --clips 240 --seed 1 --output " +
                              path("signs.h5")))
                  .exit_code,
              0);
    const auto differing = run(program(
        1, "boundary plan --dry-run --json --seconds-per-job 1 --data " + path("signs.h5") + " --workers 1"));
    EXPECT_EQ(Json::parse(differing.output)["differing"], Json::parse("[8, 8]")) << differing.output;

    const auto measured = plan("s", "--dry-run --step 15 --repeats 2 --max-steps 2 --workers 4");
    EXPECT_EQ(measured.exit_code, 0) << measured.output;
    EXPECT_TRUE(measured.says("a lost node")) << measured.output;
    EXPECT_FALSE(measured.says("start workers")) << measured.output;
    EXPECT_FALSE(fs::exists(folder_ / "s"));
    EXPECT_TRUE(run(program(1, "boundary plan --dry-run")).says("--data STORE.h5 is required"));
}

TEST_F(BoundaryJob, APlanTakesTheConfigurationOfAPretraining) {
    const auto demo = plan("s", "--config " SSLSLR_SOURCE_DIR "/configs/ssl-slr.ini --max-steps 2 --json");
    EXPECT_EQ(demo.exit_code, 0) << demo.output;
    const auto mistyped = folder_ / "mistyped.ini";
    std::ofstream{mistyped} << "epochs = 2\nstpe = 3\n";
    const auto refused = plan("t", "--config " + mistyped.string());
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_TRUE(refused.says("did you mean step?")) << refused.output;
}

TEST_F(BoundaryJob, BadOptionsAreRefusedByName) {
    const std::pair<const char*, const char*> refused[]{
        {"--step 0", "--step 0: expected 1 to the frames of the longest clip, 30"},
        {"--step 31", "--step 31: expected 1 to the frames of the longest clip, 30"},
        {"--largest 40", "--largest 40: expected 0 to the frames of the longest clip, 30"},
        {"--sides middle", "--sides middle: expected both, start or end"},
        {"--repeats 0", "--repeats 0"},
        {"--mode lenient", "--mode lenient: expected racing, tolerant or strict"},
        {"--mode full", "--mode full: removed: --mode racing tests every k"},
        {"--halving", "--halving: removed: --mode racing tests every k"},
        {"--margin 2", "--margin 2: expected a share of the clips, 0 to 1"},
        {"--error-rate 0.5", "--error-rate 0.5: expected a probability above 0 and below 0.5"},
        {"--repeats 1", "--repeats 1: --mode racing takes 2 or more"},
        {"--tolerance much", "--tolerance much: expected auto or a number from 0 to 1"},
        {"--validation-signer S09", "no signer S09"},
        {"--augmentation none", "expected boundary, both or skeleton-boundary"},
        {"--ranks-per-job 99", "--ranks-per-job 99: expected 1 to the clips of a global batch, 50"},
        {"--workers 8 0", "--workers: expected numbers of 1 or more"},
        {"--workers-per-node 0", "--workers-per-node 0: expected 1 or more"},
        {"--seconds-per-job -1", "--seconds-per-job -1: expected seconds, 0 to measure them"},
    };
    for (const auto& [arguments, error] : refused) {
        const auto outcome = plan("s", arguments);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_TRUE(outcome.says(error)) << outcome.output;
        EXPECT_FALSE(fs::exists(folder_ / "s")) << arguments;
    }
    EXPECT_TRUE(work("none", 1).says("there is no plan.json; sslslr boundary plan writes it"));
    EXPECT_EQ(run(program(1, "boundary plam")).exit_code, 2);
    std::ofstream{folder_ / "file"} << "in the way";
    const auto unwritable = plan("file/study", "--max-steps 2");
    EXPECT_EQ(unwritable.exit_code, 3);
    EXPECT_TRUE(unwritable.says(path("file/study"))) << unwritable.output;
}

#ifdef SSLSLR_WITH_MOUNTS
TEST_F(BoundaryJob, AFullDiskEndsTheWorkWithAClearErrorAndTheJournalsIntact) {
    ASSERT_EQ(plan("s", "--step 15 --repeats 2 --max-steps 2 --compare=false").exit_code, 0);
    // A separate file system of 256 KiB, filled except for a page or two.
    const std::string tiny = path("tiny");
    const auto outcome =
        run(SSLSLR_WITH_MOUNTS " sh -c 'set -e; mkdir " + tiny + "; mount -t tmpfs -o size=256k tmpfs " +
            tiny + "; cp -r " + path("s") + " " + tiny + "; S=" + tiny +
            "/s; W=\"" SSLSLR_PROGRAM " boundary work --study $S\"; $W --max-jobs 1; cat /dev/zero > " +
            tiny + "/filler 2> /dev/null || true; $W && exit 9; echo ended with $?; rm " + tiny +
            "/filler; $W; " SSLSLR_PROGRAM " boundary status --study $S --json'");

    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("ended with 3")) << outcome.output;
    EXPECT_TRUE(outcome.says("No space left on device")) << outcome.output;
    const auto status = Json::parse(outcome.output.substr(outcome.output.rfind("\n{") + 1));
    EXPECT_EQ(status["damaged_lines"], 0);
    EXPECT_EQ(status["accepted_twice"], 0);
    EXPECT_EQ(status["k1"]["progress"], "answered") << outcome.output;
}
#endif

}  // namespace
}  // namespace sslslr::test
