// The main function of tests under mpirun: every rank runs every test, rank 0 reports.
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>

#include <gtest/gtest.h>

#include "dist/communicator.hpp"
#include "dist/mpi_session.hpp"

namespace {

/// Prints only failures, for ranks other than 0.
class FailurePrinter final : public testing::EmptyTestEventListener {
public:
    explicit FailurePrinter(int rank) : rank_{rank} {}

    void OnTestStart(const testing::TestInfo& test) override {
        test_ = std::string{test.test_suite_name()} + "." + test.name();
    }
    void OnTestPartResult(const testing::TestPartResult& result) override {
        // GoogleTest holds its lock here, so asking it for the running test would wait forever.
        if (result.failed()) {
            std::printf("rank %d: %s: %s:%d: %s\n", rank_, test_.c_str(), result.file_name(),
                        result.line_number(), result.message());
            std::fflush(stdout);
        }
    }

private:
    int rank_;
    std::string test_ = "set-up";
};

/// Number of ranks on which a test failed. Collective.
int run_tests() {
    const auto world = sslslr::dist::Communicator::world();
    if (world.rank() != 0) {
        auto& listeners = testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new FailurePrinter{world.rank()});
    }
    std::array<std::int64_t, 1> failed{RUN_ALL_TESTS()};
    world.all_reduce_sum(failed);
    return static_cast<int>(failed[0]);
}

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    GTEST_FLAG_SET(catch_exceptions, false);  // other ranks wait in a collective: end them all
    const sslslr::dist::MpiSession session{argc, argv};
    try {
        return run_tests() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "a test threw: %s\n", error.what());
    }
    sslslr::dist::abort_job(EXIT_FAILURE);
}
