#pragma once

#include <cstdint>
#include <vector>

#include "src/boundary/search.hpp"

namespace sslslr {

/// Which validation clips were classified right at each k of one side.
struct SideCorrectness {
    std::vector<std::int64_t> k;  ///< ascending, the reference 0 first
    /// [k][repeat][clip]; all of the same sizes
    std::vector<std::vector<std::vector<bool>>> correct;
};

/// What single clips prefer, one entry a clip.
struct OwnBoundaries {
    /// The k at which the clip is right most often over all repeats; of equal ones that nearest to the global k.
    std::vector<std::int64_t> best;
    /// Whether any k is better for it than another.
    std::vector<bool> has_preference;
    /// What using the global k costs it: correctness at its own k minus that at the global one, where its own k
    /// is chosen on one half of the repeats and both are scored on the other, either way round, averaged.
    std::vector<double> loss;
    /// The same chosen and scored on all repeats: never negative, and inflated by the noise it is chosen on.
    std::vector<double> inflated_loss;
};

/// Per-observation analysis (figures 5 and 6 of the paper) of one side.
/// @param global_k  the search's answer; one of correctness.k
/// @throws c10::ValueError  global_k is not among them, or fewer than two repeats
OwnBoundaries own_boundaries(const SideCorrectness& correctness, std::int64_t global_k);

/// Whether the intervals support a boundary on one side.
struct Verdict {
    bool is_supported = false;   ///< k > 0 costs nothing against none, and some larger k does
    Interval against_reference;  ///< accuracy(k) - accuracy(0), paired
    std::int64_t worse_k = 0;    ///< the smallest larger k that is worse than k; 0: none is
    Interval worse_by;           ///< accuracy(worse_k) - accuracy(k), paired
    std::int64_t compared = 0;   ///< larger k that were looked at
};

/// Judges an answer by what is known, whatever rule gave it: an end of a paired 95 % interval must clear zero, of which one
/// repeat alone has none. The intervals of the larger k are not corrected for their number.
Verdict verdict_of(Side side, const SearchConfig& config, std::int64_t k, const Lookup& lookup);

}  // namespace sslslr
