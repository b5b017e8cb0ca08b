#pragma once

#include <cstdint>
#include <vector>

#include "src/boundary/search.hpp"

namespace sslslr {

/// Judges every k by the accuracies of a side: whether it is worse than the best smaller k by more than the
/// margin.
/// @param points  k = 0 first, then ascending
std::vector<KVerdict> judge_all(const std::vector<Point>& points, double margin);

/// Returns the verdicts on all k by the results on which a side's answer rests: those of a race, or the same
/// judgement of the k of another mode that have two repeats or more. Other results are passed over, because
/// which there are depends on the workers that looked ahead.
std::vector<KVerdict> verdicts_of(Side side, const SideSearch& found, const SearchConfig& config,
                                  const Lookup& lookup);

/// Searches one side with repeats where the decision depends on them.
///
/// Every k first has `config.first_repeats` repeats, further ones in place of those that were set aside. The
/// edge is the largest k that is more likely harmless than worse than the margin allows. The next repeat
/// trains the edge, the next k and those beyond it as far as they are not decided, their strongest rivals
/// among the smaller k, and the best k so far. The search ends when all are decided: the probability of being
/// worse is at most SearchConfig::most_of_kept() at the edge, at least least_of_worse() at the next k, and at
/// least one minus most_of_kept() beyond. It ends undecided after all repeats. A k with fewer than the first
/// repeats is left out; if that is k = 0, the search is stuck.
///
/// Which trials a repeat has depends only on the results of earlier repeats that were asked for. So neither
/// the answer nor the trials on which it rests depend on the workers or their order.
SideSearch race_side(Side side, const SearchConfig& config, const Lookup& lookup);

}  // namespace sslslr
