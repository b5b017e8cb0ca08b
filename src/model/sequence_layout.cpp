#include "src/model/sequence_layout.hpp"

#include <algorithm>
#include <numeric>

#include "src/data/keyed_random.hpp"

namespace sslslr {

SequenceLayout::SequenceLayout(const PackedClips& clips, std::uint64_t dropout_seed) {
    const auto count = clips.clips();
    order = torch::empty({count}, torch::kInt64);
    inverse = torch::empty({count}, torch::kInt64);
    cls_keys = torch::empty({count}, torch::kInt32);
    row_keys = torch::empty({clips.offsets.back() + count}, torch::kInt32);

    auto* const sorted = order.data_ptr<std::int64_t>();
    std::iota(sorted, sorted + count, 0);
    std::stable_sort(sorted, sorted + count,
                     [&](std::int64_t a, std::int64_t b) { return clips.length(a) < clips.length(b); });

    starts.reserve(static_cast<std::size_t>(count) + 1);
    starts.push_back(0);
    auto* key = row_keys.data_ptr<std::int32_t>();
    for (std::int64_t position = 0; position < count; ++position) {
        const auto clip = sorted[position];
        const auto length = clips.length(clip);
        inverse.data_ptr<std::int64_t>()[clip] = position;
        if (runs.empty() || runs.back().length != length) {
            runs.push_back({0, length});
        }
        ++runs.back().clips;
        starts.push_back(starts.back() + 1 + length);

        const auto index = static_cast<std::size_t>(clip);
        const auto clip_key = mix({dropout_seed, static_cast<std::uint64_t>(clips.ids[index]),
                                   static_cast<std::uint64_t>(clips.views[index])});
        cls_keys.data_ptr<std::int32_t>()[position] = static_cast<std::int32_t>(mix({clip_key, 0}));
        for (std::int64_t token = 0; token <= length; ++token) {
            *key++ = static_cast<std::int32_t>(mix({clip_key, static_cast<std::uint64_t>(token)}));
        }
    }
    cls_rows = torch::tensor(std::vector<std::int64_t>{starts.begin(), starts.end() - 1}, torch::kInt64);
}

std::vector<std::int64_t> SequenceLayout::rows(std::int64_t extra) const {
    std::vector<std::int64_t> sizes;
    sizes.reserve(runs.size());
    for (const auto& run : runs) {
        sizes.push_back(run.clips * (run.length + extra));
    }
    return sizes;
}

torch::Tensor frames_in_order(const PackedClips& clips, const SequenceLayout& layout) {
    std::vector<torch::Tensor> pieces{clips.frames.slice(0, 0, 0)};  // cat refuses an empty list
    const auto* const order = layout.order.const_data_ptr<std::int64_t>();
    for (std::int64_t position = 0; position < clips.clips(); ++position) {
        const auto clip = order[position];
        const auto begin = clips.offsets[static_cast<std::size_t>(clip)];
        pieces.push_back(clips.frames.slice(0, begin, begin + clips.length(clip)));
    }
    return torch::cat(pieces);
}

}  // namespace sslslr
