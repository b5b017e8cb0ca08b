#pragma once

#include <cstdint>
#include <string>

namespace sslslr {

/// What ranks compute with and what connects them.
struct Machine {
    std::string name;
    double flops = 0;          ///< that matrix products of the encoder's kind reach, 1/s a rank
    double pass_seconds = 0;   ///< a block's forward or backward takes at least so long (launching kernels)
    double memory_bytes = 0;   ///< of a rank; 0: not known
    double resting_bytes = 0;  ///< that a rank takes without any model
    std::int64_t ranks_per_node = 1;
    std::int64_t ranks_at_once = 0;  ///< of a node that compute at the same time; 0: all
    double node_bytes_per_s = 0;     ///< of an all-reduce within a node, of its bus (see StepEstimate)
    double network_bytes_per_s = 0;  ///< between nodes, of a node
    double latency = 0;              ///< seconds of one message
};

/// Four A100 of 40 GB a node, as on Lucia. Never run: published figures and assumptions, each named at its place.
Machine a100_node(bool bfloat16);

/// What one step of a training has to do, over all ranks.
struct StepWork {
    double flops = 0;              ///< of matrix products (useful_flops), of the global batch
    std::int64_t blocks = 0;       ///< of the encoder
    std::int64_t width = 0;        ///< of the encoder
    std::int64_t clips = 0;        ///< of the global batch
    std::int64_t micro_batch = 0;  ///< clips that a rank encodes at a time; 0: its whole share
    double tokens_per_clip = 0;    ///< of all trained views
    double state_bytes = 0;        ///< of weights, momentum networks, queues and the optimizer
    double gradient_bytes = 0;
    double sent_bytes = 0;    ///< of the gradients as they travel
    double bucket_bytes = 0;  ///< that travel together
    bool bfloat16 = false;
};

/// What a step is expected to take of every rank.
///
///     memory         resting + state + gradients + activations of the clips encoded at a time
///     computing      max(flops / ranks / rate, blocks x 3 x pass); a rank has a whole number of clips
///     communication  2 (n - 1) / n x bytes / bus + buckets x 2 log2(n) x latency: a ring, or trees as NCCL takes them
///                    for few bytes. Source of the bus: nccl-tests, doc/PERFORMANCE.md
///     exposed        what does not overlap with backward, two thirds of computing: the last bucket at least
struct StepEstimate {
    double memory_bytes = 0;
    double computing = 0;      ///< s
    double communication = 0;  ///< s
    double exposed = 0;        ///< s, of the communication
    double total() const { return computing + exposed; }
};

StepEstimate estimate_step(const StepWork& work, const Machine& machine, std::int64_t ranks);

/// Bytes that the graph of one token keeps from forward to backward, of all blocks.
double activation_bytes_per_token(std::int64_t blocks, std::int64_t width, bool bfloat16);

/// The share of their peak that whole steps reach on a CPU core at a width: a fit to those measured at 128 and 512 channels.
double share_of_peak(std::int64_t width, bool bfloat16);

}  // namespace sslslr
