#include "src/boundary/search_config.hpp"

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
    if (config.tolerance && (*config.tolerance < 0 || *config.tolerance > 1)) {
        refuse(fmt::format("{}: expected a share of the clips, 0 to 1",
                           io::setting("tolerance", *config.tolerance)));
    }
    if (config.halving && config.mode != SearchMode::full) {
        refuse(fmt::format("{} belongs to {}: the other modes stop by themselves", io::setting("halving"),
                           io::setting("mode", word_of(SearchMode::full))));
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
