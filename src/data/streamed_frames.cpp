#include "src/data/streamed_frames.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

namespace sslslr {

StreamedFrames::StreamedFrames(const io::ClipStore& store, Preprocessor preprocess, ReadAheadLimits ahead,
                               torch::Dtype dtype, PrintTable* prints)
    : store_{store}, preprocess_{std::move(preprocess)}, ahead_{ahead}, dtype_{dtype}, prints_{prints} {}

torch::Tensor StreamedFrames::read(std::span<const std::int64_t> clips) const {
    std::int64_t frames = 0;
    for (const auto clip : clips) {
        frames += preprocess_.length(frames_of(clip));
    }
    auto result = torch::empty({frames, preprocess_.layout().width()}, dtype_);
    const auto values = static_cast<std::size_t>(result.numel());
    if (dtype_ == torch::kFloat64) {
        read_into<double>(clips, {result.mutable_data_ptr<double>(), values});
    } else {
        read_into<float>(clips, {result.mutable_data_ptr<float>(), values});
    }
    return result;
}

template <class Value>
void StreamedFrames::read_into(std::span<const std::int64_t> clips, std::span<Value> out) const {
    const auto& index = store_.index();
    const auto frame_values = static_cast<std::int64_t>(index.point_names.size()) * index.coordinates;
    std::vector<float> landmarks;
    std::vector<float> narrow;
    for (const auto clip : clips) {
        const auto frames = frames_of(clip);
        if (frames == 0) {
            continue;
        }
        landmarks.resize(static_cast<std::size_t>(frames * frame_values));
        store_.read(clip, clip + 1, landmarks);
        if (prints_ != nullptr) {
            prints_->note(clip, landmarks);
        }
        const auto values =
            static_cast<std::size_t>(preprocess_.length(frames) * preprocess_.layout().width());
        if constexpr (std::is_same_v<Value, float>) {
            preprocess_(landmarks, out.first(values));
        } else {
            narrow.resize(values);
            preprocess_(landmarks, narrow);
            std::ranges::copy(narrow, out.begin());
        }
        out = out.subspan(values);
    }
}

std::int64_t StreamedFrames::frames_of(std::int64_t clip) const {
    const auto& offsets = store_.index().offsets;
    return offsets[static_cast<std::size_t>(clip) + 1] - offsets[static_cast<std::size_t>(clip)];
}

}  // namespace sslslr
