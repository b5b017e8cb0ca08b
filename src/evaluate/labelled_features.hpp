#pragma once

#include <cstdint>

#include <torch/torch.h>

namespace sslslr {

/// What a classifier learns from: frozen features of training clips and their glosses.
struct LabelledFeatures {
    torch::Tensor features;    ///< [R, W] floating
    torch::Tensor labels;      ///< [R] int64 in [0, glosses), same device
    std::int64_t glosses = 0;  ///< G; glosses without a training clip are allowed

    /// @throws c10::ValueError  shapes or labels are not as above, there are no clips, or `queries` is not
    /// [Q, W]
    void check(const torch::Tensor& queries) const;
};

/// Throws c10::ValueError unless labels are [n] int64 in [0, glosses).
void check_labels(const torch::Tensor& labels, std::int64_t glosses);

}  // namespace sslslr
