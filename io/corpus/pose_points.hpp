#pragma once

#include <cstdint>
#include <string>

#include "io/corpus/point_order.hpp"
#include "io/corpus/pose_file.hpp"

namespace sslslr::io {

/// Returns the place of each point of a .pose file in an imported frame, by its name in MediaPipe Holistic,
/// OpenPose (137 points and BODY_135), or COCO wholebody and formats built on it (MMPose, OpenPifPaf,
/// AlphaPose's 133 and 136 points). Points of the face, world landmarks, and points that MediaPipe's body
/// lacks (neck, small toes) are dropped.
/// Source: sign-language-processing/pose, src/python/pose_format/utils.
PointOrder pose_point_order(const PoseFile& pose);

/// Whether the points of the hands are listed among the body's (OpenPose's BODY_135). Such hands have no
/// wrist of their own and share the body's.
bool shares_wrists(const PoseFile& pose);

}  // namespace sslslr::io
