#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "src/evaluate/spread.hpp"

namespace sslslr {

/// What happens when a training collapses.
enum class CollapsePolicy { none, warn, stop };
constexpr auto words(CollapsePolicy /*of*/) {
    return std::array{"none", "warn", "stop"};
}

/// The criterion of a collapse, and the response to it.
struct CollapseConfig {
    CollapsePolicy policy = CollapsePolicy::warn;
    double threshold = 0.1;     ///< health below this is low
    std::int64_t patience = 3;  ///< this many low measurements in a row are a collapse
};

/// Checks a configuration.
/// @throws ConfigError  a setting is out of range
void check(const CollapseConfig& config);

/// Watches whether the outputs contract to a point.
///
/// Health is the smaller of two spreads, each as a share of its value at the run's first measurement: that of
/// the raw outputs, which shows a shrinking scale, and that of outputs scaled to length 1, which shows
/// directions converging (the measure of Chen and He 2021, section 4.1, which by itself misses a collapse in
/// scale). With the policy "none" the monitor only remembers.
class CollapseMonitor {
public:
    /// @throws ConfigError  as check()
    explicit CollapseMonitor(CollapseConfig config);

    /// Records a measurement.
    /// @return true if the run counts as collapsed at this measurement
    bool observe(const Spread& spread);

    /// The state for a checkpoint, as text that restores the same bits.
    std::map<std::string, std::string> state() const;
    void load_state(const std::map<std::string, std::string>& state);

private:
    CollapseConfig config_;
    Spread first_;  ///< zero until the first measurement
    std::int64_t low_in_a_row_ = 0;
};

}  // namespace sslslr
