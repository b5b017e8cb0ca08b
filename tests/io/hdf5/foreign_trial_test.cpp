#include "io/hdf5/foreign_trial.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
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
    EXPECT_NE(trials[1].problem.find("in a separate process crashed (Aborted)"), std::string::npos)
        << trials[1].problem;
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

TEST_F(ForeignTrialTest, APauseCostsNoFile) {
    const auto trials = try_files(files({"a", "paused", "b"}), [&](const fs::path& file, const RenewLimits&) {
        const auto mark = folder_ / "tried";
        if (file.filename() == "paused" && !fs::exists(mark)) {
            std::ofstream{mark} << "once";
            std::raise(SIGALRM);
        }
        return std::to_string(::alarm(0));
    });
    ASSERT_EQ(trials.size(), 3U);
    for (const auto& trial : trials) {
        EXPECT_EQ(trial.problem, "");
        EXPECT_GT(std::stoi(trial.result), 150) << "s by the clock that were left";
    }
}

TEST_F(ForeignTrialTest, AFileThatRunsOutOfTimeIsNamedAndTheOthersAreTried) {
    const auto trials =
        try_files(files({"a", "alarm", "b", "loop", "c"}), [](const fs::path& file, const RenewLimits&) {
            const auto name = file.filename().string();
            if (name == "alarm" || name == "loop") {
                std::raise(name == "alarm" ? SIGALRM : SIGXCPU);
            }
            return name;
        });
    ASSERT_EQ(trials.size(), 5U);
    EXPECT_EQ(trials[0].result, "a");
    EXPECT_NE(trials[1].problem.find("did not end within 160 s, twice"), std::string::npos)
        << trials[1].problem;
    EXPECT_EQ(trials[2].result, "b");
    EXPECT_NE(trials[3].problem.find("did not end within 5 s of CPU time"), std::string::npos)
        << trials[3].problem;
    EXPECT_EQ(trials[4].result, "c");
}

TEST_F(ForeignTrialTest, PartsOfAFileRenewItsTime) {
    const auto trials = try_files(files({"a"}), [](const fs::path&, const RenewLimits& renew) {
        ::alarm(1);
        rlimit computing{};
        ::getrlimit(RLIMIT_CPU, &computing);
        computing.rlim_cur = 1;
        ::setrlimit(RLIMIT_CPU, &computing);
        renew();
        ::getrlimit(RLIMIT_CPU, &computing);
        return std::to_string(::alarm(0)) + " " + std::to_string(computing.rlim_cur);
    });
    int by_the_clock = 0;
    int computing = 0;
    std::istringstream{trials.front().result} >> by_the_clock >> computing;
    EXPECT_GT(by_the_clock, 150);
    EXPECT_GE(computing, 6);
}

TEST_F(ForeignTrialTest, SignalsToTheProcessGroupAreForTheParent) {
    const auto trials = try_files(files({"a"}), [](const fs::path&, const RenewLimits&) {
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
            std::raise(signal);
        }
        return "done";
    });
    EXPECT_EQ(trials.front().result, "done") << trials.front().problem;
}

TEST_F(ForeignTrialTest, TheChildEndsWithItsParent) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const auto parent = ::fork();
    if (parent == 0) {
        try_files(files({"a"}), [&](const fs::path&, const RenewLimits&) -> std::string {
            static_cast<void>(!::write(pipe[1], "x", 1));
            for (;;) {
                ::pause();
            }
        });
        ::_exit(0);
    }
    ::close(pipe[1]);
    char started = 0;
    ASSERT_EQ(::read(pipe[0], &started, 1), 1);

    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);

    pollfd end{.fd = pipe[0], .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&end, 1, 10'000), 1) << "the pipe's end is open: the child lives";
    ::close(pipe[0]);
}

TEST_F(ForeignTrialTest, TheChildHoldsNoEndThatReadsItsAnswers) {
    const auto open_pipes = [] {
        int pipes = 0;
        for (const auto& each : fs::directory_iterator{"/proc/self/fd"}) {
            std::error_code gone;
            const bool is_pipe = fs::read_symlink(each, gone).string().starts_with("pipe:");
            pipes +=
                is_pipe && each.path().filename() != "2" ? 1 : 0;  // the child closes standard error's pipe
        }
        return pipes;
    };
    const auto before = open_pipes();

    const auto trials = try_files(files({"a"}), [&](const fs::path&, const RenewLimits&) {
        return std::to_string(open_pipes() - before);
    });

    EXPECT_EQ(trials.front().result, "1") << "the one that it writes to";
}

}  // namespace
}  // namespace sslslr::io::test
