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

/// Selects the trained encoder that a command uses.
struct EncoderOptions {
    std::string run;
    std::string checkpoint;
    std::int64_t threads = 1;
};

/// Declares --run, --checkpoint and --threads; `fields` must outlive `options`.
void declare(Options& options, EncoderOptions& fields);

/// The encoder of a run.
struct RunEncoder {
    PretrainOptions run;  ///< with the encoder's input size filled in
    /// Holds this encoder, in the run's precision. Its other networks are not those of the run.
    std::shared_ptr<Method> method;
    /// The origin of the weights: run, method, step, weights (a hash), written_by and code (program version
    /// and code identity). For trained weights also trained_on (fingerprint of the training data) and
    /// trained_by (code identity).
    std::map<std::string, std::string> attributes;
};

/// Creates the encoder with the initial weights of a run, in the run's precision. Every method draws the
/// encoder's weights first, so the simplest method is used to hold it.
/// @param shape  configuration of the encoder
std::shared_ptr<Method> fresh_encoder(MethodConfig shape, const PretrainOptions& run);

/// Reads a run's newest undamaged checkpoint; reports damaged ones. Collective.
/// @throws ConfigError  the run has no checkpoint yet
io::CheckpointFile newest_checkpoint(const std::filesystem::path& run, const Ranks& ranks);

/// Reads the encoder, and sets the number of threads of this rank. Collective.
/// @param is_random  uses the run's initial weights (step 0) instead of trained ones
/// @throws ConfigError        no run is given or found, it has no checkpoint yet, or that is of another model
/// @throws dist::AgreedError  a checkpoint is missing or damaged
RunEncoder read_encoder(const EncoderOptions& options, bool is_random, const Ranks& ranks);

}  // namespace sslslr
