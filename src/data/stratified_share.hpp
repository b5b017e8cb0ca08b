#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sslslr {

/// Of each class the share of its clips, half a clip rounded up, at least one, drawn by the seed and the
/// class; ascending. Clips of no class are passed over.
/// @param clips   clip numbers; the draw depends on their order within a class
/// @param labels  [clips of the data set] class, -1 none
std::vector<std::int64_t> stratified_share(std::span<const std::int64_t> clips,
                                           std::span<const std::int64_t> labels, double fraction,
                                           std::uint64_t seed);

/// The same for a number of clips of each class; of a class that has fewer, all. Draws of one seed are nested
/// within each class, shares and numbers alike: the smaller is part of the larger.
/// @param count  1 or more
std::vector<std::int64_t> stratified_count(std::span<const std::int64_t> clips,
                                           std::span<const std::int64_t> labels, std::int64_t count,
                                           std::uint64_t seed);

}  // namespace sslslr
