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

/// Everything that the evaluations of runs of one setting share.
struct EvaluationSetting {
    const EvaluateOptions& options;
    const DataSet& data;
    const EvaluationClips& clips;
    dist::Group& group;
    const Ranks& ranks;
    std::function<void(const std::string&)> warn_of_cache;  ///< features that cannot be kept
    std::function<void(const std::string&)> say;            ///< on the first rank: what is done, a line each
    /// Makes what shows the steps of one training, of which there are so many.
    std::function<std::function<void(const StepReport&)>(std::int64_t steps)> progress;
};

/// One run's encoder as it was trained, and as it was before.
struct RunEncoders {
    MethodConfig shape;
    std::shared_ptr<Method> random;
    std::shared_ptr<Method> trained;
    std::string data_fingerprint;  ///< of what it was trained on
    std::int64_t steps = 0;        ///< that its training had done
    std::string code;              ///< of the programs that trained it, see joined_codes(); may be empty
};

/// @param run  its folder is filled in. Collective.
/// @throws ConfigError  it has no checkpoint yet
RunEncoders read_encoders(const PretrainOptions& run, const EvaluationSetting& setting);

/// Keeps the features that evaluations compute in `folder`, named by all that decides them.
/// @param warn  of a folder that cannot be written
EmbedOptions cached_features(const PretrainOptions& run, const std::filesystem::path& folder,
                             std::function<void(const std::string&)> warn);

/// Refuses views of a whole network's training that its clips cannot have, before anything is trained for it.
/// @param run     whose views those are, but for their kind
/// @param layout  of the clips' features
/// @throws ConfigError  names the option of the views' kind
void check_views(const ProtocolConfig& config, const PretrainOptions& run, const FeatureLayout& layout);

/// What a protocol works on that is followed from an encoder of these options.
/// @param clips, group  must outlive it, as must the data
/// @param batches       those of the encoder's training
ProtocolSetting protocol_setting(const PretrainOptions& options, const DataSet& data,
                                 const EvaluationClips& clips, dist::Group& group, BatchConfig batches);

/// Adds what the protocol comes to on this run's encoder and on its controls. Collective.
/// @return false if it was stopped
bool evaluate_run(const PretrainOptions& run, const RunEncoders& encoders, const EvaluationSetting& setting,
                  ResultTable& table);

/// Adds what frozen (by each probe that is asked for) and fine-tuned encoder and all controls come to from
/// the labels of each point of a label curve. Every draw of labels is part of each larger one, and all rows
/// of a point learn from the same. Collective.
/// @return false if it was stopped
bool evaluate_curve(const PretrainOptions& run, const RunEncoders& encoders, const EvaluationSetting& setting,
                    LabelCurve& curve);

}  // namespace sslslr
