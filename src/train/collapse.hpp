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

/// When a training counts as collapsed, and what happens then.
struct CollapseConfig {
    CollapsePolicy policy = CollapsePolicy::warn;
    double threshold = 0.1;     ///< health below this is low
    std::int64_t patience = 3;  ///< so many low measurements in a row are a collapse
};

/// @throws ConfigError  a setting out of range
void check(const CollapseConfig& config);

/// Watches whether the outputs draw together into a point.
///
/// Health is the smaller of two spreads as shares of their values at the run's first measurement: the raw
/// one, which sees a shrinking scale, and that of unit outputs, which sees directions fall together (the
/// measure of Chen and He 2021, section 4.1, which alone misses a collapse in scale). With the policy "none"
/// it only remembers.
class CollapseMonitor {
public:
    /// @throws ConfigError  as check()
    explicit CollapseMonitor(CollapseConfig config);

    /// Takes in a measurement. @return true if the run has collapsed at this one
    bool observe(const Spread& spread);

    /// What a checkpoint keeps, as text that gives back the same bits.
    std::map<std::string, std::string> state() const;
    void load_state(const std::map<std::string, std::string>& state);

private:
    CollapseConfig config_;
    Spread first_;  ///< zero until a first measurement
    std::int64_t low_in_a_row_ = 0;
};

}  // namespace sslslr
