#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sslslr {

/// Returns the given share of the clips of each class, rounded half up and at least one, drawn by the seed
/// and the class. The result ascends. Clips without class are skipped.
/// @param clips   clip numbers; the draw depends on their order within a class
/// @param labels  [clips of the data set] class, -1 if none
std::vector<std::int64_t> stratified_share(std::span<const std::int64_t> clips,
                                           std::span<const std::int64_t> labels, double fraction,
                                           std::uint64_t seed);

/// The same for a number of clips of each class; a class that has fewer gives all. For one seed, the clips
/// drawn from a class are nested: a smaller draw, by share or by number, is part of every larger one.
/// @param count  1 or more
std::vector<std::int64_t> stratified_count(std::span<const std::int64_t> clips,
                                           std::span<const std::int64_t> labels, std::int64_t count,
                                           std::uint64_t seed);

}  // namespace sslslr
