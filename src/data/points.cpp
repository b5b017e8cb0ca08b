#include "src/data/points.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "io/store/holistic_points.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr std::ptrdiff_t upper_body_points = 23;  // of the pose: those above the hips

}  // namespace

std::vector<std::string> points_of(PointSet set) {
    auto points = io::holistic_point_names();
    if (set == PointSet::upper_body) {
        points.erase(points.begin() + upper_body_points, points.begin() + std::ssize(io::pose_points));
    }
    return points;
}

std::string_view part_of(std::string_view point) {
    return point.substr(0, point.find('.'));
}

std::vector<BodyPart> parts_of(const std::vector<std::string>& points) {
    std::vector<BodyPart> parts;
    for (std::int64_t at = 0; at < std::ssize(points); ++at) {
        const auto part = part_of(points[static_cast<std::size_t>(at)]);
        if (parts.empty() || parts.back().name != part) {
            parts.push_back({std::string{part}, at, at});
        }
        parts.back().last = at + 1;
    }
    return parts;
}

std::string mirrored(const std::string& point) {
    constexpr std::string_view left = "left";
    constexpr std::string_view right = "right";
    if (const auto at = point.find(left); at != std::string::npos) {
        return std::string{point}.replace(at, left.size(), right);
    }
    if (const auto at = point.find(right); at != std::string::npos) {
        return std::string{point}.replace(at, right.size(), left);
    }
    return point;
}

std::vector<std::int64_t> positions_of(const std::vector<std::string>& wanted,
                                       const std::vector<std::string>& available) {
    std::vector<std::int64_t> positions;
    std::vector<std::string> missing;
    for (const auto& point : wanted) {
        const auto found = std::ranges::find(available, point);
        if (found == available.end()) {
            missing.push_back(point);
        }
        positions.push_back(found - available.begin());
    }
    if (!missing.empty()) {
        constexpr std::size_t most_shown = 5;
        throw ConfigError{fmt::format(
            "the data lack {} of {} points: {}{}; choose others with {}, or data with the points of "
            "MediaPipe Holistic",
            missing.size(), wanted.size(), fmt::join(missing | std::views::take(most_shown), ", "),
            missing.size() > most_shown ? ", ..." : "", io::setting("points"))};
    }
    return positions;
}

}  // namespace sslslr
