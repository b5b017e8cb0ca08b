#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "src/method/method.hpp"

namespace sslslr {

/// The keys of the last clips, over all ranks: a ring that every rank fills alike, in the order of the global
/// batch, whatever the number of ranks and clips. It is part of a method's state and of its checkpoints.
/// Source: He et al. 2020, "Momentum contrast", section 3.2.
class KeyQueueImpl : public torch::nn::Module {
public:
    /// Begins with random unit rows, which belong to no clip. @param size  1 or more
    KeyQueueImpl(std::int64_t size, std::int64_t width);

    /// [size, D]
    const torch::Tensor& keys() const noexcept { return keys_; }

    /// [B, size] bool: the key is one of the very clip.
    torch::Tensor is_of(const std::vector<std::int64_t>& ids) const;

    /// Appends the keys of the global batch; of more than it holds, the last remain. Collective.
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
