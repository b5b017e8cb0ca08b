#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "src/augment/clip_boundary.hpp"
#include "src/boundary/search.hpp"

namespace sslslr {

/// Which validation clips were classified correctly at each of several boundaries.
struct Correctness {
    std::vector<ClipBoundary> boundaries;  ///< ascending; frames of a clip of length SearchConfig::frames
    /// [boundary][repeat][clip], the same number of repeats and clips everywhere
    std::vector<std::vector<std::vector<bool>>> correct;
};

/// The boundary of each single clip. Every vector has one entry per clip.
struct OwnBoundaries {
    /// The boundary at which the clip is right most often over all repeats; among equal ones the nearest to
    /// the global one, then the first.
    std::vector<ClipBoundary> best;
    /// Whether the clip is right more often at some boundary than at another.
    std::vector<bool> has_preference;
    /// What the global boundary costs the clip: its correctness at its own boundary minus that at the global
    /// one. Its own is chosen on one half of the repeats and both are scored on the other half, and vice
    /// versa; the loss is the mean of the two.
    std::vector<double> loss;
    /// The same, but chosen and scored on all repeats: never negative, and inflated by choosing on the noise
    /// that is scored.
    std::vector<double> inflated_loss;
};

/// Finds the boundary of each clip, as figures 5 and 6 of the paper do.
/// @param global  one of correctness.boundaries
/// @throws c10::ValueError  global is not one of them, or there are fewer than two repeats
OwnBoundaries own_boundaries(const Correctness& correctness, const ClipBoundary& global);

/// Whether the results support a boundary on one side: that permuting k frames does no harm, and permuting
/// more does.
struct Verdict {
    bool is_supported = false;
    std::optional<KVerdict> answer;  ///< of k; nothing if k is 0
    std::optional<KVerdict>
        larger;  ///< of the larger k that is most probably worse; nothing if none is known
};

/// Judges the answer of a search, the same way for each mode.
///
/// A boundary is supported if k > 0 is worse than the margin allows with a probability of at most
/// SearchConfig::most_of_kept(), and some larger k with one of at least least_of_worse(). A race that ended
/// undecided supports none.
/// @param verdicts  of all k with results, see judge_all()
Verdict verdict_of(const SideSearch& found, const std::vector<KVerdict>& verdicts,
                   const SearchConfig& config);

}  // namespace sslslr
