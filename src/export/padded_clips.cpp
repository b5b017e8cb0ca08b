#include "src/export/padded_clips.hpp"

#include <algorithm>

namespace sslslr {

PaddedClips padded(const PackedClips& clips) {
    std::vector<std::int64_t> lengths;
    for (std::int64_t clip = 0; clip < clips.clips(); ++clip) {
        lengths.push_back(clips.length(clip));
    }
    const auto longest = lengths.empty() ? 0 : std::ranges::max(lengths);
    auto frames = torch::zeros({clips.clips(), longest, clips.frames.size(1)}, torch::kFloat32);
    for (std::int64_t clip = 0; clip < clips.clips(); ++clip) {
        const auto length = clips.length(clip);
        frames[clip]
            .narrow(0, 0, length)
            .copy_(clips.frames.narrow(0, clips.offsets[static_cast<std::size_t>(clip)], length));
    }
    return {frames, torch::tensor(lengths, torch::kInt64)};
}

}  // namespace sslslr
