#pragma once

#include <memory>
#include <optional>

#include "src/data/clip_selection.hpp"
#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/train/trainer.hpp"

namespace sslslr {

/// A method, its batches and its trainer, created from options and data. Construction is collective.
class Pretraining {
public:
    /// @param options  settings that follow from the data, such as the model's input size, are filled in
    /// @param data     must outlive this object, as must the group
    /// @param clips    training clips
    /// @throws ConfigError, dist::AgreedError  the options are not valid, or do not fit the data
    Pretraining(PretrainOptions options, const DataSet& data, std::vector<std::int64_t> clips,
                dist::Group& group);

    Trainer& trainer() { return *trainer_; }
    Method& method() { return *method_; }
    const Batches& batches() const { return *batches_; }
    /// The batch settings without the groups of --balance, which apply only to this training.
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

/// Reads the data set that the options name. Collective.
DataSet data_of(const PretrainOptions& options, const Ranks& ranks);
/// Returns the criteria that select a run's training clips.
Selection selection_of(const PretrainOptions& options);
std::vector<std::int64_t> training_clips(const PretrainOptions& options, const DataSet& data);

/// Returns [clips] the group of each clip for --balance: -1 without a signer; empty without balance.
std::vector<std::int64_t> groups_of(Balance balance, const DataSet& data);

/// Returns the options for the method's networks, with the settings that follow from the data filled in.
MethodConfig method_config_of(const PretrainOptions& options, const DataSet& data);

}  // namespace sslslr
