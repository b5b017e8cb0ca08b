#include "src/protocol/measured_run.hpp"

#include "src/errors.hpp"
#include "src/evaluate/measures.hpp"
#include "src/evaluate/order_sensitivity.hpp"
#include "src/evaluate/raw_skeletons.hpp"
#include "src/evaluate/retrieval.hpp"
#include "src/train/fixed_clips.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t recorded_and_mirrored = 2;

torch::Tensor truth_of(const EvaluationClips& clips) {
    return torch::tensor(clips.classes_of(clips.test), torch::kInt64);
}

void add_retrieval(const torch::Tensor& places, NamedMeasures& measures) {
    const auto retrieval = retrieval_of(places);
    for (const auto& [name, figure] : named_figures_of_retrieval()) {
        measures.push_back({name, retrieval.*figure});
    }
}

}  // namespace

MeasuredFeatures measured_features(Method& method, const Features& features, const EvaluationClips& clips,
                                   const LabelledClips& labelled, dist::Group& group,
                                   const EmbedOptions& embedding) {
    MeasuredFeatures measured{embed(method, features, clips.test, group, embedding).cpu()};
    const auto gallery = embed(method, features, labelled.both(), group, embedding).cpu();
    const auto order = order_sensitivity(method, features, fixed_clips(clips.test), group);
    agree(group.communicator(), [&] {
        if (group.rank() != 0) {
            return;
        }
        const auto truth = truth_of(clips);
        const auto of_features = measure_embedding(measured.test, truth);
        for (const auto& [name, measure] : named_measures()) {
            measured.measures.push_back({name, of_features.*measure});
        }
        measured.measures.push_back({"order_sensitivity", order});
        add_retrieval(
            retrieval_places(measured.test, truth, {gallery, labelled.of(labelled.both()), clips.classes()}),
            measured.measures);
    });
    return measured;
}

NamedMeasures measured_skeletons(const Features& features, const EvaluationClips& clips,
                                 const LabelledClips& labelled, dist::Group& group) {
    NamedMeasures measures;
    agree(group.communicator(), [&] {
        if (group.rank() != 0) {
            return;
        }
        const RawSkeletons skeletons{features, labelled.both()};
        add_retrieval(retrieval_places(skeletons.of(clips.test), truth_of(clips),
                                       skeletons.gallery(labelled.of(labelled.both()), clips.classes()),
                                       Nearness::euclidean, recorded_and_mirrored),
                      measures);
    });
    return measures;
}

}  // namespace sslslr
