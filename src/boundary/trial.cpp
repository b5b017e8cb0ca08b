#include "src/boundary/trial.hpp"

#include <fmt/format.h>

namespace sslslr {

Trial trial_of(Side side, std::int64_t k, std::int64_t repeat) {
    return {.k1 = side == Side::start ? k : 0, .k2 = side == Side::end ? k : 0, .repeat = repeat};
}

std::string text_of(const Trial& trial) {
    switch (trial.kind) {
        case Trial::Kind::random:
            return fmt::format("random weights repeat={}", trial.repeat);
        case Trial::Kind::drawn:
            return fmt::format("drawn repeat={}", trial.repeat);
        case Trial::Kind::fixed:
            break;
    }
    return fmt::format("fixed k1={} k2={} repeat={}", trial.k1, trial.k2, trial.repeat);
}

}  // namespace sslslr
