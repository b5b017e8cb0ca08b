#include "src/data/mirror.hpp"

#include <algorithm>
#include <string>

#include "src/data/points.hpp"

namespace sslslr {

std::vector<std::int64_t> mirrored_features(const FeatureLayout& layout) {
    std::vector<std::string> partner_names;
    std::ranges::transform(layout.points, std::back_inserter(partner_names), mirrored);

    std::vector<std::int64_t> partners;
    for (const auto partner : positions_of(partner_names, layout.points)) {
        for (std::int64_t coordinate = 0; coordinate < layout.coordinates; ++coordinate) {
            partners.push_back(partner * layout.coordinates + coordinate);
        }
    }
    const auto parts = parts_of(layout.points);
    for (std::int64_t flag = 0; flag < layout.flags; ++flag) {
        const auto partner = mirrored(parts[static_cast<std::size_t>(flag)].name);
        partners.push_back(layout.landmark_width() +
                           (std::ranges::find(parts, partner, &BodyPart::name) - parts.begin()));
    }
    return partners;
}

template <class Value>
void mirror(std::span<Value> clip, const FeatureLayout& layout, std::span<const std::int64_t> partners) {
    const auto twice_the_centre = static_cast<Value>(2 * body_centre(layout));
    std::vector<Value> before(partners.size());
    for (auto rest = clip; !rest.empty(); rest = rest.subspan(partners.size())) {
        const auto frame = rest.first(partners.size());
        std::ranges::copy(frame, before.begin());
        std::ranges::transform(partners, frame.begin(), [&](std::int64_t partner) {
            return before[static_cast<std::size_t>(partner)];
        });
        for (std::int64_t at = 0; at < layout.landmark_width(); at += layout.coordinates) {
            Value& x = frame[static_cast<std::size_t>(at)];
            if (x != 0 || frame[static_cast<std::size_t>(at) + 1] != 0) {
                x = twice_the_centre - x;
            }
        }
    }
}

template void mirror(std::span<float>, const FeatureLayout&, std::span<const std::int64_t>);
template void mirror(std::span<double>, const FeatureLayout&, std::span<const std::int64_t>);

}  // namespace sslslr
