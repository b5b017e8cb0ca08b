#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "src/augment/clip_boundary.hpp"

namespace sslslr {

/// Which sides are searched: start (k1), end (k2) or both.
enum class Sides { both, start, end };
constexpr auto words(Sides /*of*/) {
    return std::array{"both", "start", "end"};
}

/// How the largest harmless k is found; see search_side().
enum class SearchMode { racing, tolerant, strict };
constexpr auto words(SearchMode /*of*/) {
    return std::array{"racing", "tolerant", "strict"};
}

/// Options of the paper's algorithm 1, including the points that it leaves open.
struct SearchConfig {
    std::int64_t frames = 64;  ///< n: frames of the longest clip; each k counts frames of a clip of length n
    std::int64_t largest = 0;  ///< largest k that is tested; 0: n
    Sides sides = Sides::both;
    std::int64_t step = 4;  ///< p: k = p, 2 p, ..., the last one cut to the largest
    /// R: trainings for each k, each from its own seeds; of a race the most, which it needs only near its
    /// edge. The default leaves 2 in 100 simulated races undecided (benchmarks/search_rule.py).
    std::int64_t repeats = 20;
    SearchMode mode = SearchMode::racing;
    /// Of a race: the largest loss of accuracy that does no harm, as a share of clips.
    double margin = 0.03;
    /// Of a race: probability with which an answer may be wrong, over all sides that are searched.
    double error = 0.05;
    std::int64_t first_repeats = 2;   ///< of a race: repeats of every k before repeats follow the edge
    std::optional<double> tolerance;  ///< share of clips; none: half the width of the paired 95 % interval

    /// Returns the largest probability of being worse than the margin allows with which a k is kept.
    double most_of_kept() const { return error / (sides == Sides::both ? 2 : 1); }
    /// Returns the smallest such probability with which a k is given up. Every k might be given up by chance,
    /// so the error is divided by their number (Bonferroni).
    double least_of_worse() const;
};

/// Returns the boundaries around an answer, one step less and more on each side that is searched. Each clip's
/// own is chosen among them: at most nine, ascending, with the answer.
/// @param answer  each of grid_of(config), or 0
std::vector<ClipBoundary> pairs_around(const SearchConfig& config, const ClipBoundary& answer);

/// Returns the number of repeats of these pairs: an even one, because one half of the repeats chooses and the
/// other scores; at most four.
std::int64_t pair_repeats(const SearchConfig& config);

/// Returns the number of repeats of controls and other comparisons: all, or at most five for a race.
std::int64_t compared_repeats(const SearchConfig& config);

/// @throws ConfigError  names the option that is out of range
void check(const SearchConfig& config);

/// Returns the k that a search tests: p, 2 p, ..., the largest. A k = 1 before the largest is left out
/// because permuting one frame changes nothing.
std::vector<std::int64_t> grid_of(const SearchConfig& config);

}  // namespace sslslr
