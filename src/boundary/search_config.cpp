#include "src/boundary/search_config.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

namespace sslslr {

void check(const SearchConfig& config) {
    const auto refuse = [](const std::string& text) { throw ConfigError{text}; };
    if (config.step < 1 || config.step > config.frames) {
        refuse(fmt::format("{}: expected 1 to the frames of the longest clip, {}",
                           io::setting("step", config.step), config.frames));
    }
    if (config.largest < 0 || config.largest > config.frames) {
        refuse(fmt::format("{}: expected 0 to the frames of the longest clip, {} (0: all)",
                           io::setting("largest", config.largest), config.frames));
    }
    if (config.largest > 0 && config.step > config.largest) {
        refuse(fmt::format("{}: expected at least the {}, {}", io::setting("largest", config.largest),
                           io::setting("step"), config.step));
    }
    if (config.frames < 2) {
        refuse(fmt::format("the longest clip has {} frame: there is nothing to permute", config.frames));
    }
    if (config.repeats < 1) {
        refuse(fmt::format("{}: expected 1 or more", io::setting("repeats", config.repeats)));
    }
    if (config.tolerance && !(*config.tolerance >= 0 && *config.tolerance <= 1)) {
        refuse(fmt::format("{}: expected a share of the clips, 0 to 1",
                           io::setting("tolerance", *config.tolerance)));
    }
    if (!(config.margin >= 0 && config.margin <= 1)) {
        refuse(
            fmt::format("{}: expected a share of the clips, 0 to 1", io::setting("margin", config.margin)));
    }
    if (!(config.error > 0 && config.error < 0.5)) {
        refuse(fmt::format("{}: expected a probability above 0 and below 0.5",
                           io::setting("error-rate", config.error)));
    }
    if (config.mode == SearchMode::racing && config.repeats < config.first_repeats) {
        refuse(fmt::format("{}: {} takes {} or more: one says nothing about noise",
                           io::setting("repeats", config.repeats),
                           io::setting("mode", word_of(SearchMode::racing)), config.first_repeats));
    }
}

std::vector<ClipBoundary> pairs_around(const SearchConfig& config, const ClipBoundary& answer) {
    auto lengths = grid_of(config);
    lengths.insert(lengths.begin(), 0);
    const auto around = [&](std::int64_t k, bool is_searched) {
        const auto at = std::ranges::find(lengths, k);
        return is_searched ? std::vector(at == lengths.begin() ? at : at - 1,
                                         lengths.end() - at > 2 ? at + 2 : lengths.end())
                           : std::vector{k};
    };
    std::vector<ClipBoundary> pairs;
    for (const auto k1 : around(answer.k1, config.sides != Sides::end)) {
        for (const auto k2 : around(answer.k2, config.sides != Sides::start)) {
            pairs.push_back({k1, k2});
        }
    }
    return pairs;
}

std::int64_t pair_repeats(const SearchConfig& config) {
    constexpr std::int64_t most = 4;
    return std::min(config.repeats, most) / 2 * 2;
}

std::int64_t compared_repeats(const SearchConfig& config) {
    constexpr std::int64_t most = 5;
    return config.mode == SearchMode::racing ? std::min(config.repeats, most) : config.repeats;
}

double SearchConfig::least_of_worse() const {
    return 1 - most_of_kept() / static_cast<double>(grid_of(*this).size());
}

std::vector<std::int64_t> grid_of(const SearchConfig& config) {
    std::vector<std::int64_t> grid;
    const auto last = config.largest > 0 ? config.largest : config.frames;
    for (auto k = config.step; k < last; k += config.step) {
        if (k > 1) {
            grid.push_back(k);
        }
    }
    grid.push_back(last);
    return grid;
}

}  // namespace sslslr
