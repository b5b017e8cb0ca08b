#include "io/store/store_part.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace sslslr::io {
namespace {

using ClipNumbers = std::vector<std::int64_t>;

ClipNumbers first_numbers(std::size_t count) {
    ClipNumbers numbers(count);
    std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
    return numbers;
}

template <class T>
std::vector<T> chosen(const std::vector<T>& values, const ClipNumbers& which) {
    std::vector<T> some;
    if (!values.empty()) {
        std::ranges::transform(which, std::back_inserter(some),
                               [&](std::int64_t number) { return values[static_cast<std::size_t>(number)]; });
    }
    return some;
}

/// Returns the first `count` axes: "x,y" for 2 of "x,y,z".
std::string first_axes(const std::string& axes, std::int64_t count) {
    std::size_t end = 0;
    for (std::int64_t i = 0; i < count && end != std::string::npos; ++i) {
        end = axes.find(',', end + (i > 0 ? 1 : 0));
    }
    return axes.substr(0, end);
}

std::map<std::string, ClipNumbers> splits_of(const ClipIndex& index, const ClipNumbers& clips) {
    ClipNumbers place(index.labels.size(), -1);
    for (std::size_t i = 0; i < clips.size(); ++i) {
        place[static_cast<std::size_t>(clips[i])] = static_cast<std::int64_t>(i);
    }
    std::map<std::string, ClipNumbers> splits;
    for (const auto& [name, members] : index.splits) {
        auto kept = chosen(place, members);
        std::erase(kept, -1);
        if (!kept.empty() || members.empty()) {
            splits.emplace(name, std::move(kept));
        }
    }
    return splits;
}

}  // namespace

StorePart whole_of(const ClipIndex& index) {
    return {.clips = first_numbers(index.labels.size()),
            .points = first_numbers(index.point_names.size()),
            .coordinates = index.coordinates};
}

ClipIndex index_of(const ClipIndex& index, const StorePart& part) {
    ClipIndex some{.offsets = {0},
                   .labels = chosen(index.labels, part.clips),
                   .signers = chosen(index.signers, part.clips),
                   .ids = chosen(index.ids, part.clips),
                   .names = chosen(index.names, part.clips),
                   .fps = chosen(index.fps, part.clips),
                   .label_names = index.label_names,
                   .signer_names = index.signer_names,
                   .point_names = chosen(index.point_names, part.points),
                   .splits = splits_of(index, part.clips),
                   .attributes = index.attributes,
                   .coordinates = part.coordinates};
    for (const auto clip : part.clips) {
        const auto at = static_cast<std::size_t>(clip);
        some.offsets.push_back(some.frames() + index.offsets[at + 1] - index.offsets[at]);
    }
    auto& axes = some.attributes.at("coordinates");
    axes = first_axes(axes, part.coordinates);
    return some;
}

ClipSource source_of(const ClipStore& store, StorePart part) {
    const auto& index = store.index();
    const bool keeps_frames =
        part.coordinates == index.coordinates && part.points == first_numbers(index.point_names.size());
    if (keeps_frames) {
        return [&store, clips = std::move(part.clips)](std::int64_t clip, std::span<float> out) {
            const auto number = clips[static_cast<std::size_t>(clip)];
            store.read(number, number + 1, out);
        };
    }
    return [&store, part = std::move(part), whole = std::vector<float>{}](std::int64_t clip,
                                                                          std::span<float> out) mutable {
        const auto axes = static_cast<std::size_t>(store.index().coordinates);
        const auto kept_axes = static_cast<std::size_t>(part.coordinates);
        const auto frame_values = store.index().point_names.size() * axes;
        const auto frames = out.size() / (part.points.size() * kept_axes);
        const auto number = part.clips[static_cast<std::size_t>(clip)];
        whole.resize(frames * frame_values);
        store.read(number, number + 1, whole);
        auto* to = out.data();
        for (std::size_t frame = 0; frame < frames; ++frame) {
            for (const auto point : part.points) {
                const auto* const from =
                    whole.data() + frame * frame_values + static_cast<std::size_t>(point) * axes;
                to = std::copy_n(from, kept_axes, to);
            }
        }
    };
}

}  // namespace sslslr::io
