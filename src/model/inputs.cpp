#include "src/model/inputs.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/store/holistic_points.hpp"
#include "src/data/points.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

/// Joints of the pose, each with its parent.
constexpr std::pair<std::string_view, std::string_view> pose_bones[]{
    {"left_eye_inner", "nose"},      {"left_eye", "left_eye_inner"},   {"left_eye_outer", "left_eye"},
    {"right_eye_inner", "nose"},     {"right_eye", "right_eye_inner"}, {"right_eye_outer", "right_eye"},
    {"left_ear", "left_eye_outer"},  {"right_ear", "right_eye_outer"}, {"mouth_left", "nose"},
    {"mouth_right", "nose"},         {"left_elbow", "left_shoulder"},  {"right_elbow", "right_shoulder"},
    {"left_wrist", "left_elbow"},    {"right_wrist", "right_elbow"},   {"left_pinky", "left_wrist"},
    {"right_pinky", "right_wrist"},  {"left_index", "left_wrist"},     {"right_index", "right_wrist"},
    {"left_thumb", "left_wrist"},    {"right_thumb", "right_wrist"},   {"left_hip", "left_shoulder"},
    {"right_hip", "right_shoulder"}, {"left_knee", "left_hip"},        {"right_knee", "right_hip"},
    {"left_ankle", "left_knee"},     {"right_ankle", "right_knee"},    {"left_heel", "left_ankle"},
    {"right_heel", "right_ankle"},   {"left_foot_index", "left_heel"}, {"right_foot_index", "right_heel"},
};
constexpr std::size_t finger_joints = 4;  // of each finger, after the wrist, finger by finger from the palm

/// Adds pairs of points of one body part, if the layout has both points.
class PairsOf {
public:
    PairsOf(const FeatureLayout& layout, std::string_view part) : points_{layout.points}, part_{part} {}

    /// @return whether the pair was added
    bool add(PointPairs& pairs, std::string_view end, std::string_view start) const {
        const auto end_at = place_of(end);
        const auto start_at = place_of(start);
        if (end_at < 0 || start_at < 0) {
            return false;
        }
        pairs.ends.push_back(end_at);
        pairs.starts.push_back(start_at);
        return true;
    }

private:
    std::int64_t place_of(std::string_view name) const {
        const auto found = std::ranges::find(points_, part_ + "." + std::string{name});
        return found == points_.end() ? -1 : found - points_.begin();
    }

    const std::vector<std::string>& points_;
    std::string part_;
};

}  // namespace

InputTables input_tables(const FeatureLayout& layout) {
    InputTables tables;
    for (const auto& [joint, parent] : pose_bones) {
        PairsOf{layout, "pose"}.add(tables.bones, joint, parent);
    }
    for (const auto hand : hand_parts) {
        const PairsOf points{layout, hand};
        for (std::size_t i = 1; i < io::hand_points.size(); ++i) {
            const bool is_first = i % finger_joints == 1;
            points.add(tables.bones, io::hand_points[i], is_first ? palm_start : io::hand_points[i - 1]);
        }
        const auto number = std::ssize(tables.palms.ends);
        if (!points.add(tables.palms, palm_end, palm_start)) {
            continue;
        }
        for (const auto& finger : io::hand_points) {
            if (finger != palm_start && points.add(tables.fingers, finger, palm_start)) {
                tables.hands.push_back(number);
            }
        }
    }
    return tables;
}

