#pragma once

#include "src/protocol/labelled_clips.hpp"
#include "src/protocol/measure_table.hpp"

namespace sslslr {

/// What the features of a method's test clips are like, and how well they find the labelled clips of their
/// sign.
struct MeasuredFeatures {
    torch::Tensor test;  ///< [test clips, W] on the host
    NamedMeasures measures{};
};

/// Measures frozen features: measure_embedding() and order_sensitivity() of those of the test clips (the
/// latter of at most as many as fixed_clips() takes), and retrieval by the cosine among those of
/// `labelled`'s clips. The labels of test clips are looked at for nothing but the figures.
/// Collective; figures on the group's first rank.
/// @throws dist::AgreedError  as embed
MeasuredFeatures measured_features(Method& method, const Features& features, const EvaluationClips& clips,
                                   const LabelledClips& labelled, dist::Group& group,
                                   const EmbedOptions& embedding);

/// The retrieval of the control, by nearness of the skeletons themselves. Collective; figures on the first
/// rank.
NamedMeasures measured_skeletons(const Features& features, const EvaluationClips& clips,
                                 const LabelledClips& labelled, dist::Group& group);

}  // namespace sslslr
