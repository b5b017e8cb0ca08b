#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dist/gradient_reducer.hpp"
#include "dist/group.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "src/data/read_ahead.hpp"
#include "src/method/method.hpp"
#include "src/train/batches.hpp"
#include "src/train/fixed_clips.hpp"
#include "src/train/optimizer.hpp"
#include "src/train/schedule.hpp"
#include "src/train/weights.hpp"

namespace sslslr {

/// The time that one step took on this rank, in seconds, by what it was spent on.
struct StepTimes {
    double data = 0;      ///< waiting for the batch; not for clips that a method reads between epochs
    double forward = 0;   ///< until the loss of the rank's share is known
    double backward = 0;  ///< including the reduction over ranks, which overlaps it
    double update = 0;    ///< optimizer, momentum networks, queues
    double total = 0;     ///< the whole step
};

/// The outcome of a step; the same on every rank, except for the times.
struct StepReport {
    std::int64_t step = 0;                              ///< steps done, this one included
    std::int64_t epoch = 0;                             ///< epochs begun, counted from 1
    std::int64_t clips = 0;                             ///< in the global batch
    double loss = 0;                                    ///< mean over the global batch
    std::vector<std::pair<std::string, double>> terms;  ///< the parts of the loss
    double learning_rate = 0;
    double gradient_norm = 0;  ///< before clipping; 0 if gradients are not clipped
    StepTimes seconds;
    double data_seconds = 0;  ///< mean of seconds.data over the ranks
    bool stop = false;        ///< some rank asked to stop after this step
    /// If run_training() has measured them: after the step, or before it for the first step.
    std::optional<OutputSpread> spread{};
    std::optional<double> order_sensitivity{};
};

struct TrainerConfig {
    OptimizerConfig optimizer;
    std::int64_t micro_batch =
        0;  ///< clips that a rank encodes at once, with their graph; 0: its whole share
    dist::ReductionOptions reduction;
};

/// Data-parallel training of one method: batch, loss, backward with gradients summed over ranks, update.
///
/// N ranks compute what one rank computes on the same global batch, whatever the micro-batches, beyond
/// rounding. Members that are not const are collective.
class Trainer {
public:
    /// @param method, batches, group  must outlive this; the method is moved to the group's device, and
    ///                                warm_up() gives it the weights of rank 0
    /// @throws ConfigError  an option of the optimizer, or the micro-batch, is out of range
    Trainer(Method& method, const Batches& batches, const TrainerConfig& config, const Schedule& schedule,
            dist::Group& group);

    /// Takes one step on the next global batch.
    /// @param stop_requested  this rank asks to stop after the step; the report passes it on to all ranks
    /// @throws TrainingError      the loss is not finite; on all ranks alike, before the weights are changed
    /// @throws dist::AgreedError  some rank could not read its batch, likewise
    StepReport step(bool stop_requested = false);

    std::int64_t steps_done() const noexcept { return steps_done_; }
    std::int64_t steps_per_epoch() const noexcept { return batches_.steps_per_epoch(); }

    /// Returns weights, buffers, optimizer state and step, under "model/", "optimizer/" and the attribute
    /// "step": copies in host memory.
    io::CheckpointFile state() const;

    /// Restores a state, to resume from it. To be called between steps.
    /// @throws ConfigError  the state belongs to another model
    void load_state(const io::CheckpointFile& state);

    /// Checks that all ranks have the same, finite weights.
    /// @throws TrainingError      a weight is not finite
    /// @throws dist::AgreedError  the ranks' weights differ in any bit
    void check_weights();

    /// Measures the spread of the current networks' outputs on the fixed clips. To be called between steps.
    /// @throws dist::AgreedError  as embed()
    OutputSpread measure_spread();
    /// Likewise measures order_sensitivity(), by few draws.
    /// @throws dist::AgreedError  as embed()
    double measure_order_sensitivity();

    /// Gives every rank the weights of rank 0 and starts the reduction with one backward pass that is
    /// discarded, so that a run adds in the same order whenever it is resumed (dist::GradientReducer). Does
    /// nothing after the first time; the first step calls it.
    void warm_up();

private:
    /// Returns the next batch, or a blank one if reading failed; failure_ then holds the error.
    Batch next_batch();
    Batch on_device(Batch batch) const;
    void begin_epoch(std::int64_t epoch);
    PackedClips on_device(PackedClips clips) const;

    Method& method_;  ///< on the group's device before other members are made from its parameters
    const Batches& batches_;
    TrainerConfig config_;
    Schedule schedule_;
    double learning_rate_;                   ///< peak, for this global batch
    std::vector<std::int64_t> fixed_clips_;  ///< the clips on which outputs are measured
    dist::Group& group_;
    NamedTensors parameters_;  ///< the trained ones
    Optimizer optimizer_;
    std::unique_ptr<dist::GradientReducer> reducer_;
    std::int64_t steps_done_ = 0;
    std::exception_ptr failure_;
    ReadAhead<Batch> ahead_;  ///< by step; last, so that its thread ends before the other members
};

}  // namespace sslslr
