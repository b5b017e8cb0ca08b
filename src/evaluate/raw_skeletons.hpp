#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <torch/types.h>

#include "src/data/features.hpp"
#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

/// The skeletons themselves as feature vectors, for the nearest-neighbour control. Hands are described
/// relative to their wrists, in addition to the arms, and the gallery includes mirrored copies, since some
/// people sign left-handed.
///
/// A vector holds three blocks. Each describes `frames` evenly spaced frames from the first to the last,
/// rounded to recorded ones:
/// - the arms: shoulders, elbows, wrists, and the wrists of the hands, as preprocessed (in shoulder widths by
///   default);
/// - the left and the right hand: its 21 points relative to its wrist, divided by the palm (wrist to
///   middle_finger_mcp in x and y, averaged over those frames). A hand that was never detected is all zeros.
///
/// Each block is divided by its root mean square length over the gallery, mirrored copies included, so that
/// all three have the same weight. A mirrored copy has left and right exchanged and x reversed about the body
/// centre.
///
/// Chosen on four separate sources of recordings, with 1 to 10 clips per class and knn_euclidean_votes: top-1
/// is 3 to 4 points above that of the plain coordinates of the same points and copies. Palms averaged over
/// the clip, instead of taken for each frame, gain 1 to 2 points. Hands' wrists among the arms gain up to 1;
/// they also keep the position of hands in recordings without a pose, where they gain 2 with one clip per
/// class and lose up to 1 with more.
class RawSkeletons {
public:
    /// @param features  must outlive this
    /// @param gallery   clip numbers, each with at least one frame; at least one
    /// @param frames    at least 1
    /// @throws c10::ValueError  a clip number out of range or without frames, no clips, or frames below 1
    /// @throws ConfigError      the layout lacks one of the points
    /// @throws io::DataError    a streamed clip cannot be read
    RawSkeletons(const Features& features, std::span<const std::int64_t> gallery, std::int64_t frames = 10);

    /// Returns the gallery's clips as recorded, followed by all of them mirrored: [2 R, frames x 50 points x
    /// C] float64.
    /// @param labels  [R] of the clips as recorded
    LabelledFeatures gallery(const torch::Tensor& labels, std::int64_t glosses) const;
    /// Returns the vectors of other clips, scaled like the gallery. Errors as for the constructor.
    /// @return [clips, frames x 50 points x C] float64
    torch::Tensor of(std::span<const std::int64_t> clips) const;

private:
    /// Arms, left hand and right hand, each [clips, width of the block] float64.
    using Blocks = std::array<torch::Tensor, 3>;

    /// Returns [clips, frames, 48 points, C] float64: the points of the arms, left and right in turn, then
    /// those of the hands.
    torch::Tensor points_of(std::span<const std::int64_t> clips) const;
    torch::Tensor mirrored(const torch::Tensor& points) const;
    static Blocks blocks_of(const torch::Tensor& points);
    torch::Tensor scaled(const Blocks& blocks) const;

    const Features& features_;
    std::int64_t frames_;
    torch::Tensor columns_;  ///< the columns of a frame that hold the points
    Blocks gallery_;
    std::array<double, 3> lengths_{};  ///< root mean square length of each block over the gallery
};

}  // namespace sslslr
