#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "src/augment/view_draws.hpp"
#include "src/data/packed_clips.hpp"

namespace sslslr {

/// Makes strongly changed views of clips by tensor operations where their frames are, on the host or a GPU; only a few
/// numbers a clip and a frame are drawn on the host.
///
/// In this order, each off at 0 (the time crop at 1), when it costs nothing:
///
/// 1. Time: the view shows a random stretch of the clip at a smoothly varying speed, resampled linearly to as many
///    frames as the clip has. A point that only one of the two frames shows is taken from the nearer frame.
/// 2. Mirror: left and right change places and sides, as in `mirror`.
/// 3. Affine: scale of each axis, shear of x along y, rotation in the plane, all about the body centre, then a shift.
/// 4. Jitter: noise of x and y, drawn for each frame, point and coordinate, nearly normal (the centred sum of four
///    uniform bytes, at most 3.45 standard deviations).
/// 5. Hiding: of one hand or some points throughout the view, and of both hands in a stretch of frames. What is hidden
///    becomes 0 as if it was missing.
///
/// z, where there is one, takes part in 1, 2 and 5 alone. A missing point (x = y = 0) stays 0. Flags of parts follow
/// their points: resampled and exchanged like these, and 0 where a hand is hidden.
///
/// Passes over a batch's frames, with all operations of the defaults on: 3 to change the layout and back, 5 to resample,
/// 2 for the affine map, 22 of integers and 2 of reals for the jitter, 1 for all hiding.
class SkeletonViews {
public:
    /// @throws ConfigError  as check(), or a layout that cannot be mirrored where views are to be
    SkeletonViews(const SkeletonViewsConfig& config, const FeatureLayout& layout, std::uint64_t seed);

    /// The frames of a view.
    ///
    /// @param view   the clips as recorded, float32 or float64, numbered as the view that is to be made
    /// @param order  [S] the row of `view.frames` that each row of the result would be if frames were only permuted: a
    ///               permutation of each clip's rows, applied to the finished view
    /// @return [S, F] on the device of `view.frames`
    torch::Tensor operator()(const PackedClips& view, std::int64_t epoch,
                             std::span<const std::int64_t> order) const;

private:
    /// The points [first, last) of a part of the body.
    struct Range {
        std::string name;
        std::int64_t first;
        std::int64_t last;
    };
    struct Rows;
    /// A view in the making: S rows, P points, C coordinates.
    struct Parts {
        std::vector<torch::Tensor> coordinates;  ///< C times [S, P]: x, y and perhaps z
        torch::Tensor missing;                   ///< [S, P] bool
        torch::Tensor flags;                     ///< [S, masks]
    };

    Rows rows_of(const PackedClips& view, std::int64_t epoch, std::span<const std::int64_t> order) const;
    bool is_affine() const;
    Parts parts_of(const torch::Tensor& frames) const;
    static void select(const torch::Tensor& rows, Parts& view);
    void resample(const Rows& rows, Parts& view) const;
    void mirror(const Rows& rows, Parts& view) const;
    void move(const Rows& rows, Parts& view) const;
    void jitter(const Rows& rows, Parts& view) const;
    void hide_points(const Rows& rows, Parts& view) const;
    void hide_hands(const Rows& rows, Parts& view) const;
    torch::Tensor frames_of(const Parts& view) const;

    SkeletonViewsConfig config_;
    FeatureLayout layout_;
    std::uint64_t seed_;
    std::vector<Range> parts_;       ///< in the order of the flags
    torch::Tensor mirrored_points_;  ///< [P] int64, if views are mirrored
    torch::Tensor mirrored_flags_;   ///< [masks] int64, likewise
    torch::Tensor jitter_scale_;     ///< [P] float64 units for 1 of the sums of bytes
};

}  // namespace sslslr
