#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "src/data/packed_clips.hpp"

namespace sslslr {

// Shapes in this folder: B clips on this rank, W encoder width, D embedding width.

/// One batch seen three ways: the same B clips in the same order. A method takes those it needs.
struct Views {
    PackedClips anchor;  ///< as recorded
    PackedClips first;   ///< one random augmentation
    PackedClips second;  ///< another, drawn independently
};

/// This rank's share of a global batch.
struct Batch {
    Views views;
    torch::Tensor labels;            ///< [B] int64, only for methods that ask for them
    std::int64_t global_size = 0;    ///< clips of the global batch, over all ranks
    std::uint64_t dropout_seed = 0;  ///< a function of (seed, step), the same on all ranks
};

/// A named scalar. Names are columns of metrics.jsonl, so they never change meaning.
struct LossTerm {
    std::string name;
    torch::Tensor
        value;  ///< [] differentiable: sum over this rank's clips / global_size, so the ranks' values add up
};

struct LossTerms {
    std::vector<LossTerm> terms;  ///< their sum is what a step minimises
    torch::Tensor
        projection;  ///< [B, D] the anchor's (or first view's) output, detached: its spread is logged
};

/// A learning objective and the networks it trains.
class Method : public torch::nn::Module {
public:
    /// @param batch  may hold no clip: the terms are then zero and still reach the graph
    virtual LossTerms loss(const Batch& batch) = 0;

    /// What evaluation sees: features [B, W] before any projector, without dropout in eval mode.
    virtual torch::Tensor represent(const PackedClips& clips) = 0;

    /// Runs after each optimizer step; momentum methods move their target network here.
    /// @param progress  share of training done, in [0, 1]
    virtual void after_step([[maybe_unused]] double progress) {}

    /// Which views loss() reads, so that no other is made.
    virtual bool uses_anchor() const { return true; }
    virtual bool uses_second() const { return true; }
    virtual bool uses_labels() const { return false; }
};

}  // namespace sslslr
