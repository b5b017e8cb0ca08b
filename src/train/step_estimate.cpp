#include "src/train/step_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace sslslr {

Machine a100_node(bool bfloat16) {
    // Peaks: NVIDIA A100 datasheet, dense: 312e12 in bfloat16 and 19.5e12 in float32. The share that a step
    // reaches is an assumption: large transformers reach 0.5 on this card (Narayanan et al. 2021,
    // arXiv:2104.04473), small ones less.
    constexpr double assumed_share = 0.35;
    // Assumption: about 40 kernels in a pass, each launched in about 5 us.
    constexpr double pass_seconds = 40 * 5e-6;
    // Assumption: memory of CUDA's context and NCCL's buffers.
    constexpr double resting_bytes = 1.5e9;
    return {.name = "A100 40 GB, 4 per node (not measured: published figures and assumptions)",
            .flops = assumed_share * (bfloat16 ? 312e12 : 19.5e12),
            .pass_seconds = pass_seconds,
            .memory_bytes = 40e9,
            .resting_bytes = resting_bytes,
            .ranks_per_node = 4,
            .ranks_at_once = 0,
            .node_bytes_per_s = 200e9,  // NVLink, an HPE Apollo 6500: github.com/NVIDIA/nccl-tests/issues/149
            .network_bytes_per_s =
                10.6e9,  // 0.85 of one HDR-100 port: the share from issues/119; the port is an assumption
            .latency = 10e-6};  // an assumption
}

double activation_bytes_per_token(std::int64_t blocks, std::int64_t width, bool bfloat16) {
    // Fitted to the peak memory of steps with 4 to 12 blocks and 128 to 512 channels on one CPU rank
    // (benchmarks/step_model.py): 14.8 values per channel in a full block, half of that in the last, which
    // keeps only those of the CLS token, and 26 kB for views, embedding and allocator. In bfloat16 the fit is
    // 0.45 of that.
    constexpr double values_per_channel = 14.8;
    constexpr double beside_the_blocks = 26e3;
    constexpr double bfloat16_share = 0.45;
    const double blocks_bytes =
        (static_cast<double>(blocks) - 0.5) * values_per_channel * 4 * static_cast<double>(width);
    return (blocks_bytes + beside_the_blocks) * (bfloat16 ? bfloat16_share : 1);
}

double share_of_peak(std::int64_t width, bool bfloat16) {
    // Fitted to whole steps on one rank of an AVX-512 machine (benchmarks/step_model.py): 0.47 at 128 and
    // 0.78 at 512 channels in float32, 0.14 at 128 in bfloat16. Element-wise passes grow with the width,
    // matrix products with its square; bfloat16 speeds up only the products.
    const double passes = bfloat16 ? 780 : 145;
    const double channels = static_cast<double>(width);
    return channels / (channels + passes);
}

StepEstimate estimate_step(const StepWork& work, const Machine& machine, std::int64_t ranks) {
    const auto n = static_cast<double>(ranks);
    const double clips = std::ceil(static_cast<double>(work.clips) / n);
    const double encoded =
        work.micro_batch > 0 ? std::min(clips, static_cast<double>(work.micro_batch)) : clips;
    StepEstimate estimate;
    estimate.memory_bytes =
        machine.resting_bytes + work.state_bytes + work.gradient_bytes +
        encoded * work.tokens_per_clip * activation_bytes_per_token(work.blocks, work.width, work.bfloat16);

    const auto on_node = static_cast<double>(std::min(ranks, machine.ranks_per_node));
    const double crowding =
        machine.ranks_at_once > 0 ? std::max(1.0, on_node / static_cast<double>(machine.ranks_at_once)) : 1;
    const double share = clips / static_cast<double>(work.clips);
    estimate.computing = std::max(work.flops * share / machine.flops,
                                  3 * static_cast<double>(work.blocks) * machine.pass_seconds) *
                         crowding;
    if (ranks == 1) {
        return estimate;
    }
    const double bus = ranks <= machine.ranks_per_node
                           ? machine.node_bytes_per_s
                           : std::min(machine.node_bytes_per_s, machine.network_bytes_per_s);
    const double buckets = std::max(1.0, std::ceil(work.gradient_bytes / work.bucket_bytes));
    const double bucket_latency = 2 * std::ceil(std::log2(n)) * machine.latency;
    estimate.communication = 2 * (n - 1) / n * work.sent_bytes / bus + buckets * bucket_latency;
    const double last_bucket = estimate.communication / buckets;
    const double backward = 2.0 / 3 * estimate.computing;
    estimate.exposed = std::max(last_bucket, estimate.communication - backward);
    return estimate;
}

}  // namespace sslslr
