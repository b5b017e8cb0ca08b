#include "io/store/clip_content.hpp"

#include <algorithm>
#include <numeric>

#include "io/file/checksum.hpp"
#include "io/store/half.hpp"

namespace sslslr::io {
namespace {

/// Gives equal values equal bits. @return whether any value is a number
bool make_canonical(std::span<std::uint16_t> halves) {
    unsigned is_any_known = 0;
    for (auto& half : halves) {
        half = canonical(half);
        is_any_known |= half == half_nan ? 0U : 1U;
    }
    return is_any_known != 0;
}

}  // namespace

std::uint64_t ClipContent::operator()(std::span<const float> landmarks) {
    halves_.resize(landmarks.size());
    halves_of_floats(landmarks, halves_);
    if (!make_canonical(halves_)) {
        return 0;
    }
    // XXH3 includes the number of bytes, hence the clip's length. 0 is reserved for clips without content.
    return std::max<std::uint64_t>(checksum(std::as_bytes(std::span{halves_})), 1);
}

std::vector<std::vector<std::int64_t>> equal_clips(std::span<const std::uint64_t> contents) {
    std::vector<std::int64_t> order(contents.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const auto content = [&](std::int64_t clip) { return contents[static_cast<std::size_t>(clip)]; };
    std::ranges::sort(order, [&](std::int64_t a, std::int64_t b) {
        return content(a) != content(b) ? content(a) < content(b) : a < b;
    });
    std::vector<std::vector<std::int64_t>> groups;
    for (auto first = order.begin(); first != order.end();) {
        const auto last =
            std::find_if(first, order.end(), [&](auto clip) { return content(clip) != content(*first); });
        if (content(*first) != 0 && last - first > 1) {
            groups.emplace_back(first, last);
        }
        first = last;
    }
    std::ranges::sort(groups, {}, [](const auto& group) { return group.front(); });
    return groups;
}

std::vector<std::uint64_t> contents_of(const ClipStore& store) {
    const auto& index = store.index();
    const auto frame_values = index.point_names.size() * static_cast<std::size_t>(index.coordinates);
    ClipContent content;
    std::vector<std::uint64_t> contents;
    std::vector<float> landmarks;
    for (std::int64_t clip = 0; clip < index.clips(); ++clip) {
        const auto at = static_cast<std::size_t>(clip);
        landmarks.resize(static_cast<std::size_t>(index.offsets[at + 1] - index.offsets[at]) * frame_values);
        store.read(clip, clip + 1, landmarks);
        contents.push_back(content(landmarks));
    }
    return contents;
}

}  // namespace sslslr::io
