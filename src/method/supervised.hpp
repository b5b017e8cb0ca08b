#pragma once

#include "src/method/method.hpp"
#include "src/model/encoder.hpp"

namespace sslslr {

/// Training with labels from scratch: the control that self-supervised figures stand beside.
///
///     loss = cross_entropy(classifier(f(first view)), label), mean over the clips
class Supervised final : public Method {
public:
    Supervised(const EncoderConfig& encoder, std::int64_t classes);

    LossTerms loss(const Batch& batch) override;
    torch::Tensor represent(const PackedClips& clips) override;
    /// Class scores [B, classes] of represent()'s features.
    torch::Tensor classify(const torch::Tensor& features);

    bool uses_anchor() const override { return false; }
    bool uses_second() const override { return false; }
    bool uses_labels() const override { return true; }

private:
    Encoder encoder_;
    torch::nn::Linear classifier_;
};

}  // namespace sslslr
