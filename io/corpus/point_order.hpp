#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"
#include "io/store/holistic_points.hpp"

namespace sslslr::io {

/// The place of each point of a source in an imported frame; -1 for points that are dropped.
using PointOrder = std::vector<std::int64_t>;

/// Returns the point order of a name; nothing for an unknown name. Known orders of landmarks in arrays:
///   holistic-75     pose 33, left hand, right hand
///   holistic-543    face 468, left hand, pose 33, right hand (Kaggle's)
///   mp-data-543     pose 33, face 468, left hand, right hand
///   asl-citizen-543 pose 33, right hand, left hand, face 468
///   ...-553         the same as -543 with a face of 478 points (MediaPipe's refined face, with irises)
///   upper-body-65   pose 23, left hand, right hand
///   hands-42        left hand, right hand; hands-42-right-first in the reverse order
///   left-hand-21, right-hand-21
/// Sources: the formats of each corpus as described in io/README.md, "Importing".
/// @return nothing for an unknown name
std::optional<PointOrder> point_order(const std::string& name);
/// Returns the names that --point-order accepts: all but those of one hand, which --hand names.
std::vector<std::string> point_order_names();
/// Returns the names of the orders of this many points.
std::vector<std::string> point_orders_of(std::size_t points);
/// Returns the default order of arrays of this many points; empty if the user must name it.
std::string usual_point_order(std::size_t points);

/// Returns the number of a point in an imported frame, or -1 for an unknown name.
std::int64_t holistic_point(const std::string& name);

/// The greatest finite float16.
inline constexpr float largest_coordinate = 65504;

/// Which values of a source mean "not detected", in addition to NaN.
enum class Missing {
    nan,             ///< no other value
    constant_parts,  ///< a part (pose, left hand, right hand) whose x and y are all 0, or all -1, in a frame
    zero_points      ///< a point whose x and y are 0
};

/// Converts the frames of a source array to imported frames. Infinite values, and values beyond the float16
/// range, become NaN and are named in the clip's repairs.
///
/// @param values       [T, P, C] with P = order.size() and C >= 2 (x, y, and z if C >= 3; others are ignored)
/// @param coordinates  C
/// @param value        a point whose x and y have this value was not detected either
ImportedClip arranged(const std::vector<float>& values, const PointOrder& order, std::size_t coordinates,
                      Missing missing, std::optional<float> value = std::nullopt);

/// Replaces by NaN the points that are missing by `missing` and `value`, and values that a store cannot hold.
void mark_missing(ImportedClip& clip, Missing missing, std::optional<float> value = std::nullopt);

}  // namespace sslslr::io
