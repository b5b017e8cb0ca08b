#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <torch/types.h>

#include "src/data/read_ahead.hpp"

namespace sslslr {

/// How a frame's F features are laid out: points x coordinates, points outermost.
struct FeatureLayout {
    std::vector<std::string> points;  ///< names, in order ("pose.nose", "left_hand.wrist", ...)
    std::int64_t coordinates = 2;     ///< 2 (x, y) or 3 (x, y, z)
    std::int64_t flags = 0;           ///< trailing features, one for each part: 1 where it was detected
    bool centred = true;              ///< relative to the clip's BodyOrigin; false: as recorded

    std::int64_t landmark_width() const { return static_cast<std::int64_t>(points.size()) * coordinates; }
    std::int64_t width() const { return landmark_width() + flags; }
};

/// Computes the frames of clips that are not resident, on demand. Several threads may call it at once.
class ClipFrames {
public:
    virtual ~ClipFrames() = default;

    /// Returns the frames of the named clips end to end, [sum of their lengths, F]: the same bits as resident
    /// ones.
    /// @param clips  clip numbers in range
    /// @throws io::DataError  a block of the store is damaged
    virtual torch::Tensor read(std::span<const std::int64_t> clips) const = 0;

    /// Returns how far a caller that knows the next clips may read ahead.
    virtual ReadAheadLimits ahead() const = 0;
};

/// Every clip of a data set after preprocessing; read-only. Frames are either resident (packed, one copy
/// shared by the ranks of a node) or streamed (read from the store and preprocessed when they are needed).
/// `gather` hides the difference.
struct Features {
    torch::Tensor frames;               ///< [sum of lengths, F], undefined if streamed
    std::vector<std::int64_t> offsets;  ///< [clips + 1]
    std::vector<std::int64_t> labels;   ///< [clips] class number, -1 unlabelled
    std::vector<std::int64_t> signers;  ///< [clips]
    FeatureLayout layout;
    const ClipFrames* streamed =
        nullptr;  ///< source of the frames if they are not resident; must outlive this

    std::int64_t clips() const { return static_cast<std::int64_t>(labels.size()); }
    std::int64_t length(std::int64_t clip) const {
        return offsets[static_cast<std::size_t>(clip) + 1] - offsets[static_cast<std::size_t>(clip)];
    }
    /// Returns the limits for reading ahead; zero if the clips are resident.
    ReadAheadLimits ahead() const { return streamed == nullptr ? ReadAheadLimits{} : streamed->ahead(); }
};

}  // namespace sslslr
