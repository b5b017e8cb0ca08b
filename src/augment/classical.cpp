#include "src/augment/classical.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sslslr {
namespace {

/// Calls change(x, y) for every point of every frame that is not missing.
template <class Value, class Change>
void for_each_point(std::span<Value> clip, const FeatureLayout& layout, Change change) {
    for (auto frame = clip; !frame.empty(); frame = frame.subspan(static_cast<std::size_t>(layout.width()))) {
        for (std::int64_t at = 0; at < layout.landmark_width(); at += layout.coordinates) {
            Value& x = frame[static_cast<std::size_t>(at)];
            Value& y = frame[static_cast<std::size_t>(at) + 1];
            if (x != 0 || y != 0) {
                change(x, y);
            }
        }
    }
}

/// Weights of a Gaussian at distances 0 .. 4 sigma, not normalised.
template <class Value>
std::vector<Value> gaussian(double sigma) {
    std::vector<Value> weights;
    for (int distance = 0; distance <= std::ceil(4 * sigma); ++distance) {
        weights.push_back(static_cast<Value>(std::exp(-distance * distance / (2 * sigma * sigma))));
    }
    return weights;
}

}  // namespace

template <class Value>
void rotate(std::span<Value> clip, const FeatureLayout& layout, double degrees) {
    const auto cosine = static_cast<Value>(std::cos(degrees * std::numbers::pi / 180));
    const auto sine = static_cast<Value>(std::sin(degrees * std::numbers::pi / 180));
    const auto centre = static_cast<Value>(body_centre(layout));
    for_each_point(clip, layout, [&](Value& x, Value& y) {
        const Value right = x - centre;
        const Value down = y - centre;
        x = centre + cosine * right - sine * down;
        y = centre + sine * right + cosine * down;
    });
}

template <class Value>
void blur(std::span<const Value> clip, const FeatureLayout& layout, std::span<const std::int64_t> order,
          double sigma, std::span<Value> out) {
    const auto weights = gaussian<Value>(sigma);
    const auto radius = static_cast<std::int64_t>(weights.size()) - 1;
    const auto width = layout.width();
    const auto last = static_cast<std::int64_t>(clip.size()) / width - 1;

    Value* target = out.data();
    for (const auto frame : order) {
        std::copy_n(clip.data() + frame * width, width, target);
        std::fill_n(target, layout.landmark_width(), Value{0});
        const auto begin = std::max<std::int64_t>(frame - radius, 0);
        const auto end = std::min(frame + radius, last);
        Value sum = 0;
        for (auto near = begin; near <= end; ++near) {
            sum += weights[static_cast<std::size_t>(std::abs(near - frame))];
        }
        for (auto near = begin; near <= end; ++near) {
            const Value weight = weights[static_cast<std::size_t>(std::abs(near - frame))] / sum;
            const Value* source = clip.data() + near * width;
            for (std::int64_t column = 0; column < layout.landmark_width(); ++column) {
                target[column] += weight * source[column];
            }
        }
        target += width;
    }
}

template void rotate(std::span<float>, const FeatureLayout&, double);
template void rotate(std::span<double>, const FeatureLayout&, double);
template void blur(std::span<const float>, const FeatureLayout&, std::span<const std::int64_t>, double,
                   std::span<float>);
template void blur(std::span<const double>, const FeatureLayout&, std::span<const std::int64_t>, double,
                   std::span<double>);

}  // namespace sslslr
