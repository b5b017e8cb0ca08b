#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "src/augment/boundary_length.hpp"
#include "src/augment/clip_boundary.hpp"
#include "src/augment/skeleton_views.hpp"
#include "src/data/features.hpp"
#include "src/data/packed_clips.hpp"

namespace sslslr {

/// What makes a view of a clip another one; see Augmentation.
enum class AugmentationKind { boundary, classical, both, none, skeleton, skeleton_boundary };
constexpr auto words(AugmentationKind /*of*/) {
    return std::array{"boundary", "classical", "both", "none", "skeleton", "skeleton-boundary"};
}

/// Whether it puts frames into another order.
constexpr bool permutes(AugmentationKind kind) {
    return kind == AugmentationKind::boundary || kind == AugmentationKind::both ||
           kind == AugmentationKind::skeleton_boundary;
}
/// Whether it holds the paper's operations, which are made in host memory alone.
constexpr bool is_classical(AugmentationKind kind) {
    return kind == AugmentationKind::classical || kind == AugmentationKind::both;
}
/// Whether it holds the operations of SkeletonViews.
constexpr bool is_skeleton(AugmentationKind kind) {
    return kind == AugmentationKind::skeleton || kind == AugmentationKind::skeleton_boundary;
}

/// Which frames are permuted; see Augmentation.
enum class BoundaryKind { fixed, drawn, adaptive };
constexpr auto words(BoundaryKind /*of*/) {
    return std::array{"fixed", "drawn", "adaptive"};
}

/// Which of the two random views are permuted.
enum class PermutedViews { both, first };
constexpr auto words(PermutedViews /*of*/) {
    return std::array{"both", "first"};
}

/// How the two random views of a clip come about. Magnitudes of the classical operations are ours: the paper
/// names rotation, Gaussian blur and flip without any.
struct AugmentationConfig {
    AugmentationKind kind = AugmentationKind::boundary;
    BoundaryKind boundary = BoundaryKind::fixed;
    BoundaryLength k1{.amount = 1, .whole = 3};       ///< permuted first frames where fixed
    BoundaryLength k2{.amount = 1, .whole = 4};       ///< permuted last frames where fixed
    BoundaryLength longest{.amount = 1, .whole = 2};  ///< most frames of either end where drawn
    PermutedViews permuted_views = PermutedViews::both;
    double rotation_degrees = 15;   ///< largest angle, to either side; at most 180
    double blur_sigma_min = 0.1;    ///< frames, > 0
    double blur_sigma_max = 2;      ///< frames
    double flip_probability = 0.5;  ///< of mirroring a view that drew the flip
    SkeletonViewsConfig skeleton{};
};

/// Makes views of clips. Every draw is keyed by (seed, purpose, epoch, clip, view): a clip's view does not
/// depend on the batch, rank or thread that makes it.
///
/// - boundary: each view permutes the first k1 and the last k2 frames by draws of its own, all points alike;
///   the middle stays (Madjoukeng et al. 2025, arXiv:2509.05188, section 5.2). Fixed: k1 and k2 are the
///   configuration's. Drawn: k1 and k2 are drawn for each clip in each epoch, each uniformly from 0 to the
///   longest; both views share them. Adaptive: every clip has its own. Where the ends would overlap, k2 is
///   cut.
/// - classical: for each clip two different operations are drawn of rotation, blur along time and flip; the
///   first view undergoes one, the second the other, over all frames. This reads the paper's "two different
///   augmentations", one of which makes each view.
/// - both: the classical operation of the view, then its permutation.
/// - skeleton: each view as SkeletonViews makes it, by draws of its own.
/// - skeleton-boundary: the same, then its permutation, of k1 and k2 of the view's own frames.
/// - none: the clip as recorded.
///
/// Where only the first view is permuted, the second keeps its frames' order.
class Augmentation {
public:
    /// @param boundaries  by clip number, one for every clip of the features, where the boundary is adaptive;
    ///                    else empty
    /// @throws ConfigError  an option out of range, or a layout that cannot be mirrored
    Augmentation(AugmentationConfig config, const FeatureLayout& layout, std::uint64_t seed,
                 std::vector<ClipBoundary> boundaries = {});

    /// One view of each of the clips.
    ///
    /// @param recorded  the clips as recorded (`gather`), B or none, of the layout given at construction,
    ///                  float32 or float64; on a GPU the view is made there, but classical operations need
    ///                  them in host memory (a GPU was never used)
    /// @param view      0 the clips as recorded, 1 the first random view, 2 the second
    PackedClips make_view(const PackedClips& recorded, std::int64_t epoch, std::int64_t view) const;

private:
    enum class Operation { rotation, blur, flip, none };

    static ViewKey key_of(const PackedClips& batch, std::int64_t at, std::int64_t epoch);
    /// How much of a clip's ends is permuted, in both of its views.
    ClipBoundary boundary_of(std::int64_t frames, const ViewKey& key) const;
    /// The frames of a clip in the view's order.
    std::vector<std::int64_t> frame_order(std::int64_t frames, const ViewKey& key) const;
    /// Which rows of the recorded frames the view's are.
    std::vector<std::int64_t> rows_of(const PackedClips& view, std::int64_t epoch) const;
    template <class Value>
    void fill(PackedClips& view, const PackedClips& recorded, std::int64_t epoch) const;
    template <class Value>
    void make_clip(std::span<const Value> clip, const ViewKey& key, std::span<Value> out) const;
    Operation operation_of(const ViewKey& key) const;

    AugmentationConfig config_;
    FeatureLayout layout_;
    std::uint64_t seed_;
    std::vector<ClipBoundary> boundaries_;  ///< by clip number, if adaptive
    std::vector<std::int64_t> partners_;    ///< mirrored_features, if classical
    std::optional<SkeletonViews> skeleton_;
};

}  // namespace sslslr
