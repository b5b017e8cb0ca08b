#pragma once

#include <string>
#include <vector>

#include "src/protocol/evaluate_options.hpp"

namespace sslslr {

/// What makes figures of this evaluation mean less than they seem to, and what to do: more
/// neighbours than labelled clips, a share of labels that rounds up to a clip of each sign, signs that no
/// training clip shows, a top-5 of five signs.
/// @param seed  of the draw of labels
std::vector<std::string> notes_of(const EvaluationClips& clips, const ProtocolConfig& config,
                                  std::uint64_t seed);

/// The same of a whole evaluation: none of measures, those of all points of a label curve, each once.
std::vector<std::string> notes_of_evaluation(const EvaluationClips& clips, const EvaluateOptions& options,
                                             std::uint64_t seed);

}  // namespace sslslr
