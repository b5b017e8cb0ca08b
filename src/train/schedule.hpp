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
    double warmup_epochs = 0;  ///< of the rate's linear rise; the triangle's peak is at its end
};

/// How the learning rate moves, as a factor of its peak in (0, 1].
///
///     constant  (s + 1) / w during the first w steps, then 1
///     cosine    the same rise, then (1 + cos(pi (s - w) / (S - w))) / 2
///     triangle  the same rise to w, then (S - s) / (S - w): with w = 0.6 S the paper's fine-tuning
///
/// for step s of S, w = warm-up steps. Source of cosine: Loshchilov and Hutter 2017; of the triangle:
/// Madjoukeng et al. 2025, section 6.2 (up over the first 600 of 1,000 epochs, down over the rest).
class Schedule {
public:
    /// @throws ConfigError  a warm-up outside [0, all epochs]
    Schedule(const ScheduleConfig& config, std::int64_t epochs, std::int64_t steps_per_epoch);

    /// @param step  counted from 0
    double factor(std::int64_t step) const;

    /// Steps of the whole training.
    std::int64_t steps() const noexcept { return static_cast<std::int64_t>(steps_); }

private:
    ScheduleKind kind_;
    double warmup_;
    double steps_;
};

}  // namespace sslslr
