#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/boundary/trial.hpp"
#include "src/evaluate/intervals.hpp"

namespace sslslr {

/// The paper's algorithm 1 with its open points decided.
struct SearchConfig {
    std::int64_t frames = 64;      ///< n: of the longest clip; k is a length in a clip of so many
    std::int64_t step = 4;         ///< p: k = p, 2 p, ..., the last one cut to n
    std::int64_t repeats = 5;      ///< R: trainings for each k, each from its own seeds
    std::string mode = "tolerant"; ///< or "strict", "full"
    std::optional<double> tolerance; ///< share of clips; none: half the width of the paired 95 % interval
    bool halving = false;          ///< with "full": gives up the worse half of the k after 2, 4, ... repeats
};

/// @throws ConfigError  names the option that is out of range
void check(const SearchConfig& config);

/// The k that a search tests: p, 2 p, ..., n; 1 is left out, for a permutation of one frame is none.
std::vector<std::int64_t> grid_of(const SearchConfig& config);

/// What is known of a trial.
struct Known {
    enum class Status { missing, done, set_aside };
    Status status = Status::missing;
    double accuracy = 0;  ///< of a trial that is done, share of the validation clips
};
using Lookup = std::function<Known(const Trial&)>;

/// The accuracies of one k.
struct Point {
    std::int64_t k = 0;
    std::vector<std::optional<double>> accuracies;  ///< by repeat; empty: missing or set aside
    std::int64_t missing = 0;                       ///< repeats that may still come

    std::vector<double> known() const;
    double mean() const;  ///< of those known; NaN without any
};
Point point_of(Side side, std::int64_t k, std::int64_t repeats, const Lookup& lookup);

/// Mean and 95 % Student interval of a - b over the repeats that both have, paired by their seeds. A single pair
/// gives an interval of no width. Nothing without any.
std::optional<Interval> paired_difference(const Point& a, const Point& b);

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
    Progress progress = Progress::open;
    std::int64_t k = 0;               ///< the answer, once there is one
    std::vector<Judgement> path;      ///< in the order in which they were made
    std::string why;                  ///< it ended, or is stuck
    std::vector<std::pair<Trial, std::int64_t>> needed;  ///< trials that are missing, with their stage
    std::int64_t rests_on = 0;        ///< trials that the answer rests on, the reference's not counted
};

/// Searches one side, as far as what is known allows.
///
/// - tolerant: k rises while its accuracy is not below the best one so far by more than the tolerance; the
///   largest such k is the answer, so a plateau is kept.
/// - strict: k rises while accuracy rises (the first k must not fall below the reference by more than the
///   tolerance).
/// - full: every k is tested; the answer is the largest k not below the best one by more than the tolerance.
///
/// The reference k = 0 (views alike but for dropout) takes part in comparisons and is the answer if already the
/// first k, or in a full search the best one, falls below it. Accuracies are compared within repeats. The
/// answer is a pure function of accuracies: it depends neither on the order in which they come, nor on trials
/// that were done ahead.
///
/// Of the trials needed, stage 0 decides the next comparison; stage s that which comes s later, of use if the
/// search gets there. Where trials that were set aside leave fewer than two pairs (one, with a single repeat),
/// the search is stuck and says why.
/// Source: Madjoukeng et al. 2025, arXiv:2509.05188, section 5.2, which leaves the rule for plateaus open.
SideSearch search_side(Side side, const SearchConfig& config, const Lookup& lookup);

}  // namespace sslslr
