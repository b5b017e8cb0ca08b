#pragma once

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <thread>

#include "tests/launch/program.hpp"

namespace sslslr::test {

/// A boundary search and a training that run under a cluster engine, and what each ends with when one job
/// does it undisturbed. CTest runs the script `undisturbed-study` first, which makes both.
class ClusterTest : public ProgramTest {
protected:
    void SetUp() override {
        ProgramTest::SetUp();
        ASSERT_TRUE(std::filesystem::exists(undisturbed("report.json")))
            << "run this with ctest, which creates its study";
        std::filesystem::copy(SSLSLR_CLUSTER_STUDY "/planned", study(),
                              std::filesystem::copy_options::recursive);
        setenv("SSLSLR", SSLSLR_PROGRAM, 1);  // the program that job scripts start
    }

    std::filesystem::path study() const { return folder_ / "study"; }
    /// A file that `undisturbed-study` made.
    static std::filesystem::path undisturbed(const std::string& name) {
        return SSLSLR_CLUSTER_STUDY "/" + name;
    }
    static std::string undisturbed_text(const std::string& name) {
        std::ifstream file{undisturbed(name)};
        std::string line;
        std::getline(file, line);
        return line;
    }

    /// Runs a command in this test's folder and returns its output without the final newline.
    /// @throws std::runtime_error if it fails
    std::string ask(const std::string& command) const {
        auto outcome = run("env --chdir=" + folder_.string() + " " + command);
        if (outcome.exit_code != 0) {
            throw std::runtime_error{command + ": exit code " + std::to_string(outcome.exit_code) + "\n" +
                                     outcome.output};
        }
        outcome.output.erase(outcome.output.find_last_not_of('\n') + 1);
        return outcome.output;
    }

    /// Returns once `is_true` does. @throws std::runtime_error after 10 minutes
    static void wait_until(const std::string& claim, const std::function<bool()>& is_true) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{10};
        while (!is_true()) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error{"waited in vain until " + claim};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
    }

    /// How often an event ("claim", "done", "life") occurs in the study's claims log.
    int events(const std::string& what) const {
        std::ifstream file{study() / "claims.jsonl"};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        return Outcome{0, text, 0}.count("\"what\":\"" + what + "\"");
    }

    /// What `boundary status` or `boundary report` prints.
    nlohmann::json answer(const std::string& command) const {
        return nlohmann::json::parse(ask(SSLSLR_PROGRAM " boundary " + command + " --json --study study"));
    }
    static nlohmann::json undisturbed_answer(const std::string& command) {
        return nlohmann::json::parse(std::ifstream{undisturbed(command + ".json")});
    }

    /// Expects one accepted result for every job, and the undisturbed answer except for its cost.
    void expect_the_undisturbed_answer() const {
        const auto status = answer("status");
        EXPECT_EQ(status["done"], undisturbed_answer("status")["done"]) << status.dump(2);
        for (const auto* none :
             {"accepted_twice", "differing_results", "running", "waiting", "failed_attempts"}) {
            EXPECT_EQ(status[none], 0) << none << '\n' << status.dump(2);
        }
        auto report = answer("report");
        auto expected = undisturbed_answer("report");
        EXPECT_TRUE(expected["k1"].is_number());
        EXPECT_TRUE(report.erase("cost") == 1 && expected.erase("cost") == 1);
        EXPECT_EQ(report, expected);
    }
};

}  // namespace sslslr::test
