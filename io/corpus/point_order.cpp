#include "io/corpus/point_order.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <unordered_map>

#include "io/store/holistic_points.hpp"

namespace sslslr::io {
namespace {

constexpr std::int64_t pose_begin = 0;
constexpr std::int64_t left_begin = 33;
constexpr std::int64_t right_begin = 54;
constexpr std::int64_t dropped = -1;

struct Piece {
    std::int64_t begin;  ///< first point in an imported frame, or dropped
    std::size_t points;
};

constexpr Piece pose_piece{pose_begin, 33};
constexpr Piece upper_pose_piece{pose_begin, 23};
constexpr Piece left_piece{left_begin, 21};
constexpr Piece right_piece{right_begin, 21};
constexpr Piece face_piece{dropped, 468};
constexpr Piece refined_face_piece{dropped, 478};

struct NamedOrder {
    const char* name;
    std::vector<Piece> pieces;
};

const std::vector<NamedOrder>& known_orders() {
    static const std::vector<NamedOrder> orders{
        {"holistic-75", {pose_piece, left_piece, right_piece}},
        {"holistic-543", {face_piece, left_piece, pose_piece, right_piece}},
        {"mp-data-543", {pose_piece, face_piece, left_piece, right_piece}},
        {"asl-citizen-543", {pose_piece, right_piece, left_piece, face_piece}},
        {"holistic-553", {refined_face_piece, left_piece, pose_piece, right_piece}},
        {"mp-data-553", {pose_piece, refined_face_piece, left_piece, right_piece}},
        {"asl-citizen-553", {pose_piece, right_piece, left_piece, refined_face_piece}},
        {"upper-body-65", {upper_pose_piece, left_piece, right_piece}},
        {"hands-42", {left_piece, right_piece}},
        {"hands-42-right-first", {right_piece, left_piece}},
        {"left-hand-21", {left_piece}},
        {"right-hand-21", {right_piece}}};
    return orders;
}

constexpr std::array<Piece, 3> parts{pose_piece, left_piece, right_piece};

void forget(std::span<float> values) {
    std::ranges::fill(values, not_detected);
}

/// Whether x and y of all points equal `value`. Points that the source lacks are ignored.
bool is_constant(std::span<const float> points, float value) {
    for (std::size_t i = 0; i < points.size(); i += import_coordinates) {
        const bool is_known = !std::isnan(points[i]) || !std::isnan(points[i + 1]);
        if (is_known && (points[i] != value || points[i + 1] != value)) {
            return false;
        }
    }
    return true;
}

void forget_constant_parts(std::span<float> frame) {
    for (const auto& part : parts) {
        const auto values = frame.subspan(static_cast<std::size_t>(part.begin) * import_coordinates,
                                          part.points * import_coordinates);
        if (is_constant(values, 0) || is_constant(values, -1)) {
            forget(values);
        }
    }
}

void forget_points(std::span<float> frame, float value) {
    for (std::size_t i = 0; i < frame.size(); i += import_coordinates) {
        if (const auto point = frame.subspan(i, import_coordinates); is_constant(point, value)) {
            forget(point);
        }
    }
}

}  // namespace

std::optional<PointOrder> point_order(const std::string& name) {
    const auto& orders = known_orders();
    const auto found = std::ranges::find(orders, name, &NamedOrder::name);
    if (found == orders.end()) {
        return std::nullopt;
    }
    PointOrder order;
    for (const auto& piece : found->pieces) {
        for (std::size_t i = 0; i < piece.points; ++i) {
            order.push_back(piece.begin == dropped ? dropped : piece.begin + static_cast<std::int64_t>(i));
        }
    }
    return order;
}

std::vector<std::string> point_order_names() {
    std::vector<std::string> names;
    for (const auto& order : known_orders()) {
        if (order.pieces.size() > 1) {
            names.emplace_back(order.name);
        }
    }
    return names;
}

std::vector<std::string> point_orders_of(std::size_t points) {
    std::vector<std::string> names;
    for (const auto& order : known_orders()) {
        std::size_t sum = 0;
        for (const auto& piece : order.pieces) {
            sum += piece.points;
        }
        if (sum == points) {
            names.emplace_back(order.name);
        }
    }
    return names;
}

std::string usual_point_order(std::size_t points) {
    switch (points) {
        case 75:
            return "holistic-75";
        case 65:
            return "upper-body-65";
        case 42:
            return "hands-42";
        default:
            return "";
    }
}

std::int64_t holistic_point(const std::string& name) {
    static const auto numbers = [] {
        std::unordered_map<std::string, std::int64_t> all;
        for (const auto& point : holistic_point_names()) {
            all.emplace(point, static_cast<std::int64_t>(all.size()));
        }
        return all;
    }();
    const auto found = numbers.find(name);
    return found == numbers.end() ? dropped : found->second;
}

ImportedClip arranged(const std::vector<float>& values, const PointOrder& order, std::size_t coordinates,
                      Missing missing, std::optional<float> value) {
    const auto frame_values = order.size() * coordinates;
    const auto frames = values.size() / frame_values;
    const auto kept = std::min(coordinates, import_coordinates);
    ImportedClip clip;
    clip.landmarks.assign(frames * import_frame_values, not_detected);
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const auto* from = values.data() + frame * frame_values;
        auto* to = clip.landmarks.data() + frame * import_frame_values;
        for (std::size_t point = 0; point < order.size(); ++point) {
            if (order[point] != dropped) {
                std::copy_n(from + point * coordinates, kept,
                            to + static_cast<std::size_t>(order[point]) * import_coordinates);
            }
        }
    }
    mark_missing(clip, missing, value);
    return clip;
}

void mark_missing(ImportedClip& clip, Missing missing, std::optional<float> value) {
    for (std::size_t at = 0; at < clip.landmarks.size(); at += import_frame_values) {
        const auto frame = std::span{clip.landmarks}.subspan(at, import_frame_values);
        if (value) {
            forget_points(frame, *value);
        }
        if (missing == Missing::constant_parts) {
            forget_constant_parts(frame);
        } else if (missing == Missing::zero_points) {
            forget_points(frame, 0);
        }
    }
    bool is_beyond = false;
    for (auto& number : clip.landmarks) {
        if (std::isinf(number) || std::abs(number) > largest_coordinate) {
            number = not_detected;
            is_beyond = true;
        }
    }
    if (is_beyond) {
        clip.repairs.emplace_back("values that are infinite or beyond 65504 treated as not detected");
    }
}

}  // namespace sslslr::io
