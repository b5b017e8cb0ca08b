#pragma once

#include <cstdint>
#include <vector>

#include "src/boundary/search.hpp"

namespace sslslr {

/// Which validation clips were classified correctly at each k of one side.
struct SideCorrectness {
    std::vector<std::int64_t> k;  ///< ascending; 0 is the reference
    /// [k][repeat][clip], the same number of repeats and clips everywhere
    std::vector<std::vector<std::vector<bool>>> correct;
};

/// The boundary of each single clip on one side. Every vector has one entry per clip.
struct OwnBoundaries {
    /// The k at which the clip is right most often over all repeats; among equal ones the nearest to the
    /// global k, then the smaller.
    std::vector<std::int64_t> best;
    /// Whether the clip is right more often at some k than at another.
    std::vector<bool> has_preference;
    /// What the global k costs the clip: its correctness at its own k minus that at the global k. The own k
    /// is chosen on one half of the repeats and both are scored on the other half, and vice versa; the loss
    /// is the mean of the two.
    std::vector<double> loss;
    /// The same, but chosen and scored on all repeats: never negative, and inflated by choosing on the noise
    /// that is scored.
    std::vector<double> inflated_loss;
};

/// Analyses one side clip by clip, as figures 5 and 6 of the paper do.
/// @param global_k  the answer of the search; one of correctness.k
/// @throws c10::ValueError  global_k is not one of them, or there are fewer than two repeats
OwnBoundaries own_boundaries(const SideCorrectness& correctness, std::int64_t global_k);

/// Whether the intervals support a boundary on one side.
struct Verdict {
    bool is_supported = false;   ///< k > 0 is not worse than k = 0, and some larger k is worse than k
    Interval against_reference;  ///< accuracy(k) - accuracy(0), paired
    std::int64_t worse_k = 0;    ///< the smallest k above the answer that is worse than it; 0: none is
    Interval worse_by;           ///< accuracy(worse_k) - accuracy(k), paired
    std::int64_t compared = 0;   ///< number of larger k compared
};

/// Judges an answer by the known results, independently of the search mode that gave it.
///
/// One k is worse than another if the paired 95 % interval of their difference lies below zero. Larger k with
/// fewer than two pairs, which give no interval, are passed over. The intervals are not corrected for their
/// number.
Verdict verdict_of(Side side, const SearchConfig& config, std::int64_t k, const Lookup& lookup);

}  // namespace sslslr
