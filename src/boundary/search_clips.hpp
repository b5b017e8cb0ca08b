#pragma once

#include <string>

#include "src/boundary/boundary_options.hpp"
#include "src/protocol/evaluation_clips.hpp"

namespace sslslr {

/// Selects the clips of a search: those that pretrain, those whose labels train the probe and, in the place
/// of test clips, those that validate. Clips of left-out signers are not used at all; they are kept for a
/// test.
///
/// Validation clips are those of the split or the signers that the options name; otherwise those of the
/// signer with the fewest labelled clips or, with fewer than two known signers, a fifth of each class.
/// @throws ConfigError  as part_clips
EvaluationClips search_clips(const io::ClipIndex& index, const PlanOptions& options);

}  // namespace sslslr
