#include "io/corpus/array_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/point_order.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

namespace sslslr::io {
namespace {

constexpr std::size_t pose_points_count = 33;
constexpr std::size_t one_hand = 21;
constexpr std::array<std::size_t, 3> possible_coordinates{2, 3, 4};

/// Flat frames that begin with a pose of x, y, z and visibility: MP_Data's, with a face (468 or 478) or
/// without.
struct FlatWithVisibility {
    std::size_t values;
    const char* order;
};
constexpr std::array<FlatWithVisibility, 3> with_visibility{
    {{1662, "mp-data-543"}, {1692, "mp-data-553"}, {258, "holistic-75"}}};

std::string known_points() {
    return fmt::format(
        "75 (pose, hands), 65 (upper body, hands), 42 (both hands), 21 (one hand, named with {}), or 543 or "
        "553 (with a face, their order named with {}) points",
        setting("hand"), setting("point-order"));
}

std::string known_values() {
    return fmt::format(
        "1662 or 1692 (pose, face, hands), 258 (pose, hands), 225 or 150 (pose without visibility, hands), "
        "126 or 84 (both hands), 63 or 42 (one hand, named with {}), or 2 to 4 coordinates of each point of "
        "a named {}",
        setting("hand"), setting("point-order"));
}

std::string hand_order(const std::string& hand) {
    if (hand != "left" && hand != "right") {
        throw std::invalid_argument{fmt::format("{}: expected left or right", setting("hand", hand))};
    }
    return hand + "-hand-21";
}

float number_of(const std::string& text) {
    float value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        throw std::invalid_argument{
            fmt::format("{}: expected the number that marks points that were not detected, such as -1",
                        setting("missing", text))};
    }
    return value;
}

/// Returns frames of x, y and z, without the visibility of the pose's points.
std::vector<float> without_visibility(const std::vector<float>& values, std::size_t frame_values) {
    std::vector<float> kept;
    kept.reserve(values.size());
    for (auto from = values.begin(); from != values.end();) {
        const auto end = from + static_cast<std::ptrdiff_t>(frame_values);
        for (std::size_t point = 0; point < pose_points_count; ++point, from += 4) {
            kept.insert(kept.end(), from, from + 3);
        }
        kept.insert(kept.end(), from, end);
        from = end;
    }
    return kept;
}

/// Returns the orders of this many points that --point-order accepts.
std::vector<std::string> nameable_orders(std::size_t points) {
    auto orders = point_orders_of(points);
    const auto names = point_order_names();
    std::erase_if(orders, [&](const auto& each) { return std::ranges::find(names, each) == names.end(); });
    return orders;
}

bool is_known_width(std::size_t values) {
    return std::ranges::find(with_visibility, values, &FlatWithVisibility::values) != with_visibility.end() ||
           std::ranges::any_of(possible_coordinates, [&](std::size_t coordinates) {
               return values % coordinates == 0 && !point_orders_of(values / coordinates).empty();
           });
}

/// Returns how to transpose an array whose axes are in the wrong order; empty if no order would be readable.
std::string advice_on_axes(const std::vector<std::size_t>& shape) {
    std::array<std::size_t, 3> axes{0, 1, 2};  // frames, points, coordinates
    while (shape.size() == axes.size() && std::ranges::next_permutation(axes).found) {
        if (!point_orders_of(shape[axes[1]]).empty() &&
            std::ranges::find(possible_coordinates, shape[axes[2]]) != possible_coordinates.end()) {
            std::array<const char*, 3> names{};
            names[axes[0]] = "frames";
            names[axes[1]] = "points";
            names[axes[2]] = "coordinates";
            return fmt::format("; if it is [{}], save numpy.transpose(array, ({}))", fmt::join(names, ", "),
                               fmt::join(axes, ", "));
        }
    }
    return shape.size() == 2 && is_known_width(shape[0])
               ? "; if it is [values, frames], save numpy.transpose(array)"
               : "";
}

/// The array being read, for error messages.
struct Source {
    const std::filesystem::path& path;
    const std::string& object;
    const std::vector<std::size_t>& shape;

