#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "src/evaluate/embed.hpp"
#include "src/protocol/evaluate_options.hpp"
#include "src/protocol/label_curve.hpp"
#include "src/protocol/protocol.hpp"
#include "src/protocol/result_table.hpp"
#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/run/ranks.hpp"

namespace sslslr {

// Names of controls in tables.
inline constexpr const char* random_weights = "same encoder, random weights";
inline constexpr const char* raw_skeletons_row = "nearest neighbours, raw skeletons";

/// What the evaluations of all runs of one setting share.
struct EvaluationSetting {
    const EvaluateOptions& options;
    const DataSet& data;
    const EvaluationClips& clips;
    dist::Group& group;
    const Ranks& ranks;
    std::function<void(const std::string&)> warn_of_cache;  ///< about features that cannot be kept
    std::function<void(const std::string&)> say;            ///< on the first rank: a line on what is done
    /// Returns a function that shows the steps of one training, given their number.
    std::function<std::function<void(const StepReport&)>(std::int64_t steps)> progress;
};

/// One run's encoder with its random weights before the training and with its trained weights.
struct RunEncoders {
    MethodConfig shape;
    std::shared_ptr<Method> random;
    std::shared_ptr<Method> trained;
    std::string data_fingerprint;  ///< of its training data
    std::int64_t steps = 0;        ///< of its training so far
    std::string code;              ///< of the programs that trained it, see joined_codes(); may be empty
};

/// Reads a run's newest checkpoint. Collective.
/// @param run  with its folder set
/// @throws ConfigError  it has no checkpoint yet
RunEncoders read_encoders(const PretrainOptions& run, const EvaluationSetting& setting);

/// Returns options that keep computed features in `folder`, in files named by all that decides them.
/// @param warn  called if the folder cannot be written
EmbedOptions cached_features(const PretrainOptions& run, const std::filesystem::path& folder,
                             std::function<void(const std::string&)> warn);

/// Checks, before anything is trained, that clips can have the views that a whole network is trained on.
/// @param run     sets all of the views except their kind
/// @param layout  of the clips' features
/// @throws ConfigError  names the option of the views' kind
void check_views(const ProtocolConfig& config, const PretrainOptions& run, const FeatureLayout& layout);

/// Returns the setting of a protocol that is followed from an encoder with these options.
/// @param data, clips, group  must outlive the setting
/// @param batches             of the encoder's training
ProtocolSetting protocol_setting(const PretrainOptions& options, const DataSet& data,
                                 const EvaluationClips& clips, dist::Group& group, BatchConfig batches);

/// Follows the protocol on this run's encoder and on the controls, and adds a row for each. Collective.
/// @return false if it was stopped
bool evaluate_run(const PretrainOptions& run, const RunEncoders& encoders, const EvaluationSetting& setting,
                  ResultTable& table);

/// Evaluates the frozen encoder (with each probe that is asked for), the fine-tuned encoder and all controls
/// with the labels of each point of a label curve. Every draw of labels is part of each larger one, and all
/// rows of a point learn from the same labels. Collective.
/// @return false if it was stopped
bool evaluate_curve(const PretrainOptions& run, const RunEncoders& encoders, const EvaluationSetting& setting,
                    LabelCurve& curve);

}  // namespace sslslr
