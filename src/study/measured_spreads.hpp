#pragma once

#include <cstdint>
#include <map>
#include <span>

#include <nlohmann/json.hpp>

#include "src/evaluate/spread.hpp"

namespace sslslr {

/// The spread of a training's outputs by step, where its rows of metrics.jsonl hold one: of its projections,
/// or of its features where it has no projector. What a stopped training wrote twice counts as it went on.
std::map<std::int64_t, Spread> measured_spreads(std::span<const nlohmann::json> rows);

}  // namespace sslslr
