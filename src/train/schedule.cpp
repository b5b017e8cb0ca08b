#include "src/train/schedule.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {

Schedule::Schedule(const ScheduleConfig& config, std::int64_t epochs, std::int64_t steps_per_epoch)
    : kind_{config.kind},
      warmup_{std::round(config.warmup_epochs * static_cast<double>(steps_per_epoch))},
      steps_{static_cast<double>(epochs * steps_per_epoch)} {
    if (config.warmup_epochs < 0 || warmup_ > steps_) {
        throw ConfigError{fmt::format("{}: expected 0 to {}",
                                      io::setting("warmup-epochs", config.warmup_epochs),
                                      io::setting("epochs", epochs))};
    }
}

double Schedule::factor(std::int64_t step) const {
    const auto s = static_cast<double>(step);
    if (s < warmup_) {
        return (s + 1) / warmup_;
    }
    if (kind_ == ScheduleKind::constant) {
        return 1;
    }
    const double left = (steps_ - s) / (steps_ - warmup_);  // 1 at the peak, 0 after the last step
    return kind_ == ScheduleKind::triangle ? left : (1 + std::cos(std::numbers::pi * (1 - left))) / 2;
}

}  // namespace sslslr
