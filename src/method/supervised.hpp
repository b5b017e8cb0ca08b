#pragma once

#include "src/method/method.hpp"

namespace sslslr {

/// Training with labels from scratch: the control for self-supervised methods.
///
///     loss = cross_entropy(classifier(f(first view)), label), mean over the clips
class Supervised final : public Method {
public:
    Supervised(const EncoderConfig& encoder, std::int64_t classes);

    LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) override;
    bool couples_clips() const override { return false; }
    /// Returns class scores [B, classes] of the features that represent() returns.
    torch::Tensor classify(const torch::Tensor& features);

    bool uses_labels() const override { return true; }

private:
    torch::nn::Linear classifier_;
};

}  // namespace sslslr
