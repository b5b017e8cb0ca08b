#pragma once

#include <torch/torch.h>

namespace sslslr {

// Shapes: B clips on this rank, D embedding width.

/// How far the outputs of a batch lie apart; 0 means that they have collapsed to a point.
struct Spread {
    double raw = 0;  ///< mean over channels of the standard deviation of z
    double normalised =
        0;  ///< the same of z / |z|, times sqrt(D): about 1 healthy. Source: Chen and He 2021, section 4.1
};

/// What the ranks add up to know the spread of the global batch: [4 D] float64, sums of z, z^2, and both of z
/// / |z|.
torch::Tensor spread_sums(const torch::Tensor& z);

/// @param sums   [4 D] summed over the ranks
/// @param clips  of the global batch
Spread spread_of(const torch::Tensor& sums, std::int64_t clips);

}  // namespace sslslr
