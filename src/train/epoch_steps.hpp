#pragma once

#include <cstdint>

namespace sslslr {

/// Steps of an epoch of so many clips, the last of which may take fewer than `global_batch`.
constexpr std::int64_t epoch_steps(std::int64_t clips, std::int64_t global_batch) {
    return (clips + global_batch - 1) / global_batch;
}

}  // namespace sslslr
