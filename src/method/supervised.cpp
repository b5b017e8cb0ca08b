#include "src/method/supervised.hpp"

#include <torch/nn/functional/loss.h>

namespace sslslr {

Supervised::Supervised(const EncoderConfig& encoder, std::int64_t classes)
    : Method{encoder, {.first = true}},
      classifier_{register_module("classifier", torch::nn::Linear{encoder.width, classes})} {}

LossTerms Supervised::loss(const Encoded& encoded, const Batch& batch, dist::Group&) {
    const auto& features = encoded.trained.first;
    const auto total = torch::nn::functional::cross_entropy(
        classifier_(features), batch.labels,
        torch::nn::functional::CrossEntropyFuncOptions{}.reduction(torch::kSum));
    return {.terms = {{"cross_entropy", total / static_cast<double>(batch.global_size)}}};
}

torch::Tensor Supervised::classify(const torch::Tensor& features) {
    return classifier_(features);
}

}  // namespace sslslr