    [[noreturn]] void fail(const std::string& problem) const { throw DataError{path, object + problem}; }
    [[noreturn]] void fail_with_axes(const std::string& problem) const {
        fail(problem + advice_on_axes(shape));
    }
};

/// Refuses a clip that has no x or y left because its numbers are too large for coordinates.
void check_range(const Source& source, const std::vector<float>& values, const ImportedClip& clip) {
    for (std::size_t i = 0; i < clip.landmarks.size(); i += import_coordinates) {
        if (!std::isnan(clip.landmarks[i]) || !std::isnan(clip.landmarks[i + 1])) {
            return;
        }
    }
    const auto found = std::ranges::find_if(
        values, [](float value) { return std::isfinite(value) && std::abs(value) > largest_coordinate; });
    if (found != values.end()) {
        source.fail(fmt::format(
            "expected coordinates (fractions of the image, or pixels) from -{0} to {0}, found {1} and no x "
            "or y in that range; if {1} marks points that were not detected, use {2}",
            largest_coordinate, *found, setting("missing", fmt::format("{}", *found))));
    }
}

class ArrayReading {
public:
    explicit ArrayReading(const CorpusOptions& options);

    ImportedClip operator()(const std::filesystem::path& path, const std::string& object,
                            const std::vector<std::size_t>& shape, const std::vector<float>& values) const;

private:
    struct Frame {
        std::string order;
        std::size_t coordinates;
        bool has_visibility = false;  ///< pose points have a fourth number after x, y and z
    };

    Frame frame_of(const Source& source) const;
    Frame flat_frame(const Source& source) const;
    std::string order_for(const Source& source, std::size_t points) const;

