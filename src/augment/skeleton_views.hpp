#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "src/augment/view_draws.hpp"
#include "src/data/packed_clips.hpp"
#include "src/data/points.hpp"

namespace sslslr {

/// Makes strongly changed views of clips by tensor operations on the device of the clips, the host or a GPU.
/// Only a few numbers for each clip and frame are drawn on the host.
///
/// Operations come in this order; those that are off (the time crop at 1, all others at 0) cost nothing:
///
/// 1. Time: the view shows a random part of the clip at a smoothly varying speed, resampled linearly to as
///    many frames as the clip has. A point that is missing from one of the two neighbouring frames is taken
///    from the nearer one.
/// 2. Mirror: exchange left and right and mirror x, as in `mirror`.
/// 3. Affine: scale of each axis, shear of x along y and rotation in the plane, all about the body centre,
///    then a shift.
/// 4. Jitter of x and y, drawn for each frame, point and coordinate from a nearly normal distribution
///    (centred_byte_sums_).
/// 5. Hiding: of points and of one hand throughout the view, and of both hands in a stretch of frames. What
///    is hidden is set to 0, as if it was missing.
///
/// z takes part only in 1, 2 and 5. A missing point (x = y = 0) stays 0. Flags of body parts are resampled
/// and exchanged like coordinates, and set to 0 where a hand is hidden; hiding single points does not change
/// them.
///
/// Every operation on values rounds once, so the bits of a view depend on neither the batch, the threads nor
/// the device. Passes over the frames: 3 to split coordinates, find missing points and join the result; 6 for
/// time; 4 for the affine map; 20 of int32 and 3 of reals for the jitter.
class SkeletonViews {
public:
    /// @throws ConfigError  as check(), or a layout that cannot be mirrored if views are mirrored
    SkeletonViews(const SkeletonViewsConfig& config, const FeatureLayout& layout, std::uint64_t seed);

    /// Returns the frames of a view.
    ///
    /// @param view   the clips as recorded, float32 or float64, with the numbers of the view to make
    /// @param order  [S] permutes each clip's rows after all other operations: row i of the result is row
    ///               order[i] of the view
    /// @return [S, F] on the device of `view.frames`
    torch::Tensor operator()(const PackedClips& view, std::int64_t epoch,
                             std::span<const std::int64_t> order) const;

private:
    struct Rows;
    /// A view while it is made: S rows, P points, C coordinates.
    struct Parts {
        std::vector<torch::Tensor> coordinates;  ///< C tensors [S, P]: x, y and, in 3D, z
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
    torch::Tensor jitter_scale_;     ///< [P] float64, jitter for 1 unit of a byte sum
};

}  // namespace sslslr
