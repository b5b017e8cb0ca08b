#pragma once

#include <cstdint>

#include <torch/types.h>

namespace sslslr {

/// The training data of a classifier: frozen features of clips and their glosses.
struct LabelledFeatures {
    torch::Tensor features;    ///< [R, W] floating
    torch::Tensor labels;      ///< [R] int64 in [0, glosses), on the same device
    std::int64_t glosses = 0;  ///< G; glosses without a training clip are allowed

    /// Checks shapes and labels, and that `queries` is [Q, W].
    /// @throws c10::ValueError  one of these does not hold, or there are no clips
    void check(const torch::Tensor& queries) const;
};

/// Checks that labels are [n] int64 in [0, glosses).
/// @throws c10::ValueError  they are not
void check_labels(const torch::Tensor& labels, std::int64_t glosses);

}  // namespace sslslr
