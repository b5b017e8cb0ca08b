#pragma once

#include <optional>

#include "src/protocol/labelled_clips.hpp"

namespace sslslr {

/// Trains an encoder and a linear classifier from labels, and scores the test clips with that classifier.
/// Collective; otherwise as protocol_scores().
///
/// Each of several numbers of epochs takes a training of its own on the training clips, because the schedule
/// depends on the number. The best on the validation clips, the first among equals, is trained again on
/// training and validation clips. Numbers that least_steps makes equal are tried as one. If that leaves only
/// one, nothing is chosen and there is no accuracy on the validation clips.
/// @param trained  its encoder is copied; nullptr: starts from the fresh weights of a pretraining with the
///                 same seed
std::optional<ProtocolScores> whole_network_scores(const Method* trained, const ProtocolConfig& config,
                                                   const ProtocolSetting& setting,
                                                   const LabelledClips& labelled);

}  // namespace sslslr
