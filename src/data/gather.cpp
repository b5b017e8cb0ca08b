#include "src/data/gather.hpp"

#include <cstring>
#include <vector>

namespace sslslr {
namespace {

/// Gathers frames of resident clips that are not in host memory.
torch::Tensor gathered_on_device(const Features& features, std::span<const std::int64_t> clips) {
    std::vector<torch::Tensor> pieces{features.frames.slice(0, 0, 0)};  // cat refuses an empty list
    for (const auto clip : clips) {
        pieces.push_back(features.frames.narrow(0, features.offsets[static_cast<std::size_t>(clip)],
                                                features.length(clip)));
    }
    return torch::cat(pieces);
}

/// Gathers frames in host memory, without a LibTorch call for every clip.
torch::Tensor copied(const Features& features, const PackedClips& batch) {
    const auto width = features.frames.size(1);
    const auto frame_bytes = static_cast<std::size_t>(width) * features.frames.element_size();
    auto frames = torch::empty({batch.offsets.back(), width}, features.frames.options());
    const auto* source = static_cast<const std::byte*>(features.frames.const_data_ptr());
    auto* target = static_cast<std::byte*>(frames.mutable_data_ptr());
    for (std::size_t at = 0; at < batch.ids.size(); ++at) {
        const auto first = features.offsets[static_cast<std::size_t>(batch.ids[at])];
        const auto bytes = static_cast<std::size_t>(batch.offsets[at + 1] - batch.offsets[at]) * frame_bytes;
        if (bytes > 0) {
            std::memcpy(target, source + static_cast<std::size_t>(first) * frame_bytes, bytes);
            target += bytes;
        }
    }
    return frames;
}

}  // namespace

PackedClips describe(const Features& features, std::span<const std::int64_t> clips, std::int64_t view) {
    PackedClips batch{.frames = {},
                      .offsets = {0},
                      .ids = {clips.begin(), clips.end()},
                      .views = std::vector<std::int64_t>(clips.size(), view)};
    batch.offsets.reserve(clips.size() + 1);
    for (const auto clip : clips) {
        TORCH_CHECK_VALUE(clip >= 0 && clip < features.clips(), "clip ", clip, " of ", features.clips());
        batch.offsets.push_back(batch.offsets.back() + features.length(clip));
    }
    return batch;
}

PackedClips gather(const Features& features, std::span<const std::int64_t> clips) {
    auto batch = describe(features, clips, 0);
    if (features.streamed != nullptr) {
        batch.frames = features.streamed->read(clips);
    } else if (features.frames.is_cpu() && features.frames.is_contiguous()) {
        batch.frames = copied(features, batch);
    } else {
        batch.frames = gathered_on_device(features, clips);
    }
    return batch;
}

}  // namespace sslslr
