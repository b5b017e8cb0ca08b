#include "src/method/supervised.hpp"

namespace sslslr {

Supervised::Supervised(const EncoderConfig& encoder, std::int64_t classes)
    : encoder_{register_module("encoder", Encoder{encoder})},
      classifier_{register_module("classifier", torch::nn::Linear{encoder.width, classes})} {}

LossTerms Supervised::loss(const Batch& batch) {
    const auto features = encoder_(batch.views.first, DropoutKey{batch.dropout_seed});
    const auto total = torch::nn::functional::cross_entropy(
        classifier_(features), batch.labels,
        torch::nn::functional::CrossEntropyFuncOptions{}.reduction(torch::kSum));
    return {.terms = {{"cross_entropy", total / static_cast<double>(batch.global_size)}},
            .projection = features.detach()};
}

torch::Tensor Supervised::represent(const PackedClips& clips) {
    return encoder_(clips, DropoutKey{});
}

torch::Tensor Supervised::classify(const torch::Tensor& features) {
    return classifier_(features);
}

}  // namespace sslslr
