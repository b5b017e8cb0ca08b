#include "src/evaluate/raw_skeletons.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "io/store/holistic_points.hpp"
#include "src/data/gather.hpp"
#include "src/data/mirror.hpp"
#include "src/data/points.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t arm_points = 6;  // of both arms, left and right in turn
constexpr auto hand_points = std::ssize(io::hand_points);
constexpr double size_of_none = 1e-6;  // a hand with a palm up to this long was never detected

/// Returns the columns of a frame that hold the arms and the hands.
torch::Tensor arm_and_hand_columns(const FeatureLayout& layout) {
    std::vector<std::string> points{"pose.left_shoulder", "pose.right_shoulder", "pose.left_elbow",
                                    "pose.right_elbow",   "pose.left_wrist",     "pose.right_wrist"};
    const auto all = sslslr::points_of(PointSet::upper_body);
    for (const auto hand : hand_parts) {
        std::ranges::copy_if(all, std::back_inserter(points),
                             [&](const std::string& point) { return part_of(point) == hand; });
    }
    const auto first = torch::tensor(positions_of(points, layout.points)) * layout.coordinates;
    return (first.unsqueeze(1) + torch::arange(layout.coordinates)).flatten();
}

torch::Tensor left_hand(const torch::Tensor& points) {
    return points.narrow(2, arm_points, hand_points);
}
torch::Tensor right_hand(const torch::Tensor& points) {
    return points.narrow(2, arm_points + hand_points, hand_points);
}

constexpr std::int64_t place_in_hand(std::string_view point) {
    return std::ranges::find(io::hand_points, point) - io::hand_points.begin();
}

/// Returns the wrist, [clips, frames, 1, C].
torch::Tensor wrist_of(const torch::Tensor& hand) {
    return hand.narrow(2, place_in_hand(palm_start), 1);
}

/// Returns the points relative to the wrist, in palms, [clips, frames, 21, C]; zeros for a hand without size.
torch::Tensor about_the_wrist(const torch::Tensor& hand) {
    const auto turned = hand - wrist_of(hand);
    const auto palm =
        turned.select(2, place_in_hand(palm_end)).narrow(2, 0, 2).norm(2, 2).mean(1);  // [clips]
    const auto size = palm.view({-1, 1, 1, 1});
    return torch::where(size > size_of_none, turned / size.clamp_min(size_of_none), 0.0);
}

}  // namespace

RawSkeletons::RawSkeletons(const Features& features, std::span<const std::int64_t> gallery,
                           std::int64_t frames)
    : features_{features}, frames_{frames}, columns_{arm_and_hand_columns(features.layout)} {
    TORCH_CHECK_VALUE(frames >= 1, "raw skeletons: frames must be positive, got ", frames);
    TORCH_CHECK_VALUE(!gallery.empty(), "raw skeletons: the gallery has no clips");
    const auto recorded = points_of(gallery);
    gallery_ = blocks_of(torch::cat({recorded, mirrored(recorded)}));
    for (std::size_t i = 0; i < gallery_.size(); ++i) {
        lengths_[i] = std::sqrt(gallery_[i].square().sum(1).mean().item<double>());
    }
}

LabelledFeatures RawSkeletons::gallery(const torch::Tensor& labels, std::int64_t glosses) const {
    return {scaled(gallery_), labels.repeat({2}), glosses};
}

torch::Tensor RawSkeletons::of(std::span<const std::int64_t> clips) const {
    return scaled(blocks_of(points_of(clips)));
}

torch::Tensor RawSkeletons::points_of(std::span<const std::int64_t> clips) const {
    const auto coordinates = features_.layout.coordinates;
    std::vector<torch::Tensor> points{gather(features_, {}).frames.index_select(1, columns_)};  // no clips
    for (const auto clip : clips) {
        TORCH_CHECK_VALUE(clip >= 0 && clip < features_.clips() && features_.length(clip) > 0,
                          "raw skeletons: clip ", clip, " of ", features_.clips(),
                          " does not exist or has no frames");
        const auto steps = features_.length(clip) - 1;
        const auto gaps = std::max<std::int64_t>(1, frames_ - 1);
        std::vector<std::int64_t> rows;
        for (std::int64_t frame = 0; frame < frames_; ++frame) {
            rows.push_back((2 * frame * steps + gaps) / (2 * gaps));  // frame * steps / gaps, halves up
        }
        points.push_back(gather(features_, {&clip, 1})
                             .frames.index_select(0, torch::tensor(rows))
                             .index_select(1, columns_));
    }
    return torch::cat(points)
        .to(torch::kFloat64)
        .reshape({std::ssize(clips), frames_, columns_.size(0) / coordinates, coordinates});
}

torch::Tensor RawSkeletons::mirrored(const torch::Tensor& points) const {
    const auto arms = points.narrow(2, 0, arm_points);
    const auto exchanged = torch::cat({arms.index_select(2, torch::tensor({1, 0, 3, 2, 5, 4})),
                                       right_hand(points), left_hand(points)},
                                      2)
                               .clone();
    const auto is_missing = (exchanged.narrow(3, 0, 2) == 0).all(3);
    const auto x = exchanged.select(3, 0);
    x.copy_(torch::where(is_missing, x, 2 * body_centre(features_.layout) - x));
    return exchanged;
}

RawSkeletons::Blocks RawSkeletons::blocks_of(const torch::Tensor& points) {
    const auto arms = torch::cat(
        {points.narrow(2, 0, arm_points), wrist_of(left_hand(points)), wrist_of(right_hand(points))}, 2);
    return {arms.flatten(1), about_the_wrist(left_hand(points)).flatten(1),
            about_the_wrist(right_hand(points)).flatten(1)};
}

torch::Tensor RawSkeletons::scaled(const Blocks& blocks) const {
    std::vector<torch::Tensor> parts;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        parts.push_back(lengths_[i] > 0 ? blocks[i] / lengths_[i] : blocks[i]);
    }
    return torch::cat(parts, 1);
}

}  // namespace sslslr
