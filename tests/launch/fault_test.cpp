#include "launch/fault.hpp"

#include <gtest/gtest.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

TEST(Fault, IsReadAsRankStepAndKind) {
    const auto fault = Fault::parse("2:17:sigterm", 3);

    EXPECT_EQ(fault.rank, 2);
    EXPECT_EQ(fault.step, 17);
    EXPECT_EQ(fault.kind, FaultKind::sigterm);
}

TEST(Fault, AnythingElseIsRefusedWithWhatIsWrong) {
    const std::pair<const char*, const char*> refused[]{
        {"", "expected RANK:STEP:KIND"},          {"1:2", "expected RANK:STEP:KIND"},
        {"1:2:explode", "kind kill, freeze"},     {"1:-2:kill", "expected RANK:STEP:KIND"},
        {"1:2:kill ", "expected RANK:STEP:KIND"}, {"9999999:2:kill", "expected RANK:STEP:KIND"},
        {"3:2:kill", "a rank from 0 to 2"},       {"1:2:enospc", "only rank 0 writes checkpoints"},
    };
    for (const auto& [text, error] : refused) {
        try {
            Fault::parse(text, 3);
            ADD_FAILURE() << text << " was taken";
        } catch (const ConfigError& refusal) {
            EXPECT_NE(std::string{refusal.what()}.find(error), std::string::npos) << refusal.what();
        }
    }
}

}  // namespace
}  // namespace sslslr