/// Assigns each frame to its clip.
class Inputs::Clips {
public:
    Clips(std::span<const std::int64_t> offsets, const torch::Tensor& frames)
        : options_{frames.options()},
          clips_{std::ssize(offsets) - 1},
          number_{torch::empty({frames.size(0)}, torch::kInt64)},
          is_later_{torch::ones({frames.size(0), 1}, torch::kFloat64)} {
        for (std::size_t clip = 0; clip + 1 < offsets.size(); ++clip) {
            const auto length = offsets[clip + 1] - offsets[clip];
            longest_ = std::max(longest_, length);
            std::fill_n(number_.data_ptr<std::int64_t>() + offsets[clip], length,
                        static_cast<std::int64_t>(clip));
            if (length > 0) {
                is_later_.data_ptr<double>()[offsets[clip]] = 0;
            }
        }
        rows_ = torch::full({clips_ * longest_}, frames.size(0), torch::kInt64);
        for (std::int64_t clip = 0; clip < clips_; ++clip) {
            const auto first = offsets[static_cast<std::size_t>(clip)];
            const auto last = offsets[static_cast<std::size_t>(clip) + 1];
            std::iota(rows_.data_ptr<std::int64_t>() + clip * longest_,
                      rows_.data_ptr<std::int64_t>() + clip * longest_ + (last - first), first);
        }
    }

    /// Returns [S, 1], 0 for the first frame of a clip, else 1.
    torch::Tensor is_later() const { return is_later_.to(options_); }

    /// Sums over the frames of each clip, [S, K] -> [B, K]. Does not use index_add, whose order of additions
    /// is not fixed on GPUs.
    torch::Tensor sums(const torch::Tensor& values) const {
        const auto columns = values.size(1);
        return torch::cat({values, values.new_zeros({1, columns})})
            .index_select(0, rows_.to(values.device()))
            .view({clips_, longest_, columns})
            .sum(1);
    }

    /// Repeats the values of clips for their frames, [B, K] -> [S, K].
    torch::Tensor for_frames(const torch::Tensor& values) const {
        return values.index_select(0, number_.to(values.device()));
    }

private:
    torch::TensorOptions options_;
    std::int64_t clips_;
    std::int64_t longest_ = 0;
    torch::Tensor number_;    ///< [S]
    torch::Tensor is_later_;  ///< [S, 1]
    torch::Tensor rows_;      ///< [B, longest] rows of frames; S after the end of a clip
};

Inputs::Inputs(const FeatureLayout& layout, std::vector<InputPart> parts)
    : points_{std::ssize(layout.points)},
      coordinates_{layout.coordinates},
      flags_{layout.flags},
      parts_{std::move(parts)} {
    std::ranges::sort(parts_);
    parts_.erase(std::unique(parts_.begin(), parts_.end()), parts_.end());
    TORCH_CHECK_VALUE(!parts_.empty(), "inputs: no parts");
    const auto tables = input_tables(layout);
    const auto column = torch::arange(points_ * coordinates_);
    tables_ = {.x = column - column.remainder(coordinates_),
               .bones = columns_of(tables.bones),
               .fingers = columns_of(tables.fingers),
               .palms = columns_of(tables.palms),
               .hand_of_column = torch::tensor(tables.hands, torch::kInt64).repeat_interleave(coordinates_)};
    for (const auto part : parts_) {
        TORCH_CHECK_VALUE(width_of(part) > 0, "inputs: the features hold nothing for ", word_of(part));
        width_ += width_of(part);
    }
}

Inputs::Columns Inputs::columns_of(const PointPairs& pairs) const {
    const auto columns = [&](const std::vector<std::int64_t>& points) {
        return (torch::tensor(points, torch::kInt64).unsqueeze(1) * coordinates_ +
                torch::arange(coordinates_))
            .flatten();
    };
    return {columns(pairs.ends), columns(pairs.starts)};
}

std::int64_t Inputs::width_of(InputPart part) const {
    switch (part) {
        case InputPart::positions:
        case InputPart::velocities:
            return points_ * coordinates_;
        case InputPart::bones:
            return tables_.bones.ends.numel();
        case InputPart::hands:
            return tables_.fingers.ends.numel();
        case InputPart::validity:
            return flags_;
    }
    return 0;
}

const Inputs::Tables& Inputs::tables_on(torch::Device device) const {
    if (device.is_cpu()) {
        return tables_;
    }
    const std::scoped_lock lock{mutex_};
    auto found = tables_on_.find(device);
    if (found == tables_on_.end()) {
        const auto& [x, bones, fingers, palms, hand_of_column] = tables_;
        found = tables_on_
                    .emplace(device, Tables{x.to(device), bones.to(device), fingers.to(device),
                                            palms.to(device), hand_of_column.to(device)})
                    .first;
    }
    return found->second;
}

