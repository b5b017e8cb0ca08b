#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "src/train/spread.hpp"

namespace sslslr {

/// What happens when a training collapses.
enum class CollapsePolicy { none, warn, stop };
constexpr auto words(CollapsePolicy /*of*/) {
    return std::array{"none", "warn", "stop"};
}

/// When a training counts as collapsed, and what happens then.
struct CollapseConfig {
    CollapsePolicy policy = CollapsePolicy::warn;
    double threshold = 0.1;      ///< health below this is low
    std::int64_t patience = 20;  ///< so many low steps in a row are a collapse
};

/// @throws ConfigError  a setting out of range
void check(const CollapseConfig& config);

/// Watches whether the outputs draw together into a point.
///
/// Health is the smaller of two spreads as shares of their values at the run's first step: the raw one, which
/// sees a shrinking scale, and that of unit outputs, which sees directions fall together (the measure of Chen
/// and He 2021, section 4.1, which alone misses a collapse in scale). Batches of fewer clips than half the
/// largest batch say too little and are passed over. With the policy "none" it only remembers.
class CollapseMonitor {
public:
    /// @param largest_batch  clips of the largest global batch; of one clip there is no spread, and nothing is seen
    /// @throws ConfigError  as check()
    CollapseMonitor(CollapseConfig config, std::int64_t largest_batch);

    /// Takes in a step. @return true if the run has collapsed at this step
    bool observe(const Spread& spread, std::int64_t clips);

    /// What a checkpoint keeps, as text that gives back the same bits.
    std::map<std::string, std::string> state() const;
    void load_state(const std::map<std::string, std::string>& state);

private:
    CollapseConfig config_;
    std::int64_t largest_batch_;
    Spread first_;                ///< zero until a first step
    std::int64_t low_steps_ = 0;  ///< in a row
};

}  // namespace sslslr
