#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/boundary/accuracy_curve.hpp"
#include "src/boundary/search_config.hpp"

namespace sslslr {

/// One comparison of the search.
struct Judgement {
    std::int64_t k = 0;
    std::int64_t against = 0;  ///< the best k before it
    Interval difference;       ///< accuracy(k) - accuracy(against)
    double tolerance = 0;
    bool is_accepted = false;
};

/// What the results say about one k.
struct KVerdict {
    std::int64_t k = 0;
    std::int64_t repeats = 0;  ///< on which this rests
    double worse = 0;          ///< probability that it is worse than k = `than` by more than the margin
    std::int64_t than = 0;     ///< the smaller k for which this is largest
    double effect = 0;         ///< accuracy(k) - accuracy(0), fitted; see PairedModel
};

/// How far the search on one side has come.
struct SideSearch {
    enum class Progress { open, answered, stuck };
    friend constexpr auto words(Progress /*of*/) { return std::array{"open", "answered", "stuck"}; }
    Progress progress = Progress::open;
    std::int64_t k = 0;           ///< the answer, once Progress::answered
    bool is_decided = true;       ///< false: all repeats of a race are done, and more could change its answer
    std::vector<Judgement> path;  ///< of tolerant and strict, in the order in which they were made
    std::vector<KVerdict> verdicts;                      ///< of a race: k = 0, then ascending
    std::string why;                                     ///< why the search ended or is stuck
    std::vector<std::pair<Trial, std::int64_t>> needed;  ///< missing trials with their stages
    std::set<Trial> rests_on;                            ///< trials that the answer needs
};

/// Searches one side as far as the known results allow.
///
/// - tolerant: k rises while its accuracy is not below the best one so far by more than the tolerance; the
///   largest such k is the answer, so a plateau is kept.
/// - strict: k rises while accuracy rises (the first k must not fall below the reference by more than the
///   tolerance).
/// - racing: see race_side().
///
/// The reference k = 0 (views that differ only by dropout) takes part in the comparisons. It is the answer if
/// the first k falls below it by more than the tolerance. Accuracies are compared within repeats. The
/// answer is a pure function of the accuracies: neither their order nor trials done ahead change it.
///
/// Needed trials of stage 0 decide the next comparison. Those of stage s decide the one s steps later and are
/// useful only if the search gets there. If trials that were set aside leave fewer than two pairs (one pair
/// with a single repeat), the search is stuck and says why.
/// Source: Madjoukeng et al. 2025, arXiv:2509.05188, section 5.2, which leaves the rule for plateaus open.
SideSearch search_side(Side side, const SearchConfig& config, const Lookup& lookup);

}  // namespace sslslr
