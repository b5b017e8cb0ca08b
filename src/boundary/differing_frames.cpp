#include "src/boundary/differing_frames.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include <ATen/Functions.h>

#include "src/data/gather.hpp"
#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

using Numbers = std::vector<std::int64_t>;

/// Draws the places of clips that are used, in ascending order.
Numbers drawn_of(std::size_t clips) {
    constexpr std::size_t most = 4000;
    Numbers places(clips);
    std::iota(places.begin(), places.end(), std::int64_t{0});
    if (clips > most) {
        KeyedRandom random{0, Purpose::differing_frames, {}};
        shuffle(std::span{places}, random);
        places.resize(most);
        std::ranges::sort(places);
    }
    return places;
}

Numbers at_places(std::span<const std::int64_t> values, const Numbers& places) {
    Numbers chosen;
    for (const auto place : places) {
        chosen.push_back(values[static_cast<std::size_t>(place)]);
    }
    return chosen;
}

torch::Tensor tensor_of(const Numbers& values) {
    return torch::tensor(values, torch::kInt64);
}

/// Numbers the different values in ascending order.
Numbers numbered(const Numbers& values) {
    std::map<std::int64_t, std::int64_t> numbers;
    for (const auto value : values) {
        numbers[value];
    }
    std::int64_t next = 0;
    for (auto& [value, number] : numbers) {
        number = next++;
    }
    Numbers result;
    for (const auto value : values) {
        result.push_back(numbers.at(value));
    }
    return result;
}

/// Returns the means of groups of rows. @param groups  from 0, each with a row
torch::Tensor means(const torch::Tensor& values, const Numbers& groups) {
    const auto count = *std::ranges::max_element(groups) + 1;
    const auto sums = torch::zeros({count, values.size(1), values.size(2)}, values.options());
    const auto numbers = tensor_of(groups);
    return sums.index_add(0, numbers, values) / at::bincount(numbers, {}, count).view({-1, 1, 1});
}

/// Returns the clips' features at `frames` places each, less their signers' means: [clips, frames, F].
torch::Tensor aligned(const Features& features, const Numbers& clips, std::int64_t frames) {
    const auto recorded = gather(features, clips);
    Numbers rows;
    for (std::int64_t clip = 0; clip < recorded.clips(); ++clip) {
        for (std::int64_t frame = 0; frame < frames; ++frame) {
            rows.push_back(recorded.offsets[static_cast<std::size_t>(clip)] +
                           (2 * frame + 1) * recorded.length(clip) / (2 * frames));
        }
    }
    const auto landmarks = recorded.frames.slice(1, 0, features.layout.landmark_width()).to(torch::kFloat32);
    const auto values = landmarks.index_select(0, tensor_of(rows)).view({recorded.clips(), frames, -1});
    const auto groups = numbered(at_places(features.signers, clips));
    return values - means(values, groups).index_select(0, tensor_of(groups));
}

class Ratios {
public:
    explicit Ratios(torch::Tensor values)
        : values_{std::move(values)},
          all_{values_.square().sum(at::IntArrayRef{0, 2}, false, torch::kFloat64)} {}

    /// Returns the ratio of each frame: [frames].
    torch::Tensor of(const Numbers& labels) const {
        const auto classes = *std::ranges::max_element(labels) + 1;
        const auto sizes = at::bincount(tensor_of(labels), {}, classes).view({-1, 1});
        const auto squares = means(values_, labels).square().sum(at::IntArrayRef{2}, false, torch::kFloat64);
        const auto between = (squares * sizes).sum(0);
        constexpr double smallest = 1e-12;  // of a frame that is the same in all clips
        return between / static_cast<double>(classes - 1) /
               ((all_ - between).clamp_min(smallest) / static_cast<double>(values_.size(0) - classes));
    }

private:
    torch::Tensor values_;
    torch::Tensor all_;  ///< sum of squares in each frame
};

/// Puts the labels of each signer's clips in another order.
Numbers shuffled(const Numbers& labels, const Numbers& signers, std::uint64_t draw) {
    std::map<std::int64_t, Numbers> places;
    for (std::size_t at = 0; at < signers.size(); ++at) {
        places[signers[at]].push_back(static_cast<std::int64_t>(at));
    }
    auto result = labels;
    for (const auto& [signer, from] : places) {
        auto to = from;
        KeyedRandom random{0, Purpose::differing_frames, {draw, static_cast<std::uint64_t>(signer)}};
        shuffle(std::span{to}, random);
        for (std::size_t at = 0; at < from.size(); ++at) {
            result[static_cast<std::size_t>(to[at])] = labels[static_cast<std::size_t>(from[at])];
        }
    }
    return result;
}

}  // namespace

std::optional<ClipBoundary> differing_frames(const Features& features, std::span<const std::int64_t> clips,
                                             std::span<const std::int64_t> labels, std::int64_t frames) {
    const auto places = drawn_of(clips.size());
    const auto chosen = at_places(clips, places);
    const auto classes = numbered(at_places(labels, places));
    if (chosen.empty() || std::ranges::max(classes) < 1 ||
        std::ssize(chosen) <= std::ranges::max(classes) + 1) {
        return std::nullopt;
    }
    const auto signers = at_places(features.signers, chosen);
    const Ratios ratios{aligned(features, chosen, frames)};
    constexpr std::uint64_t draws = 99;
    std::vector<double> largest;
    for (std::uint64_t draw = 0; draw < draws; ++draw) {
        largest.push_back(ratios.of(shuffled(classes, signers, draw)).max().item<double>());
    }
    std::ranges::sort(largest);
    const auto differs = (ratios.of(classes) > largest[(draws + 1) * 95 / 100 - 1]).nonzero().view({-1});
    if (differs.numel() == 0) {
        return std::nullopt;
    }
    return ClipBoundary{differs[0].item<std::int64_t>(), frames - 1 - differs[-1].item<std::int64_t>()};
}

}  // namespace sslslr
