#include "src/data/gather.hpp"

#include <cstring>

namespace sslslr {

PackedClips allocate(const Features& features, std::span<const std::int64_t> clips, std::int64_t view) {
    PackedClips batch{.frames = {},
                      .offsets = {0},
                      .ids = {clips.begin(), clips.end()},
                      .views = std::vector<std::int64_t>(clips.size(), view)};
    for (const auto clip : clips) {
        TORCH_CHECK_VALUE(clip >= 0 && clip < features.clips(), "clip ", clip, " of ", features.clips());
        batch.offsets.push_back(batch.offsets.back() + features.length(clip));
    }
    batch.frames = torch::empty({batch.offsets.back(), features.layout.width()}, features.frames.options());
    return batch;
}

PackedClips gather(const Features& features, std::span<const std::int64_t> clips) {
    auto batch = allocate(features, clips, 0);
    const auto frame_bytes =
        static_cast<std::size_t>(features.layout.width()) * features.frames.element_size();
    const auto* source = static_cast<const std::byte*>(features.frames.const_data_ptr());
    auto* target = static_cast<std::byte*>(batch.frames.mutable_data_ptr());
    for (const auto clip : clips) {
        const auto bytes = static_cast<std::size_t>(features.length(clip)) * frame_bytes;
        const auto first = static_cast<std::size_t>(features.offsets[static_cast<std::size_t>(clip)]);
        std::memcpy(target, source + first * frame_bytes, bytes);
        target += bytes;
    }
    return batch;
}

}  // namespace sslslr
