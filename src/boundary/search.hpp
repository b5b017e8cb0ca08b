#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "src/boundary/accuracy_curve.hpp"
#include "src/boundary/search_config.hpp"

namespace sslslr {

/// One comparison of the search.
struct Judgement {
    std::int64_t k = 0;
    std::int64_t against = 0;  ///< the k of highest accuracy before it
    Interval difference;       ///< accuracy(k) - accuracy(against)
    double tolerance = 0;
    bool is_accepted = false;
};

/// How far the search on one side has come.
struct SideSearch {
    enum class Progress { open, answered, stuck };
    friend constexpr auto words(Progress /*of*/) { return std::array{"open", "answered", "stuck"}; }
    Progress progress = Progress::open;
    std::int64_t k = 0;                                  ///< the answer, once there is one
    std::vector<Judgement> path;                         ///< in the order in which they were made
    std::string why;                                     ///< it ended, or is stuck
    std::vector<std::pair<Trial, std::int64_t>> needed;  ///< trials that are missing, with their stage
    std::int64_t rests_on = 0;  ///< trials that the answer rests on, the reference's not counted
};

/// Searches one side, as far as what is known allows.
///
/// - tolerant: k rises while its accuracy is not below the best one so far by more than the tolerance; the
///   largest such k is the answer, so a plateau is kept.
/// - strict: k rises while accuracy rises (the first k must not fall below the reference by more than the
///   tolerance).
/// - full: every k is tested; the answer is the largest k not below the best one by more than the tolerance.
///
/// The reference k = 0 (views alike but for dropout) takes part in comparisons and is the answer if already
/// the first k, or in a full search the best one, falls below it. Accuracies are compared within repeats. The
/// answer is a pure function of accuracies: it depends neither on the order in which they come, nor on trials
/// that were done ahead.
///
/// Of the trials needed, stage 0 decides the next comparison; stage s that which comes s later, of use if the
/// search gets there. Where trials that were set aside leave fewer than two pairs (one, with a single
/// repeat), the search is stuck and says why.
/// Source: Madjoukeng et al. 2025, arXiv:2509.05188, section 5.2, which leaves the rule for plateaus open.
SideSearch search_side(Side side, const SearchConfig& config, const Lookup& lookup);

}  // namespace sslslr
