#include "io/store/landmark_counts.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

namespace sslslr::io {
namespace {

constexpr std::size_t plane_axes = 2;  // x and y; z has another scale
constexpr std::string_view axis_names = "xyz";
// Coordinates are shares of the image; points of the body may be outside it.
constexpr float least_usual = -1;
constexpr float greatest_usual = 2;
constexpr float infinity = std::numeric_limits<float>::infinity();

std::string body_part(const std::string& point) {
    return point.substr(0, point.find('.'));
}

}  // namespace

BodyParts::BodyParts(const std::vector<std::string>& points) {
    std::set<std::string> found;
    std::ranges::transform(points, std::inserter(found, found.end()), body_part);
    names.assign(found.begin(), found.end());
    points_of.resize(names.size());
    for (const auto& point : points) {
        const auto part =
            static_cast<std::size_t>(std::ranges::lower_bound(names, body_part(point)) - names.begin());
        part_of.push_back(part);
        ++points_of[part];
    }
    for (const auto& name : names) {
        is_hand.push_back(name.find("hand") != std::string::npos);
        has_hands = has_hands || is_hand.back();
    }
}

LandmarkCounts::LandmarkCounts(const ClipIndex& index)
    : index_{index}, parts_{index.point_names}, axes_{static_cast<std::size_t>(index.coordinates)} {
    const auto width = index.point_names.size() * axes_;
    for (auto* counts : {&clip_.missing, &clip_.outside, &clip_.zero, &clip_.infinite}) {
        counts->resize(width);
    }
    for (auto* counts : {&all_.detected, &all_.outside, &all_.zero, &all_.infinite}) {
        counts->resize(width);
    }
    all_.least.assign(width, infinity);
    all_.greatest.assign(width, -infinity);
}

std::string LandmarkCounts::name_of(std::size_t place) const {
    const auto axis = place % axes_;
    return index_.point_names[place / axes_] + " " +
           (axis < axis_names.size() ? std::string{axis_names[axis]} : std::to_string(axis));
}

// Written so that compilers vectorise it: no branches, no aliases, counters as wide as the values.
void LandmarkCounts::count_frames(std::span<const float> landmarks) {
    const auto width = clip_.missing.size();
    std::int32_t* const __restrict missing = clip_.missing.data();
    std::int32_t* const __restrict outside = clip_.outside.data();
    std::int32_t* const __restrict zero = clip_.zero.data();
    std::int32_t* const __restrict infinite = clip_.infinite.data();
    float* const __restrict least = all_.least.data();
    float* const __restrict greatest = all_.greatest.data();
    for (std::size_t frame = 0; frame < landmarks.size(); frame += width) {
        const float* const __restrict values = landmarks.data() + frame;
        for (std::size_t i = 0; i < width; ++i) {
            const float value = values[i];
            missing[i] += value != value ? 1 : 0;
            outside[i] += (value < least_usual ? 1 : 0) + (value > greatest_usual ? 1 : 0);
            zero[i] += value == 0 ? 1 : 0;
            infinite[i] += (value == infinity ? 1 : 0) + (value == -infinity ? 1 : 0);
            least[i] = value < least[i] ? value : least[i];
            greatest[i] = value > greatest[i] ? value : greatest[i];
        }
    }
}

ClipGaps LandmarkCounts::count(std::span<const float> landmarks) {
    for (auto* counts : {&clip_.missing, &clip_.outside, &clip_.zero, &clip_.infinite}) {
        std::ranges::fill(*counts, 0);
    }
    count_frames(landmarks);
    const auto width = clip_.missing.size();
    const auto frames = static_cast<std::int64_t>(landmarks.size() / std::max<std::size_t>(width, 1));
    ClipGaps gaps{.missing = std::vector<std::int64_t>(parts_.names.size())};
    std::int64_t plane_values = 0;
    std::int64_t outside = 0;
    for (std::size_t i = 0; i < width; ++i) {
        const auto part = parts_.part_of[i / axes_];
        const auto seen = frames - clip_.missing[i];
        all_.detected[i] += seen;
        all_.outside[i] += clip_.outside[i];
        all_.zero[i] += clip_.zero[i];
        all_.infinite[i] += clip_.infinite[i];
        gaps.missing[part] += i % axes_ == 0 ? clip_.missing[i] : 0;
        gaps.has_hand = gaps.has_hand || (seen > 0 && parts_.is_hand[part]);
        gaps.has_anything = gaps.has_anything || seen > 0;
        if (i % axes_ < plane_axes) {
            plane_values += seen;
            outside += clip_.outside[i];
        }
    }
    gaps.is_far = 2 * outside > plane_values;
    return gaps;
}

ValueCounts LandmarkCounts::values() const {
    ValueCounts sum;
    std::vector<std::size_t> far;
    for (std::size_t i = 0; i < all_.detected.size(); ++i) {
        sum.values += all_.detected[i];
        sum.infinite += all_.infinite[i];
        if (i % axes_ < plane_axes) {
            sum.plane_values += all_.detected[i];
            sum.outside += all_.outside[i];
            sum.zero += all_.zero[i];
            if (2 * all_.outside[i] > all_.detected[i]) {
                far.push_back(i);
            }
        }
        if (all_.detected[i] > 1 && all_.least[i] == all_.greatest[i]) {
            sum.constant.push_back(name_of(i));
        }
    }
    std::ranges::stable_sort(far, std::greater<>{}, [&](std::size_t i) {
        return static_cast<double>(all_.outside[i]) / static_cast<double>(all_.detected[i]);
    });
    for (const auto place : far) {
        sum.far.push_back(name_of(place));
    }
    return sum;
}

}  // namespace sslslr::io
