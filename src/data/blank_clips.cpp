#include "src/data/blank_clips.hpp"

#include <algorithm>
#include <iterator>

namespace sslslr {
namespace {

template <class T>
bool is_blank(const Features& features, std::int64_t clip) {
    const auto width = features.layout.width();
    const auto* const first =
        features.frames.const_data_ptr<T>() + features.offsets[static_cast<std::size_t>(clip)] * width;
    for (std::int64_t frame = 0; frame < features.length(clip); ++frame) {
        const std::span landmarks{first + frame * width,
                                  static_cast<std::size_t>(features.layout.landmark_width())};
        if (std::ranges::any_of(landmarks, [](T value) { return value != 0; })) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::vector<std::int64_t> blank_clips(const Features& features, std::span<const std::int64_t> clips) {
    const bool is_double = features.frames.scalar_type() == torch::kFloat64;
    std::vector<std::int64_t> blank;
    std::ranges::copy_if(clips, std::back_inserter(blank), [&](std::int64_t clip) {
        return is_double ? is_blank<double>(features, clip) : is_blank<float>(features, clip);
    });
    return blank;
}

}  // namespace sslslr
