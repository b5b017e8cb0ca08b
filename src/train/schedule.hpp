#pragma once

#include <array>
#include <cstdint>

namespace sslslr {

enum class ScheduleKind { constant, cosine, triangle };
constexpr auto words(ScheduleKind /*of*/) {
    return std::array{"constant", "cosine", "triangle"};
}

struct ScheduleConfig {
    ScheduleKind kind = ScheduleKind::constant;
    double warmup_epochs = 0;  ///< length of the linear rise; the triangle peaks at its end
};

/// The learning rate over a training, as a factor on its peak, in (0, 1].
///
///     constant  (s + 1) / w during the first w steps, then 1
///     cosine    the same rise, then (1 + cos(pi (s - w) / (S - w))) / 2
///     triangle  the same rise to w, then (S - s) / (S - w): with w = 0.6 S the paper's fine-tuning
///
/// for step s of S, with w warm-up steps. Source of cosine: Loshchilov and Hutter 2017; of the triangle:
/// Madjoukeng et al. 2025, section 6.2 (up over the first 600 of 1,000 epochs, down over the rest).
class Schedule {
public:
    /// @throws ConfigError  a warm-up outside [0, number of epochs]
    Schedule(const ScheduleConfig& config, std::int64_t epochs, std::int64_t steps_per_epoch);

    /// Returns the factor of a step.
    /// @param step  counted from 0
    double factor(std::int64_t step) const;

    /// The number of steps of the whole training.
    std::int64_t steps() const noexcept { return static_cast<std::int64_t>(steps_); }

private:
    ScheduleKind kind_;
    double warmup_;
    double steps_;
};

}  // namespace sslslr
