#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include <torch/types.h>

#include "dist/group.hpp"
#include "src/data/features.hpp"
#include "src/method/method.hpp"

namespace sslslr {

struct EmbedOptions {
    std::int64_t batch = 64;        ///< clips in a forward pass
    std::filesystem::path cache{};  ///< folder of cached features; empty: no cache
    std::string settings{};         ///< what determines features besides weights and frames (heads, pooling,
                                    ///< precision): part of the cache's key
    std::function<void(const std::string&)> warn = [](const std::string&) {
    };  ///< for a cache that cannot be written; on the group's first rank
};

/// Computes frozen features [clips, W] of the chosen clips, on every rank and on group.device(). Collective.
///
/// Runs in eval mode and without gradient, and restores the mode of every module. The batches are cut before
/// they are dealt to the ranks, so the values have the same bits on any number of ranks with equal CPUs (a
/// matrix product may round a row differently in a batch of another size).
///
/// With a cache, each result is one file, named by a hash of weights, buffers, the chosen clips' frames,
/// batch and settings. A file that is damaged or of another shape is computed again and replaced. If the
/// folder cannot be written, nothing is cached and `warn` is called; this is no error.
///
/// @param clips  clip numbers, the same on every rank, in any order, repeats allowed
/// @throws c10::ValueError    a clip number out of range, or a batch below 1
/// @throws dist::AgreedError  with a DataError: streamed clips cannot be read
torch::Tensor embed(Method& method, const Features& features, std::span<const std::int64_t> clips,
                    dist::Group& group, const EmbedOptions& options = {});

}  // namespace sslslr
