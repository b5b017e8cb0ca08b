#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace sslslr {

/// Which sides are searched: start (k1), end (k2) or both.
enum class Sides { both, start, end };
constexpr auto words(Sides /*of*/) {
    return std::array{"both", "start", "end"};
}

/// When k stops rising; see search_side().
enum class SearchMode { tolerant, strict, full };
constexpr auto words(SearchMode /*of*/) {
    return std::array{"tolerant", "strict", "full"};
}

/// Options of the paper's algorithm 1, including the points that it leaves open.
struct SearchConfig {
    std::int64_t frames = 64;  ///< n: frames of the longest clip; each k counts frames of a clip of length n
    std::int64_t largest = 0;  ///< largest k that is tested; 0: n
    Sides sides = Sides::both;
    std::int64_t step = 4;     ///< p: k = p, 2 p, ..., the last one cut to the largest
    std::int64_t repeats = 5;  ///< R: trainings for each k, each from its own seeds
    SearchMode mode = SearchMode::tolerant;
    std::optional<double> tolerance;  ///< share of clips; none: half the width of the paired 95 % interval
    bool halving = false;  ///< in a full search: drops the worse half of the k after 2, 4, ... repeats
};

/// @throws ConfigError  names the option that is out of range
void check(const SearchConfig& config);

/// Returns the k that a search tests: p, 2 p, ..., the largest. A k = 1 before the largest is left out
/// because permuting one frame changes nothing.
std::vector<std::int64_t> grid_of(const SearchConfig& config);

}  // namespace sslslr
