#include "src/evaluate/raw_skeletons.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "src/data/gather.hpp"
#include "src/data/points.hpp"

namespace sslslr {
namespace {

/// Columns of a frame that hold the arms and the hands.
torch::Tensor arm_and_hand_columns(const FeatureLayout& layout) {
    std::vector<std::string> points{"pose.left_shoulder", "pose.right_shoulder", "pose.left_elbow",
                                    "pose.right_elbow",   "pose.left_wrist",     "pose.right_wrist"};
    std::ranges::copy_if(layout.points, std::back_inserter(points),
                         [](const std::string& point) { return part_of(point) != "pose"; });
    const auto first = torch::tensor(positions_of(points, layout.points)) * layout.coordinates;
    return (first.unsqueeze(1) + torch::arange(layout.coordinates)).flatten();
}

}  // namespace

torch::Tensor raw_skeletons(const Features& features, std::span<const std::int64_t> clips,
                            std::int64_t frames) {
    TORCH_CHECK_VALUE(frames >= 1, "raw skeletons: frames must be positive, got ", frames);
    const auto columns = arm_and_hand_columns(features.layout);
    std::vector<torch::Tensor> skeletons{gather(features, {}).frames.index_select(1, columns)};  // of no clip
    for (const auto clip : clips) {
        TORCH_CHECK_VALUE(clip >= 0 && clip < features.clips() && features.length(clip) > 0,
                          "raw skeletons: clip ", clip, " of ", features.clips(),
                          " is not there or has no frames");
        const auto steps = features.length(clip) - 1;
        const auto gaps = std::max<std::int64_t>(1, frames - 1);
        std::vector<std::int64_t> rows;
        for (std::int64_t frame = 0; frame < frames; ++frame) {
            rows.push_back((2 * frame * steps + gaps) / (2 * gaps));  // frame * steps / gaps, halves up
        }
        skeletons.push_back(gather(features, {&clip, 1})
                                .frames.index_select(0, torch::tensor(rows))
                                .index_select(1, columns));
    }
    return torch::cat(skeletons).reshape({std::ssize(clips), frames * columns.size(0)});
}

}  // namespace sslslr
