#pragma once

#include <cstdint>
#include <string>

#include "io/corpus/point_order.hpp"
#include "io/corpus/pose_file.hpp"

namespace sslslr::io {

/// Where the points of a .pose file go in an imported frame, by their names in MediaPipe Holistic, OpenPose (137 points
/// and BODY_135), COCO wholebody and what is built on it (MMPose, OpenPifPaf, AlphaPose's 133 and 136 points). Points of
/// the face, world landmarks and those that MediaPipe's body lacks (neck, small toes) are not kept.
/// Source: sign-language-processing/pose, src/python/pose_format/utils.
PointOrder pose_point_order(const PoseFile& pose);

/// Whether the points of the hands stand among the body's (OpenPose's BODY_135): they have no wrists of their own, the
/// body's are theirs, too.
bool shares_wrists(const PoseFile& pose);

}  // namespace sslslr::io
