#include "src/train/collapse.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {

void check(const CollapseConfig& c) {
    require(c.threshold > 0 && c.threshold < 0.5,
            fmt::format("{}: expected more than 0, less than 0.5",
                        io::setting("collapse-threshold", c.threshold)));
    require(c.patience >= 1,
            fmt::format("{}: expected 1 or more", io::setting("collapse-patience", c.patience)));
}

CollapseMonitor::CollapseMonitor(CollapseConfig config) : config_{std::move(config)} {
    check(config_);
}

bool CollapseMonitor::observe(const Spread& spread) {
    if (first_.raw == 0) {
        first_ = spread;
    }
    if (first_.raw == 0 || first_.normalised == 0) {
        return false;  // the outputs were never spread, for example those of a single repeated clip
    }
    const double health = std::min(spread.raw / first_.raw, spread.normalised / first_.normalised);
    low_in_a_row_ = health < config_.threshold ? low_in_a_row_ + 1 : 0;
    if (config_.policy == CollapsePolicy::none) {
        // If the run is resumed with a policy that does watch, its first low measurement then counts as a
        // collapse.
        low_in_a_row_ = std::min(low_in_a_row_, config_.patience - 1);
        return false;
    }
    // A warning is given once; a run that was stopped by its collapse and is resumed nevertheless stops
    // again.
    return config_.policy == CollapsePolicy::warn ? low_in_a_row_ == config_.patience
                                                  : low_in_a_row_ >= config_.patience;
}

std::map<std::string, std::string> CollapseMonitor::state() const {
    return {{"collapse_first_raw", fmt::format("{}", first_.raw)},
            {"collapse_first_normalised", fmt::format("{}", first_.normalised)},
            {"collapse_low_steps", std::to_string(low_in_a_row_)}};
}

void CollapseMonitor::load_state(const std::map<std::string, std::string>& state) {
    first_ = {.raw = std::stod(state.at("collapse_first_raw")),
              .normalised = std::stod(state.at("collapse_first_normalised"))};
    low_in_a_row_ = std::stoll(state.at("collapse_low_steps"));
}

}  // namespace sslslr
