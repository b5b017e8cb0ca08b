#pragma once

#include <string>

#include "tests/launch/program.hpp"

namespace sslslr::test {

/// Commands that pass on what a run has learnt.
class EncoderOut : public ProgramTest {
protected:
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    Outcome done(const std::string& arguments, int ranks = 1) const {
        auto outcome = run(program(ranks, arguments));
        EXPECT_EQ(outcome.exit_code, 0) << arguments << '\n' << outcome.output;
        return outcome;
    }

    void expect_refused(int exit_code, const std::string& arguments, const std::string& error,
                        int ranks = 1) const {
        const auto outcome = run(program(ranks, arguments));
        EXPECT_EQ(outcome.exit_code, exit_code) << arguments << '\n' << outcome.output;
        EXPECT_EQ(outcome.count(error), 1) << arguments << '\n' << outcome.output;
    }
};

}  // namespace sslslr::test
