// Workers whose clocks differ by minutes, as those of nodes may.
#include <memory>
#include <vector>

#include "tests/launch/program.hpp"
#include "tests/launch/worker_processes.hpp"

namespace sslslr::test {
namespace {

class ClockSkew : public ProgramTest {
protected:
    std::string study(const std::string& name) const { return (folder_ / name).string(); }
    nlohmann::json answer(const std::string& name) const {
        auto report =
            nlohmann::json::parse(run(program(1, "boundary report --json --study " + study(name))).output);
        report.erase("cost");
        return report;
    }
    std::vector<std::string> worker(const std::string& name, const std::string& offset) const {
        return {"env",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0",  // faketime's library is loaded first
                SSLSLR_FAKETIME,
                "-f",
                offset,
                SSLSLR_PROGRAM,
                "boundary",
                "work",
                "--study",
                study(name),
                "--lease-seconds",
                "60"};
    }
};

TEST_F(ClockSkew, OfMinutesCostsNoWorkerItsClaimAndChangesNoAnswer) {
    ASSERT_EQ(
        run(program(
                1,
                "boundary plan --step 10 --repeats 2 --max-steps 60 --compare=false --blocks 1 --width 16 "
                "--heads 2 --global-batch 50 --leave-out-signer S03 --data " +
                    asl9 + " --study " + study("skewed")))
            .exit_code,
        0);
    std::filesystem::copy(study("skewed"), study("even"));
    ASSERT_EQ(run(program(2, "boundary work --study " + study("even"))).exit_code, 0);

    std::vector<std::unique_ptr<WorkerProcess>> workers;
    for (const std::string offset : {"-7m", "+0m", "+9m"}) {
        workers.push_back(std::make_unique<WorkerProcess>(worker("skewed", offset)));
    }
    for (auto& each : workers) {
        EXPECT_EQ(each->wait(), 0);
    }

    EXPECT_EQ(answer("skewed"), answer("even"));
    const auto status =
        nlohmann::json::parse(run(program(1, "boundary status --json --study " + study("skewed"))).output);
    EXPECT_EQ(status["lost_attempts"], 0);
    EXPECT_EQ(status["late_results"], 0);
}

}  // namespace
}  // namespace sslslr::test
