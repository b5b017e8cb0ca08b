#include "src/train/step_estimate.hpp"

#include <gtest/gtest.h>

namespace sslslr {
namespace {

StepWork work() {
    StepWork work;
    work.flops = 1e12;
    work.blocks = 12;
    work.width = 512;
    work.clips = 64;
    work.tokens_per_clip = 195;
    work.state_bytes = 300e6;
    work.gradient_bytes = 150e6;
    work.sent_bytes = 150e6;
    work.bucket_bytes = 25e6;
    return work;
}

Machine machine() {
    return {.name = "synthetic",
            .flops = 1e12,
            .pass_seconds = 0,
            .memory_bytes = 0,
            .resting_bytes = 1e9,
            .ranks_per_node = 4,
            .ranks_at_once = 0,
            .node_bytes_per_s = 100e9,
            .network_bytes_per_s = 10e9,
            .latency = 0};
}

TEST(StepEstimate, OneRankComputesAllAndSendsNothing) {
    const auto estimate = estimate_step(work(), machine(), 1);

    EXPECT_DOUBLE_EQ(estimate.computing, 1);
    EXPECT_EQ(estimate.communication, 0);
    EXPECT_EQ(estimate.exposed, 0);
    EXPECT_NEAR(estimate.memory_bytes, 1e9 + 450e6 + 64 * 195 * activation_bytes_per_token(12, 512, false),
                1);
}

TEST(StepEstimate, ARingCarriesTwiceTheBytesOverTheSlowestLink) {
    EXPECT_NEAR(estimate_step(work(), machine(), 4).communication, 2 * 0.75 * 150e6 / 100e9, 1e-12);
    EXPECT_NEAR(estimate_step(work(), machine(), 8).communication, 2 * 0.875 * 150e6 / 10e9, 1e-12);
}

TEST(StepEstimate, TheLastBucketIsExposedAndWhatBackwardDoesNotCover) {
    const auto few = estimate_step(work(), machine(), 8);
    EXPECT_NEAR(few.exposed, few.communication / 6, 1e-12) << "six buckets, the others under backward";
    auto light = work();
    light.flops = 1e9;
    const auto many = estimate_step(light, machine(), 8);
    EXPECT_NEAR(many.exposed, many.communication - 2.0 / 3 * many.computing, 1e-12);
    EXPECT_DOUBLE_EQ(many.total(), many.computing + many.exposed);
}

TEST(StepEstimate, ClipsAreWholeAndRanksThatShareCoresWait) {
    auto crowded = machine();
    crowded.ranks_at_once = 2;
    EXPECT_DOUBLE_EQ(estimate_step(work(), machine(), 3).computing, 22.0 / 64);
    EXPECT_DOUBLE_EQ(estimate_step(work(), crowded, 4).computing, 2 * 16.0 / 64);
}

TEST(StepEstimate, MicroBatchesBoundMemoryAndLaunchesBoundTime) {
    auto parts = work();
    parts.micro_batch = 8;
    EXPECT_LT(estimate_step(parts, machine(), 1).memory_bytes,
              estimate_step(work(), machine(), 1).memory_bytes);
    auto gpu = machine();
    gpu.pass_seconds = 0.1;
    EXPECT_DOUBLE_EQ(estimate_step(work(), gpu, 64).computing, 3 * 12 * 0.1);
}

}  // namespace
}  // namespace sslslr
