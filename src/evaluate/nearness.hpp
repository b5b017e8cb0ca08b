#pragma once

#include <cstdint>
#include <functional>

#include <torch/torch.h>

namespace sslslr {

/// What makes a reference near to a query.
enum class Nearness {
    cosine,    ///< the cosine between their features
    euclidean  ///< a small Euclidean distance
};

/// Computes how near each of R references is to each of Q queries, in float64: their cosine, or the distance
/// times -1, 0 for equal rows. Hands it out for a block of queries at a time, about 16 million numbers.
/// @param queries, references  [Q, W] and [R, W], any floating type; R at least 1
/// @param take                 gets the number of the block's first query, and [block, R]
void for_each_block(const torch::Tensor& queries, const torch::Tensor& references, Nearness nearness,
                    const std::function<void(std::int64_t first, const torch::Tensor& near)>& take);

}  // namespace sslslr
