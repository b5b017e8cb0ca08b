#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"
#include "io/store/holistic_points.hpp"

namespace sslslr::io {

/// Where the points of a source go in an imported frame; -1 for those that are not kept.
using PointOrder = std::vector<std::int64_t>;

/// The orders in which arrays of landmarks are found, by name:
///   holistic-75     pose 33, left hand, right hand
///   holistic-543    face 468, left hand, pose 33, right hand (Kaggle's)
///   mp-data-543     pose 33, face 468, left hand, right hand
///   asl-citizen-543 pose 33, right hand, left hand, face 468
///   ...-553         the same with a face of 478 points (MediaPipe's refined one, with irises)
///   upper-body-65   pose 23, left hand, right hand
///   hands-42        left hand, right hand; hands-42-right-first the other way
///   left-hand-21, right-hand-21
/// Sources: the formats of each corpus, io/README.md, "Importing".
/// @return nothing for another name
std::optional<PointOrder> point_order(const std::string& name);
/// Those that a user may name; the orders of one hand are named by the hand.
std::vector<std::string> point_order_names();
/// Those of so many points.
std::vector<std::string> point_orders_of(std::size_t points);
/// The order that arrays of so many points have if no other is named; empty if several could be meant.
std::string usual_point_order(std::size_t points);

/// The number of a point in an imported frame by its name, or -1.
std::int64_t holistic_point(const std::string& name);

/// The greatest that float16 holds.
inline constexpr float largest_coordinate = 65504;

/// Which values of a source mean "not detected" beside NaN.
enum class Missing {
    nan,             ///< no other
    constant_parts,  ///< a part (pose, left hand, right hand) whose x and y are all 0, or all -1, in a frame
    zero_points      ///< a point whose x and y are 0
};

/// Frames of a source array into imported ones.
///
/// @param values       [T, P, C] with P = order.size(), C >= 2 (x, y, z if C >= 3; further ones are passed over)
/// @param coordinates  C
/// @param value        a point whose x and y have this value was not detected either
/// Values that are not finite, or beyond what float16 holds, become NaN and are named in the clip's repairs.
ImportedClip arranged(const std::vector<float>& values, const PointOrder& order, std::size_t coordinates,
                      Missing missing, std::optional<float> value = std::nullopt);

/// Marks as NaN what `missing` and `value` say of a clip, and values that a store cannot hold.
void mark_missing(ImportedClip& clip, Missing missing, std::optional<float> value = std::nullopt);

}  // namespace sslslr::io
