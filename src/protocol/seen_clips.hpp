#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/store/training_clips.hpp"
#include "src/protocol/run_evaluation.hpp"

namespace sslslr {

/// How clips of an evaluation repeat those of the pretraining, or each other, by content.
struct SeenClips {
    std::optional<std::int64_t> test;  ///< test clips that pretraining saw; nothing if that cannot be checked
    std::int64_t repeated = 0;         ///< test clips that show the same as clips whose labels train
    std::vector<std::string> notes{};  ///< what a reader of the result must know
};

/// Compares the clips by content, whatever stores hold them now. Collective; the result is on the first rank.
///
/// RUN/training_clips.h5 records the training clips of a run. Without that file they are read from the stores
/// that the run was trained on, if these still exist.
/// @param fingerprints  of the data that each run was trained on
/// @throws dist::AgreedError  (ConfigError) a transfer to clips that pretraining saw
SeenClips seen_clips(const std::vector<PretrainOptions>& runs, const std::vector<std::string>& fingerprints,
                     const EvaluationSetting& setting);

}  // namespace sslslr
