#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sslslr::io {

// The points of MediaPipe Holistic in its own order. In a store, a point's name begins with its part:
// "pose.nose", "left_hand.wrist", "right_hand.thumb_tip". Source: MediaPipe 0.10, solutions/pose.py and
// hands.py.

inline constexpr std::array<std::string_view, 33> pose_points{
    "nose",        "left_eye_inner",  "left_eye",        "left_eye_outer", "right_eye_inner",
    "right_eye",   "right_eye_outer", "left_ear",        "right_ear",      "mouth_left",
    "mouth_right", "left_shoulder",   "right_shoulder",  "left_elbow",     "right_elbow",
    "left_wrist",  "right_wrist",     "left_pinky",      "right_pinky",    "left_index",
    "right_index", "left_thumb",      "right_thumb",     "left_hip",       "right_hip",
    "left_knee",   "right_knee",      "left_ankle",      "right_ankle",    "left_heel",
    "right_heel",  "left_foot_index", "right_foot_index"};
inline constexpr std::array<std::string_view, 21> hand_points{"wrist",
                                                              "thumb_cmc",
                                                              "thumb_mcp",
                                                              "thumb_ip",
                                                              "thumb_tip",
                                                              "index_finger_mcp",
                                                              "index_finger_pip",
                                                              "index_finger_dip",
                                                              "index_finger_tip",
                                                              "middle_finger_mcp",
                                                              "middle_finger_pip",
                                                              "middle_finger_dip",
                                                              "middle_finger_tip",
                                                              "ring_finger_mcp",
                                                              "ring_finger_pip",
                                                              "ring_finger_dip",
                                                              "ring_finger_tip",
                                                              "pinky_mcp",
                                                              "pinky_pip",
                                                              "pinky_dip",
                                                              "pinky_tip"};

/// Returns the names of the points of MediaPipe Holistic without the face, in the order pose (33), left hand
/// (21), right hand (21): "pose.nose" ... "left_hand.wrist" ... "right_hand.pinky_tip".
const std::vector<std::string>& holistic_point_names();

}  // namespace sslslr::io
