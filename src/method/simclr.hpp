#pragma once

#include "src/method/method.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// SimCLR: the two views of a clip attract each other and repel all other clips of the global batch, across
/// all ranks.
///
///     z1, z2 = g(f(first)), g(f(second));   loss = NT-Xent(z1, z2), mean over both views of all clips
///
/// Source: Chen et al. 2020, arXiv:2002.05709.
class SimClr final : public Method {
public:
    SimClr(const EncoderConfig& encoder, const HeadConfig& heads, double temperature);

    LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) override;
    bool couples_clips() const override { return true; }
    torch::Tensor project(const torch::Tensor& features, dist::Group& group) override {
        return projector_(features, group);
    }

private:
    double temperature_;
    Mlp projector_;
};

}  // namespace sslslr
