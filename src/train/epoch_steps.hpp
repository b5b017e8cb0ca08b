#pragma once

#include <cstdint>

namespace sslslr {

/// Returns the steps of an epoch of so many clips. The last step may have fewer than `global_batch`.
constexpr std::int64_t epoch_steps(std::int64_t clips, std::int64_t global_batch) {
    return (clips + global_batch - 1) / global_batch;
}

}  // namespace sslslr