    std::string order_;   ///< "auto": by the number of points
    std::string option_;  ///< the option that names the order, for error messages
    Missing missing_;
    std::optional<float> missing_value_;
};

ArrayReading::ArrayReading(const CorpusOptions& options)
    : order_{options.hand.empty() ? options.point_order : hand_order(options.hand)},
      option_{options.hand.empty() ? setting("point-order", options.point_order)
                                   : setting("hand", options.hand)},
      missing_{options.zero_is_missing ? Missing::constant_parts : Missing::nan} {
    if (!options.hand.empty() && options.point_order != "auto") {
        throw std::invalid_argument{fmt::format("{} and {}: both name the order of the points; leave one out",
                                                setting("hand", options.hand),
                                                setting("point-order", options.point_order))};
    }
    const auto names = point_order_names();
    if (options.point_order != "auto" && std::ranges::find(names, options.point_order) == names.end()) {
        throw std::invalid_argument{fmt::format(
            "{}: expected auto, {}", setting("point-order", options.point_order), fmt::join(names, ", "))};
    }
    if (!options.missing.empty()) {
        missing_value_ = number_of(options.missing);
    }
}

ImportedClip ArrayReading::operator()(const std::filesystem::path& path, const std::string& object,
                                      const std::vector<std::size_t>& shape,
                                      const std::vector<float>& values) const {
    const auto frame = frame_of({path, object, shape});
    if (values.empty()) {
        return {};
    }
    const auto order = *point_order(frame.order);
    auto clip = frame.has_visibility ? arranged(without_visibility(values, shape[1]), order,
                                                frame.coordinates, missing_, missing_value_)
                                     : arranged(values, order, frame.coordinates, missing_, missing_value_);
    if (!clip.repairs.empty()) {  // values beyond what a store holds
        check_range({path, object, shape}, values, clip);
    }
    if (shape.size() == 4 && order_ == "auto") {
        clip.repairs.emplace_back(
            fmt::format("two unnamed hands taken as left, then right (otherwise use {})",
                        setting("point-order", "hands-42-right-first")));
    }
    return clip;
}

ArrayReading::Frame ArrayReading::frame_of(const Source& source) const {
    const auto& shape = source.shape;
    const bool ends_in_coordinates = !shape.empty() && shape.back() >= 2 && shape.back() <= 4;
    if (shape.size() == 3 && ends_in_coordinates) {
        return {.order = order_for(source, shape[1]), .coordinates = shape[2]};
    }
    if (shape.size() == 4 && shape[1] == 2 && shape[2] == one_hand && ends_in_coordinates) {
        return {.order = order_for(source, 2 * one_hand), .coordinates = shape[3]};
    }
    if (shape.size() == 2) {
        return flat_frame(source);
    }
    auto problem = fmt::format(
        "expected a shape of [frames, points, 2 to 4 coordinates], [frames, 2 hands, 21, 2 to 4] or [frames, "
        "values], found [{}]",
        fmt::join(shape, ", "));
    if (shape.size() == 1 && is_known_width(shape[0])) {
        problem +=
            fmt::format(", a single frame; {} reads LABEL/SEQUENCE/FRAME.npy", setting("from", "mp-data"));
    } else if (shape.size() >= 3) {
        problem += advice_on_axes(shape) +
                   "; name an array of many clips, [clips, frames, ...], X.npy and that of their labels "
                   "y.npy (or X_train.npy, y_train.npy), or save each clip in its own file";
    }
    source.fail(problem);
}

ArrayReading::Frame ArrayReading::flat_frame(const Source& source) const {
    const auto values = source.shape[1];
    const auto* const known = std::ranges::find(with_visibility, values, &FlatWithVisibility::values);
    if (known != with_visibility.end() && (order_ == "auto" || order_ == known->order)) {
        return {.order = known->order, .coordinates = 3, .has_visibility = true};
    }
    // Several numbers of coordinates may divide the frame. Those of a clear point order are tried first.
    for (const bool may_be_unclear : {false, true}) {
        for (const auto coordinates : possible_coordinates) {
            const auto points = values / coordinates;
            const auto orders = point_orders_of(points);
            const bool fits = order_ == "auto"
                                  ? !usual_point_order(points).empty() || (may_be_unclear && !orders.empty())
                                  : std::ranges::find(orders, order_) != orders.end();
            if (points * coordinates == values && fits) {
                return {.order = order_for(source, points), .coordinates = coordinates};
            }
        }
    }
    if (order_ == "auto") {
        source.fail_with_axes(
            fmt::format("expected flat frames of {}, found {} numbers per frame", known_values(), values));
    }
    source.fail_with_axes(
        fmt::format("expected flat frames of {} points as {} says, found {} numbers per frame",
                    point_order(order_)->size(), option_, values));
}

std::string ArrayReading::order_for(const Source& source, std::size_t points) const {
    if (order_ != "auto") {
        if (const auto expected = point_order(order_)->size(); expected != points) {
            const auto others = nameable_orders(points);
            const auto known = others.empty() ? "" : fmt::format(" ({})", fmt::join(others, ", "));
            source.fail_with_axes(
                fmt::format("expected {} points as {} says, found {}{}", expected, option_, points, known));
        }
        return order_;
    }
    if (auto usual = usual_point_order(points); !usual.empty()) {
        return usual;
    }
    if (points == one_hand) {
        source.fail(
            fmt::format("frames of one hand (21 points, 63 or 42 numbers): name the hand with {} or {}",
                        setting("hand", "left"), setting("hand", "right")));
    }
    const auto orders = point_orders_of(points);
    if (orders.empty()) {
        source.fail_with_axes(fmt::format("expected frames of {}, found {}", known_points(), points));
    }
    source.fail(fmt::format("arrays of {} points come in several orders: name the order with {} ({})", points,
                            setting("point-order"), fmt::join(orders, ", ")));
}

}  // namespace

ArrayReader array_reader(const CorpusOptions& options) {
    return ArrayReading{options};
}

}  // namespace sslslr::io
