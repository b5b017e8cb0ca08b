#pragma once

#include "src/method/method.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// SimSiam: each view predicts the projection of the other, which is a constant.
///
///     z1, z2 = g(f(first)), g(f(second))
///     loss = -(cos(q(z1), stop_gradient(z2)) + cos(q(z2), stop_gradient(z1))) / 2, mean over the clips
///
/// Source: Chen and He 2021, arXiv:2011.10566, equations 1 to 4.
class SimSiam final : public Method {
public:
    SimSiam(const EncoderConfig& encoder, const HeadConfig& heads);

    LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) override;
    bool couples_clips() const override { return couples_clips_; }
    torch::Tensor project(const torch::Tensor& features, dist::Group& group) override {
        return projector_(features, group);
    }

private:
    bool couples_clips_;
    Mlp projector_;
    Mlp predictor_;
};

}  // namespace sslslr
