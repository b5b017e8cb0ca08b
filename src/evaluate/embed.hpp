#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include <torch/torch.h>

#include "dist/group.hpp"
#include "src/data/features.hpp"
#include "src/method/method.hpp"

namespace sslslr {

struct EmbedOptions {
    std::int64_t batch = 64;        ///< clips a forward pass
    std::filesystem::path cache{};  ///< folder of features computed before; empty: none are kept
    std::string settings{};         ///< what decides a feature beside weights and frames (heads, pooling,
                                    ///< precision), for the cache
    std::function<void(const std::string&)> warn = [](const std::string&) {
    };  ///< of a cache that cannot be written, on the group's first rank
};

/// Frozen features [clips, W] of the chosen clips, on every rank and on group.device(). Collective.
///
/// In eval mode, without gradient; every module's mode is as before afterwards. The batches are cut before
/// they are dealt to the ranks, so the values are the same bits on any number of ranks of equal CPUs (a
/// matrix product may round a row differently in a batch of another size).
///
/// With a cache each result is one file, named by a hash of weights, buffers, the chosen clips' frames, batch
/// and settings; a file that is damaged or of another shape is computed afresh and replaced. A folder that cannot be
/// written is no error: nothing is kept then.
///
/// @param clips  clip numbers, the same on every rank, any order, repeats allowed
/// @throws dist::AgreedError  of a DataError: streamed clips cannot be read
torch::Tensor embed(Method& method, const Features& features, std::span<const std::int64_t> clips,
                    dist::Group& group, const EmbedOptions& options = {});

}  // namespace sslslr
