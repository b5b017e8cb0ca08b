#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/store/training_clips.hpp"
#include "src/protocol/run_evaluation.hpp"

namespace sslslr {

/// What the clips of an evaluation have in common with those of the pretraining, and with one another, by content.
struct SeenClips {
    std::optional<std::int64_t> test;  ///< clips that pretraining saw; nothing if that cannot be checked
    std::int64_t repeated = 0;         ///< test clips that hold the same as clips whose labels train
    std::vector<std::string> notes{};  ///< what a reader of the result must know of them
};

/// Compares them, whatever stores hold them now. Collective; the answer is on the first rank.
///
/// A run knows its training clips by RUN/training_clips.h5. For one without that file they are read from the stores that it
/// was trained on, if these are still there.
/// @param fingerprints  of the data that each run was trained on
/// @throws dist::AgreedError  (ConfigError) a transfer to clips that pretraining saw
SeenClips seen_clips(const std::vector<PretrainOptions>& runs, const std::vector<std::string>& fingerprints,
                     const EvaluationSetting& setting);

}  // namespace sslslr
