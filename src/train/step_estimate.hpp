#pragma once

#include <cstdint>
#include <string>

namespace sslslr {

/// The computing speed, memory and connections of the ranks.
struct Machine {
    std::string name;
    double flops = 0;          ///< 1/s per rank, reached by matrix products of the encoder's kind
    double pass_seconds = 0;   ///< least time of a block's forward or backward pass (launching kernels)
    double memory_bytes = 0;   ///< of a rank; 0: unknown
    double resting_bytes = 0;  ///< memory of a rank without any model
    std::int64_t ranks_per_node = 1;
    std::int64_t ranks_at_once = 0;  ///< ranks of a node that compute at the same time; 0: all
    double node_bytes_per_s = 0;     ///< bus bandwidth of an all-reduce within a node (see StepEstimate)
    double network_bytes_per_s = 0;  ///< between nodes, for each node
    double latency = 0;              ///< seconds of one message
};

/// A node with four A100 of 40 GB, as on Lucia. Never run: published figures and assumptions, each named in
/// the source.
Machine a100_node(bool bfloat16);

/// The work of one training step, over all ranks.
struct StepWork {
    double flops = 0;              ///< of matrix products (useful_flops), for the global batch
    std::int64_t blocks = 0;       ///< of the encoder
    std::int64_t width = 0;        ///< of the encoder
    std::int64_t clips = 0;        ///< of the global batch
    std::int64_t micro_batch = 0;  ///< clips that a rank encodes at once; 0: its whole share
    double tokens_per_clip = 0;    ///< of all trained views
    double state_bytes = 0;        ///< of weights, momentum networks, queues and the optimizer
    double gradient_bytes = 0;
    double sent_bytes = 0;    ///< of the gradients, in the type in which they are sent
    double bucket_bytes = 0;  ///< size of a bucket, the part of the gradients that is sent at once
    bool bfloat16 = false;
};

/// The expected cost of a step for every rank.
///
///     memory         resting + state + gradients + activations of the clips encoded at once
///     computing      max(flops / ranks / rate, blocks x 3 x pass), where a rank has a whole number of clips;
///                    times ranks on the node / ranks at once, if that is more than 1
///     communication  2 (n - 1) / n x bytes / bus + buckets x 2 log2(n) x latency: a ring, or trees as NCCL
///                    uses them for few bytes. Source of the bus: nccl-tests, doc/PERFORMANCE.md
///     exposed        communication that does not overlap with backward, two thirds of computing; at least
///                    that of the last bucket
struct StepEstimate {
    double memory_bytes = 0;
    double computing = 0;      ///< s
    double communication = 0;  ///< s
    double exposed = 0;        ///< s, of the communication
    double total() const { return computing + exposed; }
};

StepEstimate estimate_step(const StepWork& work, const Machine& machine, std::int64_t ranks);

/// Returns the bytes per token that the graph of all blocks keeps from forward to backward.
double activation_bytes_per_token(std::int64_t blocks, std::int64_t width, bool bfloat16);

/// Returns the share of its peak that a CPU core reaches in whole steps at a width: a fit to measurements at
/// 128 and 512 channels.
double share_of_peak(std::int64_t width, bool bfloat16);

}  // namespace sslslr
