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

/// How views of a clip are made; see Augmentation.
enum class AugmentationKind { boundary, classical, both, none, skeleton, skeleton_boundary };
constexpr auto words(AugmentationKind /*of*/) {
    return std::array{"boundary", "classical", "both", "none", "skeleton", "skeleton-boundary"};
}

/// Whether this kind changes the order of frames.
constexpr bool permutes(AugmentationKind kind) {
    return kind == AugmentationKind::boundary || kind == AugmentationKind::both ||
           kind == AugmentationKind::skeleton_boundary;
}
/// Whether this kind includes the paper's classical operations, which run only in host memory.
constexpr bool is_classical(AugmentationKind kind) {
    return kind == AugmentationKind::classical || kind == AugmentationKind::both;
}
/// Whether this kind includes the operations of SkeletonViews.
constexpr bool is_skeleton(AugmentationKind kind) {
    return kind == AugmentationKind::skeleton || kind == AugmentationKind::skeleton_boundary;
}

/// Which frames are permuted; see Augmentation.
enum class BoundaryKind { fixed, drawn };
constexpr auto words(BoundaryKind /*of*/) {
    return std::array{"fixed", "drawn"};
}

/// Which of the two random views are permuted.
enum class PermutedViews { both, first };
constexpr auto words(PermutedViews /*of*/) {
    return std::array{"both", "first"};
}

/// How the two random views of a clip are made. The magnitudes of the classical operations are our choice:
/// the paper names rotation, Gaussian blur and flip, but no magnitudes.
struct AugmentationConfig {
    AugmentationKind kind = AugmentationKind::boundary;
    BoundaryKind boundary = BoundaryKind::fixed;
    BoundaryLength k1{.amount = 1, .whole = 3};       ///< first frames that are permuted, if fixed
    BoundaryLength k2{.amount = 1, .whole = 4};       ///< last frames that are permuted, if fixed
    BoundaryLength longest{.amount = 1, .whole = 2};  ///< most frames to permute at either end, if drawn
    PermutedViews permuted_views = PermutedViews::both;
    double rotation_degrees = 15;   ///< largest angle, to either side; at most 180
    double blur_sigma_min = 0.1;    ///< frames, > 0
    double blur_sigma_max = 2;      ///< frames
    double flip_probability = 0.5;  ///< of mirroring a view for which the flip is drawn
    SkeletonViewsConfig skeleton{};
};

/// Makes views of clips. Every draw is keyed by (seed, purpose, epoch, clip, view): a clip's view does not
/// depend on the batch, rank or thread that makes it.
///
/// - boundary: each view permutes its first k1 and its last k2 frames, with draws of its own and all points
///   of a frame together; the middle is unchanged (Madjoukeng et al. 2025, arXiv:2509.05188, section 5.2).
///   The boundary is fixed (k1 and k2 of the configuration) or drawn (k1 and k2 are drawn for each clip and
///   epoch, each uniformly from 0 to `longest`, and shared by both views). If the two ends would overlap, k2
///   is reduced.
/// - classical: for each clip two different operations out of rotation, blur along time and flip are drawn;
///   one is applied to all frames of the first view, the other to the second. This is our reading of the
///   paper's "two different augmentations", one of which makes each view.
/// - both: the view's classical operation, then its permutation.
/// - skeleton: each view is made by SkeletonViews, with draws of its own.
/// - skeleton-boundary: the same, then the permutation of the view's own first k1 and last k2 frames.
/// - none: the clip as recorded.
///
/// If only the first view is permuted, the second keeps the order of its frames.
class Augmentation {
public:
    /// @throws ConfigError  an option is out of range, or the layout cannot be mirrored
    Augmentation(const AugmentationConfig& config, const FeatureLayout& layout, std::uint64_t seed);

    /// Returns one view of each of the clips.
    ///
    /// @param recorded  the clips as recorded (`gather`), 0 or more, of the layout given at construction,
    ///                  float32 or float64; on a GPU the view is made there (never run on one), but classical
    ///                  operations need the clips in host memory
    /// @param view      0 the clips as recorded, 1 the first random view, 2 the second
    /// @throws c10::ValueError  another view, or classical operations on a GPU
    PackedClips make_view(const PackedClips& recorded, std::int64_t epoch, std::int64_t view) const;

private:
    enum class Operation { rotation, blur, flip, none };

    static ViewKey key_of(const PackedClips& batch, std::int64_t at, std::int64_t epoch);
    /// How many frames at the ends of a clip are permuted, in both of its views.
    ClipBoundary boundary_of(std::int64_t frames, const ViewKey& key) const;
    /// The order of a clip's frames in the view.
    std::vector<std::int64_t> frame_order(std::int64_t frames, const ViewKey& key) const;
    /// The row of the recorded frames for each row of the view.
    std::vector<std::int64_t> rows_of(const PackedClips& view, std::int64_t epoch) const;
    template <class Value>
    void fill(PackedClips& view, const PackedClips& recorded, std::int64_t epoch) const;
    template <class Value>
    void make_clip(std::span<const Value> clip, const ViewKey& key, std::span<Value> out) const;
    Operation operation_of(const ViewKey& key) const;

    AugmentationConfig config_;
    FeatureLayout layout_;
    std::uint64_t seed_;
    std::vector<std::int64_t> partners_;  ///< mirrored_features, if classical
    std::optional<SkeletonViews> skeleton_;
};

}  // namespace sslslr
