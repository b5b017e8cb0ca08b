#pragma once

#include <cstdint>
#include <functional>

#include <torch/types.h>

namespace sslslr {

/// The measure of how near a reference is to a query.
enum class Nearness {
    cosine,    ///< the cosine of their features
    euclidean  ///< their Euclidean distance, negated
};

/// Computes in float64 how near each of R references is to each of Q queries: their cosine, or their distance
/// times -1 (0 for equal rows). Passes the result to `take` for one block of queries at a time, about 16
/// million numbers.
/// @param queries, references  [Q, W] and [R, W], any floating type; R at least 1
/// @param take                 receives the number of the block's first query, and [block, R]
void for_each_block(const torch::Tensor& queries, const torch::Tensor& references, Nearness nearness,
                    const std::function<void(std::int64_t first, const torch::Tensor& near)>& take);

}  // namespace sslslr
