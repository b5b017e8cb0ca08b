#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "io/tensors/checkpoint_file.hpp"
#include "src/method/method.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/run/ranks.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Which trained encoder a command works with.
struct EncoderOptions {
    std::string run;
    std::string checkpoint;
    std::int64_t threads = 1;
};

/// Declares --run, --checkpoint and --threads; `fields` must outlive `options`.
void declare(Options& options, EncoderOptions& fields);

/// The encoder of a run.
struct RunEncoder {
    PretrainOptions run;  ///< its model's features are set
    std::shared_ptr<Method>
        method;  ///< with this encoder, in the run's precision; its heads are not the run's
    /// Where the weights come from: run, method, step, weights (a hash), and trained_on, the fingerprint of the
    /// training data; program and version as written_by.
    std::map<std::string, std::string> attributes;
};

/// The encoder that a run began with, in its precision: it alone counts, and every method draws it first, so the simplest
/// method holds it. @param shape  of its networks
std::shared_ptr<Method> fresh_encoder(MethodConfig shape, const PretrainOptions& run);

/// A run's newest checkpoint that is whole; damaged ones are told of. Collective.
/// @throws ConfigError  the run has none yet
io::CheckpointFile newest_checkpoint(const std::filesystem::path& run, const Ranks& ranks);

/// Reads it; sets the threads of this rank. Collective.
/// @param is_random  the weights that the run began with instead, step 0
/// @throws ConfigError        no run named or found there, no checkpoint yet, or it is of another model
/// @throws dist::AgreedError  a checkpoint is missing or damaged
RunEncoder read_encoder(const EncoderOptions& options, bool is_random, const Ranks& ranks);

}  // namespace sslslr
