#pragma once

#include <cstdint>
#include <vector>

#include "src/boundary/search.hpp"

namespace sslslr {

/// Judges every k by the accuracies of a side: whether it is worse than the best smaller k by more than the
/// margin.
/// @param points  k = 0 first, then ascending
std::vector<KVerdict> judge_all(const std::vector<Point>& points, double margin);

/// Searches one side with repeats where the decision hangs.
///
/// Every k first has `config.first_repeats` repeats. After each repeat, the edge is the largest k that is
/// probably not worse than the margin allows, and the next k. The next repeat trains only those of the two
/// that are not decided, their strongest rivals among the smaller k, and the best k so far. The search ends
/// when the edge is decided: the probability that k is worse is at most SearchConfig::most_of_kept(), and
/// that of the next k at least least_of_worse(). It ends undecided after all repeats.
///
/// Which trials a repeat has depends only on the results of earlier repeats that were asked for. So neither
/// the answer nor the trials on which it rests depend on the workers or their order.
SideSearch race_side(Side side, const SearchConfig& config, const Lookup& lookup);

}  // namespace sslslr
