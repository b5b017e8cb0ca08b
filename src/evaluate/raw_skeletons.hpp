#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <torch/torch.h>

#include "src/data/features.hpp"
#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

/// The skeletons themselves as feature vectors, for the nearest-neighbour control: hands about their wrists
/// beside the arms, and mirrored copies of the gallery, since some people sign left-handed.
///
/// A vector holds three blocks at `frames` frames evenly spaced from the first to the last, each the nearest
/// recorded one:
/// - the arms: shoulders, elbows, wrists, and the wrists of the hands, as preprocessed (in shoulder units by
///   default);
/// - the left and the right hand: its 21 points less its wrist, divided by the palm (wrist to
///   middle_finger_mcp in x and y, averaged over those frames). A hand that was never detected is zeros.
/// Each block is divided by the root of its mean squared length over the gallery, mirrored copies among it,
/// so that all three weigh alike. A mirrored copy has left and right exchanged and x reversed about the body
/// centre.
///
/// Chosen on four sources of recordings of their own, 1 to 10 clips a class, with knn_euclidean_votes: 3 to 4
/// points of top-1 above plain coordinates of the same points and copies. Palms by clip instead of by frame
/// gain 1 to 2 points, the hands' wrists among the arms up to 1; they also keep the place of hands in
/// recordings without a pose, where that gains 2 with one clip a class and loses up to 1 with more.
class RawSkeletons {
public:
    /// @param features  must outlive this
    /// @param gallery   clip numbers, each with at least one frame; at least one
    /// @param frames    at least 1
    /// @throws c10::ValueError  a clip number out of range or without frames, no clips, or frames below 1
    /// @throws ConfigError  the layout lacks one of the points; io::DataError  a streamed clip cannot be read
    RawSkeletons(const Features& features, std::span<const std::int64_t> gallery, std::int64_t frames = 10);

    /// The gallery's clips as recorded, then all of them mirrored: [2 R, frames x 50 points x C] float64.
    /// @param labels  [R] of the clips as recorded
    LabelledFeatures gallery(const torch::Tensor& labels, std::int64_t glosses) const;
    /// Other clips by the gallery's scale. Errors as above.
    /// @return [clips, frames x 50 points x C] float64
    torch::Tensor of(std::span<const std::int64_t> clips) const;

private:
    /// Arms, left hand and right hand, [clips, W of the block] float64.
    using Blocks = std::array<torch::Tensor, 3>;

    /// [clips, frames, 48 points, C] float64: the arms, left and right in turn, then the hands.
    torch::Tensor points_of(std::span<const std::int64_t> clips) const;
    torch::Tensor mirrored(const torch::Tensor& points) const;
    static Blocks blocks_of(const torch::Tensor& points);
    torch::Tensor scaled(const Blocks& blocks) const;

    const Features& features_;
    std::int64_t frames_;
    torch::Tensor columns_;  ///< of a frame, that hold the points
    Blocks gallery_;
    std::array<double, 3> lengths_{};  ///< of the blocks: root mean squares over the gallery
};

}  // namespace sslslr
