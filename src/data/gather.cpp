#include "src/data/gather.hpp"

#include <vector>

namespace sslslr {

PackedClips describe(const Features& features, std::span<const std::int64_t> clips, std::int64_t view) {
    PackedClips batch{.frames = {},
                      .offsets = {0},
                      .ids = {clips.begin(), clips.end()},
                      .views = std::vector<std::int64_t>(clips.size(), view)};
    for (const auto clip : clips) {
        TORCH_CHECK_VALUE(clip >= 0 && clip < features.clips(), "clip ", clip, " of ", features.clips());
        batch.offsets.push_back(batch.offsets.back() + features.length(clip));
    }
    return batch;
}

PackedClips gather(const Features& features, std::span<const std::int64_t> clips) {
    auto batch = describe(features, clips, 0);
    std::vector<torch::Tensor> pieces{features.frames.slice(0, 0, 0)};  // cat refuses an empty list
    for (const auto clip : clips) {
        pieces.push_back(features.frames.narrow(0, features.offsets[static_cast<std::size_t>(clip)],
                                                features.length(clip)));
    }
    batch.frames = torch::cat(pieces);
    return batch;
}

}  // namespace sslslr
