#include "src/data/load_features.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "src/data/epoch_order.hpp"
#include "src/data/streamed_frames.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t items_ahead = 4;  // batches
constexpr std::int64_t least_bytes_ahead = std::int64_t{64} << 20;
constexpr std::int64_t most_bytes_ahead = std::int64_t{1} << 30;
constexpr std::int64_t frames_at_once = 8192;  // of 75 x, y, z points: 7 MB

/// Returns the features without frames: labels and signers of the index, and the place of each clip after
/// preprocessing.
Features without_frames(const io::ClipIndex& index, const Preprocessor& preprocess) {
    Features features{.frames = {},
                      .offsets = {0},
                      .labels = index.labels,
                      .signers = index.signers,
                      .layout = preprocess.layout()};
    for (std::size_t clip = 0; clip < index.labels.size(); ++clip) {
        const auto frames = index.offsets[clip + 1] - index.offsets[clip];
        features.offsets.push_back(features.offsets.back() + preprocess.length(frames));
    }
    return features;
}

/// Returns the end of the longest sequence of clips from `first` that holds at most frames_at_once frames; it
/// has at least one clip.
std::int64_t end_of_piece(const io::ClipIndex& index, std::int64_t first, std::int64_t last) {
    auto end = first + 1;
    while (end < last && index.offsets[static_cast<std::size_t>(end) + 1] -
                                 index.offsets[static_cast<std::size_t>(first)] <=
                             frames_at_once) {
        ++end;
    }
    return end;
}

/// Preprocesses consecutive clips into their places in `features`.
/// @return the number of clips that were scaled by their palms
template <class T>
std::int64_t preprocess_into(const Features& features, const io::ClipStore& store,
                             const Preprocessor& preprocess, std::span<const std::int64_t> clips,
                             PrintTable* prints) {
    const auto& index = store.index();
    const auto frame_values = static_cast<std::int64_t>(index.point_names.size()) * index.coordinates;
    const auto value_of = [&](std::int64_t clip) {  // place of its first value in the store
        return index.offsets[static_cast<std::size_t>(clip)] * frame_values;
    };
    auto* target = features.frames.mutable_data_ptr<T>();
    std::vector<float> piece;
    std::vector<float> made;
    std::int64_t by_palms = 0;

    const auto last = clips.back() + 1;
    for (auto first = clips.front(); first < last;) {
        const auto end = end_of_piece(index, first, last);
        piece.resize(static_cast<std::size_t>(value_of(end) - value_of(first)));
        store.read(first, end, piece);
        for (auto clip = first; clip < end; ++clip) {
            if (features.length(clip) > 0) {
                const std::span<const float> values{piece.data() + (value_of(clip) - value_of(first)),
                                                    piece.data() + (value_of(clip + 1) - value_of(first))};
                made.resize(static_cast<std::size_t>(features.length(clip) * features.layout.width()));
                by_palms += preprocess(values, made) == BodyUnit::palms ? 1 : 0;
                if (prints != nullptr) {
                    prints->note(clip, values);
                }
                std::ranges::copy(made, target + features.offsets[static_cast<std::size_t>(clip)] *
                                                     features.layout.width());
            }
        }
        first = end;
    }
    return by_palms;
}

/// Preprocesses this rank's share of the clips, balanced by the frames to read.
/// @return the number of clips that were scaled by their palms
std::int64_t preprocess_share(const Features& features, const io::ClipStore& store,
                              const Preprocessor& preprocess, const dist::Communicator& node,
                              PrintTable* prints) {
    const auto& offsets = store.index().offsets;
    std::vector<std::int64_t> clips(features.labels.size());
    std::iota(clips.begin(), clips.end(), std::int64_t{0});
    std::vector<std::int64_t> lengths(clips.size());
    std::transform(offsets.begin() + 1, offsets.end(), offsets.begin(), lengths.begin(), std::minus{});

    const auto share = share_of(clips, lengths, node.rank(), node.size());
    if (share.empty()) {
        return 0;
    }
    return features.frames.scalar_type() == torch::kFloat64
               ? preprocess_into<double>(features, store, preprocess, share, prints)
               : preprocess_into<float>(features, store, preprocess, share, prints);
}

/// Checks a sample of clips spread over the data set, because reading all of them beforehand would take too
/// long. A clip that cannot be read is not reported here, but when it is needed.
LoadedFeatures::ScaledByPalms sampled_scaling(const io::ClipStore& store, const Preprocessor& preprocess) {
    constexpr std::int64_t most = 16;
    const auto& index = store.index();
    const auto sample = std::min(most, index.clips());
    const auto frame_values = static_cast<std::int64_t>(index.point_names.size()) * index.coordinates;
    LoadedFeatures::ScaledByPalms found;
    try {
        for (std::int64_t i = 0; i < sample; ++i) {
            const auto clip = i * index.clips() / sample;
            const auto at = static_cast<std::size_t>(clip);
            const auto frames = index.offsets[at + 1] - index.offsets[at];
            if (frames > 0) {
                std::vector<float> values(static_cast<std::size_t>(frames * frame_values));
                std::vector<float> made(
                    static_cast<std::size_t>(preprocess.length(frames) * preprocess.layout().width()));
                store.read(clip, clip + 1, values);
                found.clips += preprocess(values, made) == BodyUnit::palms ? 1 : 0;
                ++found.out_of;
            }
        }
    } catch (const io::DataError&) {
    }
    return found;
}

