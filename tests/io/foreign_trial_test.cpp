#include "io/foreign_trial.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

namespace fs = std::filesystem;

class ForeignTrialTest : public testing::Test {
protected:
    std::vector<fs::path> files(const std::vector<std::string>& names) const {
        std::vector<fs::path> paths;
        for (const auto& name : names) {
            paths.push_back(folder_ / name);
            std::ofstream{paths.back()} << name;
        }
        return paths;
    }

    TemporaryFolder folder_;
};

TEST_F(ForeignTrialTest, OneProcessTriesAllFiles) {
    const auto trials = try_files(files({"a", "b", "c"}), [](const fs::path& file, const RenewLimits&) {
        return file.filename().string() + std::to_string(::getpid());
    });
    ASSERT_EQ(trials.size(), 3U);
    EXPECT_EQ(trials[0].result.substr(0, 1), "a");
    EXPECT_EQ(trials[2].result.substr(0, 1), "c");
    EXPECT_EQ(trials[0].result.substr(1), trials[2].result.substr(1));
    EXPECT_NE(trials[0].result.substr(1), std::to_string(::getpid()));
}

TEST_F(ForeignTrialTest, AFileThatCrashesItsTrialIsNamedAndTheOthersAreTried) {
    const auto trials = try_files(files({"a", "crash", "b", "end", "refuse", "large", "c"}),
                                  [](const fs::path& file, const RenewLimits&) -> std::string {
                                      const auto name = file.filename().string();
                                      if (name == "crash") {
                                          std::abort();
                                      }
                                      if (name == "end") {
                                          std::_Exit(0);
                                      }
                                      if (name == "refuse") {
                                          throw std::runtime_error{file.string() + ": /x: not this one"};
                                      }
                                      return name == "large" ? std::string(std::size_t{1} << 40, 'x') : name;
                                  });
    ASSERT_EQ(trials.size(), 7U);
    EXPECT_EQ(trials[0].result, "a");
    EXPECT_NE(trials[1].problem.find("it crashed (Aborted)"), std::string::npos) << trials[1].problem;
    EXPECT_EQ(trials[2].result, "b");
    EXPECT_NE(trials[3].problem.find("ended without an answer"), std::string::npos);
    EXPECT_EQ(trials[4].problem, "/x: not this one") << "without the name of the file";
    EXPECT_FALSE(trials[5].problem.empty()) << "more memory than a file of its size may need";
    EXPECT_EQ(trials[6].result, "c");
}

TEST_F(ForeignTrialTest, ReturnsResultsOfAnySize) {
    const auto trials = try_files(files({"a", "b"}), [](const fs::path& file, const RenewLimits& renew) {
        renew();
        return file.filename() == "a" ? std::string(1 << 20, 'x') : std::string{};
    });
    EXPECT_EQ(trials[0].result.size(), std::size_t{1} << 20);
    EXPECT_TRUE(trials[1].result.empty());
    EXPECT_TRUE(trials[1].problem.empty());
    EXPECT_TRUE(try_files({}, nullptr).empty());
}

}  // namespace
}  // namespace sslslr::io::test
