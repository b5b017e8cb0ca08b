#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace sslslr {

/// Whose k are searched: k1, k2 or both.
enum class Sides { both, start, end };
constexpr auto words(Sides /*of*/) {
    return std::array{"both", "start", "end"};
}

/// When k stops rising; see search_side().
enum class SearchMode { tolerant, strict, full };
constexpr auto words(SearchMode /*of*/) {
    return std::array{"tolerant", "strict", "full"};
}

/// The paper's algorithm 1 with its open points decided.
struct SearchConfig {
    std::int64_t frames = 64;  ///< n: of the longest clip; k is a length in a clip of so many
    std::int64_t largest = 0;  ///< k that is tested; 0: all frames
    Sides sides = Sides::both;
    std::int64_t step = 4;     ///< p: k = p, 2 p, ..., the last one cut to n
    std::int64_t repeats = 5;  ///< R: trainings for each k, each from its own seeds
    SearchMode mode = SearchMode::tolerant;
    std::optional<double> tolerance;  ///< share of clips; none: half the width of the paired 95 % interval
    bool halving = false;  ///< with "full": gives up the worse half of the k after 2, 4, ... repeats
};

/// @throws ConfigError  names the option that is out of range
void check(const SearchConfig& config);

/// The k that a search tests: p, 2 p, ..., the largest; 1 is left out, for a permutation of one frame is
/// none.
std::vector<std::int64_t> grid_of(const SearchConfig& config);

}  // namespace sslslr
