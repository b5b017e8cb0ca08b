#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "src/data/read_ahead.hpp"

namespace sslslr {

/// How a frame's F features are laid out: points x coordinates, points outermost.
struct FeatureLayout {
    std::vector<std::string> points;  ///< names, in order ("pose.nose", "left_hand.wrist", ...)
    std::int64_t coordinates = 2;     ///< 2 (x, y) or 3 (x, y, z)
    std::int64_t flags = 0;           ///< trailing features: 1 where a part was detected, one for each part
    bool centred = true;              ///< relative to the shoulders' midpoint; false: as recorded

    std::int64_t landmark_width() const { return static_cast<std::int64_t>(points.size()) * coordinates; }
    std::int64_t width() const { return landmark_width() + flags; }
};

/// Makes the frames of clips that are not resident, whenever they are asked for. Several threads may ask at
/// once.
class ClipFrames {
public:
    virtual ~ClipFrames() = default;

    /// The frames of the named clips end to end, [sum of their lengths, F]: the same bits as resident ones.
    /// @param clips  clip numbers in range
    /// @throws io::DataError  a block of the store is damaged
    virtual torch::Tensor read(std::span<const std::int64_t> clips) const = 0;

    /// How far a user who knows what comes next may have it read ahead.
    virtual ReadAheadLimits ahead() const = 0;
};

/// Every clip of a data set after preprocessing; read-only. Frames are either resident, packed, one copy
/// shared by a node's ranks, or streamed: read from the store and preprocessed when they are needed. `gather`
/// hides which.
struct Features {
    torch::Tensor frames;               ///< [sum of lengths, F], undefined if streamed
    std::vector<std::int64_t> offsets;  ///< [clips + 1]
    std::vector<std::int64_t> labels;   ///< [clips] class number, -1 unlabelled
    std::vector<std::int64_t> signers;  ///< [clips]
    FeatureLayout layout;
    const ClipFrames* streamed =
        nullptr;  ///< where frames come from if they are not resident; must outlive this

    std::int64_t clips() const { return static_cast<std::int64_t>(labels.size()); }
    std::int64_t length(std::int64_t clip) const {
        return offsets[static_cast<std::size_t>(clip) + 1] - offsets[static_cast<std::size_t>(clip)];
    }
    /// Nothing, if clips are resident.
    ReadAheadLimits ahead() const { return streamed == nullptr ? ReadAheadLimits{} : streamed->ahead(); }
};

}  // namespace sslslr
