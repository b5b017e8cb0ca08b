#include "src/evaluate/labelled_features.hpp"

namespace sslslr {

void LabelledFeatures::check(const torch::Tensor& queries) const {
    TORCH_CHECK_VALUE(queries.dim() == 2 && features.dim() == 2 && queries.size(1) == features.size(1),
                      "classifier: queries ", queries.sizes(), " and training features ", features.sizes(),
                      " must be [Q, W] and [R, W]");
    check_labels(labels, glosses);
    TORCH_CHECK_VALUE(labels.numel() == features.size(0) && labels.numel() > 0,
                      "classifier: ", labels.numel(), " labels for training features ", features.sizes(),
                      "; expected 1 clip or more, with one label each");
}

void check_labels(const torch::Tensor& labels, std::int64_t glosses) {
    TORCH_CHECK_VALUE(labels.dim() == 1 && labels.scalar_type() == torch::kInt64,
                      "labels must be one int64 per clip, got ", labels.sizes(), " ", labels.scalar_type());
    TORCH_CHECK_VALUE(labels.numel() == 0 || (labels.min().item<std::int64_t>() >= 0 &&
                                              labels.max().item<std::int64_t>() < glosses),
                      "labels must be in [0, ", glosses, "), got ", labels.min().item<std::int64_t>(), " .. ",
                      labels.max().item<std::int64_t>());
}

}  // namespace sslslr