std::int64_t bytes_of(const Features& features, torch::Dtype dtype) {
    return features.offsets.back() * features.layout.width() *
           static_cast<std::int64_t>(torch::elementSize(dtype));
}

double gigabytes(std::int64_t bytes) {
    return static_cast<double>(bytes) * 1e-9;
}

/// Returns why this node must not hold so many bytes; empty if it may.
std::string objection(std::int64_t bytes, const Placement& placement, const dist::Communicator& node) {
    if (bytes > placement.memory_limit) {
        return fmt::format("{} allows {:.3g} GB", io::setting("memory-limit"),
                           gigabytes(placement.memory_limit));
    }
    // MPI and other programs need some of the memory that the ranks of a node share.
    constexpr std::int64_t left_to_others = 8;  // an eighth
    const auto available = placement.shared.available - placement.shared.available / left_to_others;
    if (node.size() > 1 && bytes > available) {
        return fmt::format(
            "the ranks of a node cannot share that much in {}; containers get more with --shm-size",
            dist::describe(placement.shared));
    }
    return "";
}

/// Returns the first non-empty text, by rank. Collective.
std::string first_of(const std::string& text, const dist::Communicator& ranks) {
    for (const auto& found : ranks.all_gather(text)) {
        if (!found.empty()) {
            return found;
        }
    }
    return "";
}

ReadAheadLimits ahead_of(const Placement& placement, const dist::Communicator& node) {
    return {.items = items_ahead,
            .bytes = std::clamp(placement.memory_limit / node.size(), least_bytes_ahead, most_bytes_ahead)};
}

}  // namespace

/// Takes memory on every node, or on none. Collective.
/// @return why a node could not take it; empty on success
std::string LoadedFeatures::take_memory(const dist::Communicator& ranks, const dist::Communicator& node,
                                        std::int64_t bytes) {
    std::string problem;
    try {
        memory_.emplace(node, static_cast<std::size_t>(bytes));
    } catch (const dist::SharedMemoryError& error) {
        problem = error.what();
    }
    problem = first_of(problem, ranks);
    if (!problem.empty()) {
        memory_.reset();
    }
    return problem;
}

void LoadedFeatures::make_resident(const io::ClipStore& store, const Preprocessor& preprocess,
                                   const dist::Communicator& ranks, const dist::Communicator& node,
                                   const Placement& placement) {
    const auto dtype = placement.dtype;
    const auto frames = features_.offsets.back();
    const auto width = features_.layout.width();
    if (frames == 0) {
        features_.frames = torch::empty({0, width}, dtype);
        return;
    }
    features_.frames = torch::from_blob(memory_->bytes().data(), {frames, width}, dtype);

    std::int64_t by_palms = 0;
    agree(ranks, [&] { by_palms = preprocess_share(features_, store, preprocess, node, placement.prints); });
    memory_->fence();
    node.all_reduce_sum(std::span{&by_palms, 1});
    scaled_by_palms_ = {.clips = by_palms,
                        .out_of = features_.clips() - static_cast<std::int64_t>(empty_clips_.size())};
}

LoadedFeatures load_features(const io::ClipStore& store, const PreprocessConfig& config,
                             const dist::Communicator& ranks, const dist::Communicator& node,
                             const Placement& placement) {
    TORCH_CHECK_VALUE(placement.dtype == torch::kFloat32 || placement.dtype == torch::kFloat64,
                      "features are float32 or float64");
    std::optional<Preprocessor> preprocess;
    agree(ranks, [&] { preprocess.emplace(config, store.index().point_names, store.index().coordinates); });

    LoadedFeatures loaded;
    loaded.features_ = without_frames(store.index(), *preprocess);
    for (std::int64_t clip = 0; clip < loaded.features_.clips(); ++clip) {
        if (loaded.features_.length(clip) == 0) {
            loaded.empty_clips_.push_back(clip);
        }
    }
    const auto bytes = bytes_of(loaded.features_, placement.dtype);
    auto problem = first_of(objection(bytes, placement, node), ranks);
    if (problem.empty()) {
        problem = loaded.take_memory(ranks, node, bytes);
    }
    if (problem.empty()) {
        loaded.make_resident(store, *preprocess, ranks, node, placement);
    } else {
        loaded.why_streamed_ =
            fmt::format("preprocessed clips would take {:.3g} GB, but {}", gigabytes(bytes), problem);
        loaded.streamed_ = std::make_unique<StreamedFrames>(store, *preprocess, ahead_of(placement, node),
                                                            placement.dtype, placement.prints);
        loaded.features_.streamed = loaded.streamed_.get();
        if (ranks.rank() == 0) {
            loaded.scaled_by_palms_ = sampled_scaling(store, *preprocess);
        }
    }
    return loaded;
}

}  // namespace sslslr
