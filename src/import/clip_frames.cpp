#include "src/import/clip_frames.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace sslslr {
namespace {

void keep_frames(io::ImportedClip& clip, std::int64_t first, std::int64_t end) {
    const auto width = static_cast<std::int64_t>(io::import_frame_values);
    clip.landmarks.erase(clip.landmarks.begin() + end * width, clip.landmarks.end());
    clip.landmarks.erase(clip.landmarks.begin(), clip.landmarks.begin() + first * width);
}

bool has_hand(const io::ImportedClip& clip, std::int64_t frame) {
    const auto* const points =
        clip.landmarks.data() + static_cast<std::size_t>(frame) * io::import_frame_values;
    for (auto point = hands_begin; point < io::import_points; ++point) {
        if (!std::isnan(points[point * io::import_coordinates])) {
            return true;
        }
    }
    return false;
}

/// Returns whether the file holds only the sign, as do videos that were already cut by the same list: it has
/// as many frames as the listed range, and that range ends beyond the file. Rounding of frame rates may
/// change the number by a few frames.
bool is_cut_already(std::int64_t frames, const io::ListedClip& listed) {
    constexpr std::int64_t few = 2;
    return listed.end_frame > frames && listed.first_frame > few &&
           std::abs(frames - (listed.end_frame - listed.first_frame)) <= few;
}

}  // namespace

void cut_to_sign(io::ImportedClip& clip, const io::ListedClip& listed) {
    const auto frames = clip.frames();
    const auto first = listed.first_frame;
    const auto end = listed.end_frame < 0 ? frames : std::min(listed.end_frame, frames);
    if (first == 0 && end == frames) {
        return;
    }
    if (first >= end) {
        clip.repairs.emplace_back("the metadata names frames that the clip does not have: kept whole");
        return;
    }
    if (is_cut_already(frames, listed)) {
        clip.repairs.emplace_back(
            "as long as the sign in the metadata: treated as already cut and kept whole");
        return;
    }
    clip.repairs.emplace_back("cut to the frames that the metadata names");
    keep_frames(clip, first, end);
}

std::int64_t trim_to_hands(io::ImportedClip& clip) {
    const auto frames = clip.frames();
    std::int64_t first = 0;
    while (first < frames && !has_hand(clip, first)) {
        ++first;
    }
    if (first == frames) {
        return 0;
    }
    auto end = frames;
    while (!has_hand(clip, end - 1)) {
        --end;
    }
    keep_frames(clip, first, end);
    return frames - (end - first);
}

}  // namespace sslslr
