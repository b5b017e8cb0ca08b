#include "io/store/holistic_points.hpp"

#include <span>

namespace sslslr::io {

const std::vector<std::string>& holistic_point_names() {
    static const auto names = [] {
        std::vector<std::string> all;
        const auto append = [&](const std::string& part, std::span<const std::string_view> points) {
            for (const auto point : points) {
                all.push_back(part + "." + std::string{point});
            }
        };
        append("pose", pose_points);
        append("left_hand", hand_points);
        append("right_hand", hand_points);
        return all;
    }();
    return names;
}

}  // namespace sslslr::io
