#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "src/augment/view_draws.hpp"
#include "src/data/packed_clips.hpp"
#include "src/data/points.hpp"

namespace sslslr {

/// Makes strongly changed views of clips by tensor operations where the clips are, on the host or a GPU.
/// Only a few numbers for each clip and frame are drawn on the host.
///
/// In this order; what is off (the time crop at 1, all else at 0) costs nothing:
///
/// 1. Time: the view shows a random stretch of the clip at a smoothly varying speed, resampled linearly to as
///    many frames as the clip has. A point that is missing from one of the two frames is taken from the
///    nearer.
/// 2. Mirror: left and right change places and sides, as in `mirror`.
/// 3. Affine: scale of each axis, shear of x along y and rotation in the plane, all about the body centre,
///    then a shift.
/// 4. Jitter of x and y, drawn for each frame, point and coordinate: nearly normal (centred_byte_sums_).
/// 5. Hiding: of points and of one hand throughout the view, and of both hands in a stretch of frames. What
///    is hidden becomes 0, as if it was missing.
///
/// z takes part in 1, 2 and 5 only. A missing point (x = y = 0) stays 0. Flags of parts are resampled and
/// exchanged as coordinates are, and become 0 where a hand is hidden; points hidden one by one leave them.
///
/// Every operation on values rounds once, so a view's bits depend neither on the batch, the threads nor the
/// device. Passes over the frames: 3 to split coordinates, find what is missing and join them; 6 for time; 4
/// for the affine map; 20 of int32 and 3 of reals for the jitter.
class SkeletonViews {
public:
    /// @throws ConfigError  as check(), or a layout that cannot be mirrored where views are to be
    SkeletonViews(const SkeletonViewsConfig& config, const FeatureLayout& layout, std::uint64_t seed);

    /// The frames of a view.
    ///
    /// @param view   the clips as recorded, float32 or float64, with the numbers of the view to make
    /// @param order  [S] permutes each clip's rows after all else: row i of the result is row order[i] of the
    ///               view
    /// @return [S, F] on the device of `view.frames`
    torch::Tensor operator()(const PackedClips& view, std::int64_t epoch,
                             std::span<const std::int64_t> order) const;

private:
    struct Rows;
    /// A view in the making: S rows, P points, C coordinates.
    struct Parts {
        std::vector<torch::Tensor> coordinates;  ///< C times [S, P]: x, y and perhaps z
        torch::Tensor missing;                   ///< [S, P] bool
        torch::Tensor flags;                     ///< [S, flags of the layout]
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
    std::vector<BodyPart> parts_;    ///< in the order of the flags
    torch::Tensor mirrored_points_;  ///< [P] int64, if views are mirrored
    torch::Tensor mirrored_flags_;   ///< [flags] int64, likewise
    torch::Tensor jitter_scale_;     ///< [P] float64 units for 1 of the sums of bytes
};

}  // namespace sslslr
