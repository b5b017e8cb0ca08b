#pragma once

#include <string>
#include <vector>

#include "src/protocol/evaluate_options.hpp"

namespace sslslr {

/// Returns notes on what makes figures of this evaluation mean less than they seem to, and what to do about
/// it: more neighbours than labelled clips, a share of labels that rounds up to one clip of a sign, signs
/// that no training clip shows, top-5 of five signs or fewer.
/// @param seed  of the draw of labels
std::vector<std::string> notes_of(const EvaluationClips& clips, const ProtocolConfig& config,
                                  std::uint64_t seed);

/// Returns the notes on a whole evaluation: none for measures; for a label curve those of all points, each
/// once.
std::vector<std::string> notes_of_evaluation(const EvaluationClips& clips, const EvaluateOptions& options,
                                             std::uint64_t seed);

}  // namespace sslslr
