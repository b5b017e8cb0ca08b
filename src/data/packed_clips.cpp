#include "src/data/packed_clips.hpp"

namespace sslslr {

PackedClips concatenate(std::span<const PackedClips> parts) {
    TORCH_CHECK_VALUE(!parts.empty(), "concatenate: no parts, so no width and dtype to give the result");
    PackedClips whole{.frames = {}, .offsets = {0}, .ids = {}, .views = {}};
    std::vector<torch::Tensor> frames;
    for (const auto& part : parts) {
        frames.push_back(part.frames);
        const auto before = whole.offsets.back();
        for (std::size_t clip = 1; clip < part.offsets.size(); ++clip) {
            whole.offsets.push_back(before + part.offsets[clip]);
        }
        whole.ids.insert(whole.ids.end(), part.ids.begin(), part.ids.end());
        whole.views.insert(whole.views.end(), part.views.begin(), part.views.end());
    }
    whole.frames = frames.size() == 1 ? frames.front() : torch::cat(frames);
    return whole;
}

}  // namespace sslslr
