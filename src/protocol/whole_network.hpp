#pragma once

#include <optional>

#include "src/protocol/labelled_clips.hpp"

namespace sslslr {

/// Trains encoder and linear classifier from labels and scores with that classifier. Collective; otherwise as
/// protocol_scores.
///
/// Of several numbers of epochs each is a training of its own on the training clips, since the schedule
/// depends on their number; the best on the validation clips (of equals the first) is trained again on
/// both. Numbers that least_steps makes equal are tried as one; where that leaves one of several, nothing is
/// chosen, and there is no accuracy on the validation clips.
/// @param trained  its encoder is copied; nullptr: the fresh weights that a pretraining of the same seed
///                 starts from
std::optional<ProtocolScores> whole_network_scores(const Method* trained, const ProtocolConfig& config,
                                                   const ProtocolSetting& setting,
                                                   const LabelledClips& labelled);

}  // namespace sslslr
