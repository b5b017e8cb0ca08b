#pragma once

#include "src/method/method.hpp"
#include "src/method/method_settings.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// BYOL: each view predicts the output of a momentum network for the other view.
///
///     p1, p2 = q(g(f(first))), q(g(f(second)));   t1, t2 = g'(f'(first)), g'(f'(second))
///     loss = (2 - 2 cos(p1, t2)) + (2 - 2 cos(p2, t1)), mean over the clips
///
/// f' and g' follow f and g with a momentum that rises to 1 along a half cosine.
/// Source: Grill et al. 2020, arXiv:2006.07733, equation 2 and section 3.3.
class Byol final : public Method {
public:
    /// @param momentum  at the start of training, in [0, 1]
    Byol(const EncoderConfig& encoder, const HeadConfig& heads, double momentum);

    LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) override;
    bool couples_clips() const override { return couples_clips_; }
    torch::Tensor project(const torch::Tensor& features, dist::Group& group) override {
        return projector_(features, group);
    }
    void after_step(double progress, const Batch& batch, const LossTerms& loss, dist::Group& group) override;

private:
    double momentum_;
    bool couples_clips_;
    Mlp projector_;
    Mlp predictor_;
    Mlp momentum_projector_;
};

extern const MethodSettings byol_settings;

}  // namespace sslslr
