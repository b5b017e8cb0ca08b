#pragma once

#include <memory>
#include <optional>

#include "src/data/clip_selection.hpp"
#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {

/// A training as options and data make it, ready to go. Construction is collective over the group.
class Pretraining {
public:
    /// @param options  a model's input size and the like are filled in
    /// @param data     must outlive this, as must the group
    /// @param clips    to train on
    /// @throws ConfigError, dist::AgreedError  options that cannot be
    Pretraining(PretrainOptions options, const DataSet& data, std::vector<std::int64_t> clips,
                dist::Group& group);

    Trainer& trainer() { return *trainer_; }
    Method& method() { return *method_; }
    const Batches& batches() const { return *batches_; }
    /// Without the groups that --balance balances: those are this training's alone.
    const BatchConfig& batch_config() const { return batch_config_; }
    const Features& features() const { return features_; }
    std::int64_t last_step() const { return last_step_; }

private:
    PretrainOptions options_;
    Features features_;
    BatchConfig batch_config_;
    std::shared_ptr<Method> method_;
    std::optional<Batches> batches_;
    std::optional<Trainer> trainer_;
    std::int64_t last_step_ = 0;
};

/// The clips that the options name, read. Collective.
DataSet data_of(const PretrainOptions& options, const Ranks& ranks);
/// Which of its clips a run trains on.
Selection selection_of(const PretrainOptions& options);
std::vector<std::int64_t> training_clips(const PretrainOptions& options, const DataSet& data);

/// [clips] the group of each that has an equal share of every epoch; empty without balance.
std::vector<std::int64_t> groups_of(Balance balance, const DataSet& data);

/// What of the options shapes networks, with what the data decide filled in.
MethodConfig method_config_of(const PretrainOptions& options, const DataSet& data);

}  // namespace sslslr
