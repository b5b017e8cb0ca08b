#pragma once

#include <cstdint>
#include <map>
#include <span>

#include <nlohmann/json.hpp>

#include "src/evaluate/spread.hpp"

namespace sslslr {

/// Returns the spread of a training's outputs by step, from the rows of metrics.jsonl that hold one: that of
/// the projections, or of the features if there is no projector. If a resumed training wrote a step twice,
/// the later row counts.
std::map<std::int64_t, Spread> measured_spreads(std::span<const nlohmann::json> rows);

}  // namespace sslslr
