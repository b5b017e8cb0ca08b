// Classifies the signs of clips by nearest neighbours, with an exported encoder. It is an example of a
// separate program that uses the libraries of io/ and src/.
//
//     classify_clip EXPORT STORE.h5 FEATURES.h5 CLIP [CLIP ...]
//
// EXPORT is a folder written by `sslslr export`, FEATURES.h5 a file written by `sslslr embed`, whose labelled
// clips vote, and CLIP the number of a clip in STORE.h5. Prints the number, the sign and the sign's share of
// the votes for each clip.
#include <cstdio>
#include <exception>
#include <string>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "io/store/clip_store.hpp"
#include "io/tensors/feature_file.hpp"
#include "src/evaluate/knn.hpp"
#include "src/export/exported_encoder.hpp"

namespace {

using namespace sslslr;

/// Reads one clip and preprocesses it for the encoder, as a batch of one.
PaddedClips read_clip(const io::ClipStore& store, std::int64_t clip, const PreprocessConfig& config) {
    const auto& index = store.index();
    if (clip < 0 || clip >= index.clips()) {
        throw std::out_of_range{fmt::format("no clip {}: expected 0 to {}", clip, index.clips() - 1)};
    }
    const auto at = static_cast<std::size_t>(clip);
    const auto points = static_cast<std::int64_t>(index.point_names.size());
    const auto frames = index.offsets[at + 1] - index.offsets[at];
    std::vector<float> landmarks(static_cast<std::size_t>(frames * points * index.coordinates));
    store.read(clip, clip + 1, landmarks);

    const Preprocessor preprocess{config, index.point_names, index.coordinates};
    const auto length = preprocess.length(frames);
    const auto features = torch::tensor(preprocess(landmarks));
    return {features.view({1, length, preprocess.layout().width()}), torch::tensor({length})};
}

/// Returns the labelled clips of a file.
LabelledFeatures voters(const io::FeatureFile& file) {
    const auto labels = torch::tensor(file.labels, torch::kInt64);
    const auto labelled = (labels >= 0).nonzero().squeeze(1);
    return {file.features.index_select(0, labelled), labels.index_select(0, labelled),
            static_cast<std::int64_t>(file.label_names.size())};
}

void classify(const std::vector<std::string>& arguments) {
    ExportedEncoder encoder{arguments[0]};
    const auto store = io::ClipStore::open({arguments[1]});
    const auto file = io::read_features(arguments[2]);
    const auto references = voters(file);
    for (auto clip = arguments.begin() + 3; clip != arguments.end(); ++clip) {
        const auto features = encoder.represent(read_clip(store, std::stoll(*clip), encoder.preprocess()));
        const auto votes = knn_cosine_votes(features, references);
        const auto sign = votes.argmax(1).item<std::int64_t>();
        fmt::print("{} {} {:.2f}\n", *clip, file.label_names[static_cast<std::size_t>(sign)],
                   (votes[0][sign] / votes.sum()).item<double>());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fputs("usage: classify_clip EXPORT STORE.h5 FEATURES.h5 CLIP [CLIP ...]\n", stderr);
        return 2;
    }
    try {
        classify({argv + 1, argv + argc});
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "classify_clip: {}\n", sslslr::io::as_options(error.what()));
        return 3;
    }
}
