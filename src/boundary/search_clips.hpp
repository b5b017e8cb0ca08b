#pragma once

#include <string>

#include "src/boundary/boundary_options.hpp"
#include "src/protocol/evaluation_clips.hpp"

namespace sslslr {

/// The clips of a search: those that pretrain, those whose labels train the probe, and, in the place of a
/// test, those that validate. Clips of the signers that are left out, which a test is kept for, have no part.
///
/// Validates by a split or by signers if named; else by the signer of the fewest labelled clips; or, where
/// the data know fewer than two signers, by a fifth of each class.
/// @throws ConfigError  as part_clips
EvaluationClips search_clips(const io::ClipIndex& index, const PlanOptions& options);

}  // namespace sslslr
