#pragma once

#include <cstdint>
#include <vector>

#include <torch/nn/module.h>

#include "src/method/method.hpp"

namespace sslslr {

/// The keys of the latest clips over all ranks. A ring buffer with the same content on every rank, in the
/// order of the global batch, for any number of ranks and clips. It is part of the state of a method and of
/// its checkpoints. Source: He et al. 2020, "Momentum contrast", section 3.2.
class KeyQueueImpl : public torch::nn::Module {
public:
    /// Starts with random unit rows, which belong to no clip.
    /// @param size  1 or more
    KeyQueueImpl(std::int64_t size, std::int64_t width);

    /// The keys, [size, D].
    const torch::Tensor& keys() const noexcept { return keys_; }

    /// Returns [B, size] bool: whether the key belongs to the same clip.
    torch::Tensor is_of(const std::vector<std::int64_t>& ids) const;

    /// Appends the keys of the global batch; if it has more than the queue holds, the last ones remain.
    /// Collective.
    /// @param keys   [B, D] of this rank's share
    /// @param batch  this rank's share
    void enqueue(const torch::Tensor& keys, const Batch& batch, dist::Group& group);

private:
    torch::Tensor keys_;
    torch::Tensor ids_;   ///< [size] int64, -1 for none
    torch::Tensor next_;  ///< [] int64, where the next key goes
};
TORCH_MODULE(KeyQueue);

}  // namespace sslslr