torch::Tensor Inputs::operator()(const torch::Tensor& frames, std::span<const std::int64_t> offsets) const {
    using enum InputPart;
    TORCH_CHECK_VALUE(frames.dim() == 2 && frames.size(1) == points_ * coordinates_ + flags_,
                      "inputs: frames ", frames.sizes(), ", expected [S, ", points_ * coordinates_ + flags_,
                      "]");
    TORCH_CHECK_VALUE(!offsets.empty() && offsets.back() == frames.size(0), "inputs: offsets end at ",
                      offsets.empty() ? 0 : offsets.back(), ", frames ", frames.sizes());
    const auto has_any = [this](std::initializer_list<InputPart> parts) {
        return std::ranges::find_first_of(parts_, parts) != parts_.end();
    };
    const auto& tables = tables_on(frames.device());
    Landmarks landmarks{.values = frames.slice(1, 0, points_ * coordinates_), .known = {}};
    if (has_any({velocities, bones, hands})) {
        landmarks.known = known(frames, tables);
    }
    std::optional<Clips> clips;
    if (has_any({velocities, hands})) {
        clips.emplace(offsets, frames);
    }
    const auto derived = [&](InputPart part) {
        switch (part) {
            case positions:
                return landmarks.values;
            case velocities:
                return velocities_of(landmarks, *clips);
            case bones:
                return differences(landmarks, tables.bones);
            case hands:
                return hands_of(landmarks, *clips, tables);
            case validity:
                return frames.slice(1, points_ * coordinates_);
        }
        return torch::Tensor{};
    };
    std::vector<torch::Tensor> made;
    std::ranges::transform(parts_, std::back_inserter(made), derived);
    return torch::cat(made, 1);
}

torch::Tensor Inputs::known(const torch::Tensor& frames, const Tables& tables) {
    const auto is_known =
        (frames.index_select(1, tables.x) != 0).logical_or(frames.index_select(1, tables.x + 1) != 0);
    return is_known.to(frames.scalar_type());
}

torch::Tensor Inputs::velocities_of(const Landmarks& landmarks, const Clips& clips) {
    const auto& [values, known] = landmarks;
    const auto weight = known.slice(0, 1) * known.slice(0, 0, -1) * clips.is_later().slice(0, 1);
    const auto change = velocity_frames * (values.slice(0, 1) - values.slice(0, 0, -1)) * weight;
    return torch::cat({torch::zeros_like(values.slice(0, 0, 1)), change});
}

torch::Tensor Inputs::differences(const Landmarks& landmarks, const Columns& columns) {
    const auto of = [&](const torch::Tensor& values) { return values.index_select(1, columns.ends); };
    const auto from = [&](const torch::Tensor& values) { return values.index_select(1, columns.starts); };
    return (of(landmarks.values) - from(landmarks.values)) * (of(landmarks.known) * from(landmarks.known));
}

torch::Tensor Inputs::hands_of(const Landmarks& landmarks, const Clips& clips, const Tables& tables) const {
    const auto& [ends, starts] = tables.palms;
    const auto count = ends.numel() / coordinates_;
    const auto seen = landmarks.known.index_select(1, ends.slice(0, 0, {}, coordinates_)) *
                      landmarks.known.index_select(1, starts.slice(0, 0, {}, coordinates_));
    const auto squares =
        differences(landmarks, tables.palms).view({-1, count, coordinates_}).slice(2, 0, 2).square().sum(2);
    constexpr double smallest_square = 1e-12;  // the square root has an infinite slope at 0
    const auto lengths = squares.clamp_min(smallest_square).sqrt() * seen;

    const auto sums = clips.sums(torch::cat({lengths, seen}, 1));  // [B, 2 hands]
    const auto palms = (sums.slice(1, 0, count) / sums.slice(1, count).clamp_min(1)).clamp_min(smallest_palm);
    return differences(landmarks, tables.fingers) /
           clips.for_frames(palms).index_select(1, tables.hand_of_column);
}

}  // namespace sslslr
