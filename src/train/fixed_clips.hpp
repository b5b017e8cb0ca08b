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

/// How far a training's outputs lie apart.
struct OutputSpread {
    Spread features;                    ///< of h
    std::optional<Spread> projections;  ///< of z, where the method has a projector

    /// Of what the loss sees: z, or h without a projector.
    const Spread& outputs() const { return projections ? *projections : features; }
};

/// The clips on which encoders are measured, at most 64 of these, ascending: drawn once for all steps, seeds
/// and numbers of ranks.
std::vector<std::int64_t> fixed_clips(std::span<const std::int64_t> of);

/// The spread of the trained networks' outputs for clips as recorded, in eval mode: without dropout, batch
/// norm by its running statistics. Before the first update, when those are of no batch yet, it goes by the
/// statistics of these very clips. The same bits on any number of ranks of equal CPUs; changes nothing.
/// Collective.
/// @param clips  clip numbers, at least one
/// @throws dist::AgreedError  as embed()
OutputSpread measure_spread(Method& method, const Features& features, std::span<const std::int64_t> clips,
                            dist::Group& group);

}  // namespace sslslr
