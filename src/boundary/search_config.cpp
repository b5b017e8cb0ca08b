#include "src/boundary/search_config.hpp"

#include <fmt/format.h>

#include "src/errors.hpp"

namespace sslslr {

void check(const SearchConfig& config) {
    const auto refuse = [](const std::string& text) { throw ConfigError{text}; };
    if (config.step < 1 || config.step > config.frames) {
        refuse(fmt::format("--step {}: expected 1 to the frames of the longest clip, {}", config.step,
                           config.frames));
    }
    if (config.largest < 0 || config.largest > config.frames) {
        refuse(
            fmt::format("--largest {}: expected a k of at most the frames of the longest clip, {} (0: that)",
                        config.largest, config.frames));
    }
    if (config.largest > 0 && config.step > config.largest) {
        refuse(fmt::format("--largest {}: expected the --step, {}, or more", config.largest, config.step));
    }
    if (config.sides != "both" && config.sides != "start" && config.sides != "end") {
        refuse(fmt::format("--sides {}: expected both, start or end", config.sides));
    }
    if (config.frames < 2) {
        refuse(fmt::format("clips of at most {} frame: there is nothing to permute", config.frames));
    }
    if (config.repeats < 1) {
        refuse(fmt::format("--repeats {}: expected 1 or more", config.repeats));
    }
    if (config.mode != "tolerant" && config.mode != "strict" && config.mode != "full") {
        refuse(fmt::format("--mode {}: expected tolerant, strict or full", config.mode));
    }
    if (config.tolerance && (*config.tolerance < 0 || *config.tolerance > 1)) {
        refuse(fmt::format("--tolerance {}: expected a share of the clips, 0 to 1", *config.tolerance));
    }
    if (config.halving && config.mode != "full") {
        refuse("--halving belongs to --mode full: the others stop by themselves");
    }
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
