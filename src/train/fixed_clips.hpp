#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dist/group.hpp"
#include "src/data/features.hpp"
#include "src/evaluate/spread.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// How far the outputs of a training are spread.
struct OutputSpread {
    Spread features;                    ///< of h
    std::optional<Spread> projections;  ///< of z, where the method has a projector

    /// The spread of what the loss sees: of z, or of h without a projector.
    const Spread& outputs() const { return projections ? *projections : features; }
};

/// Returns the clips on which encoders are measured: at most 64 of the given ones, ascending, drawn
/// independently of step, seed and number of ranks.
std::vector<std::int64_t> fixed_clips(std::span<const std::int64_t> of);

/// Measures the spread of the trained networks' outputs for clips as recorded, in eval mode: without dropout,
/// and with the running statistics of batch norm. Before the first update these are of no batch yet, so the
/// statistics of the given clips replace them. The result has the same bits on any number of ranks with equal
/// CPUs; nothing is changed. Collective.
/// @param clips  clip numbers, at least one
/// @throws dist::AgreedError  as embed()
OutputSpread measure_spread(Method& method, const Features& features, std::span<const std::int64_t> clips,
                            dist::Group& group);

}  // namespace sslslr
