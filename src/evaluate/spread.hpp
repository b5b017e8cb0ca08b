#pragma once

#include <torch/types.h>

namespace sslslr {

/// The spread of vectors; 0 means that they have collapsed to a point. N clips, D channels.
struct Spread {
    double raw = 0;  ///< mean over channels of the standard deviation over the clips
    /// The same for x / |x|, times sqrt(D): about 1 if healthy. Source: Chen and He 2021, arXiv:2011.10566,
    /// section 4.1
    double normalised = 0;
};

/// Computes the spread in float64.
/// @param x  [N, D] floating, N at least 1
Spread spread_of(const torch::Tensor& x);

}  // namespace sslslr
