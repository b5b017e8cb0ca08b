#pragma once

#include "src/protocol/labelled_clips.hpp"
#include "src/protocol/measure_table.hpp"

namespace sslslr {

/// A method's features of the test clips, with measures of them and of how well they find labelled clips of
/// their sign.
struct MeasuredFeatures {
    torch::Tensor test;  ///< [test clips, W] on the host
    NamedMeasures measures{};
};

/// Measures the frozen features of the test clips: measure_embedding(), order_sensitivity() (on the clips
/// that fixed_clips() takes of them), and retrieval by cosine among the clips of `labelled`. Labels of test
/// clips are used only for these figures. Collective; the measures are on the group's first rank.
/// @throws dist::AgreedError  as embed
MeasuredFeatures measured_features(Method& method, const Features& features, const EvaluationClips& clips,
                                   const LabelledClips& labelled, dist::Group& group,
                                   const EmbedOptions& embedding);

/// Measures the retrieval of the control, which compares the skeletons themselves. Collective; the measures
/// are on the group's first rank.
NamedMeasures measured_skeletons(const Features& features, const EvaluationClips& clips,
                                 const LabelledClips& labelled, dist::Group& group);

}  // namespace sslslr
