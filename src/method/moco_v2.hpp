#pragma once

#include "src/method/key_queue.hpp"
#include "src/method/method.hpp"
#include "src/method/method_settings.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// Settings that MoCo and PCL share: for queries, keys of a momentum network, and a queue of earlier keys.
struct MomentumContrastConfig {
    double temperature = 0.5;
    double momentum = 0.999;    ///< of the key network, in [0, 1]
    std::int64_t queue = 4096;  ///< keys
};

extern const MethodSettings temperature_settings;  ///< simclr has it, too
extern const MethodSettings key_settings;

/// MoCo v2: the first view of a clip, the query, must pick its second view, the key (by the momentum
/// network), among the keys of earlier clips. Keys of the same clip in the queue are left out.
///
///     q, k = g(f(first)), g'(f'(second)), unit rows;   loss = InfoNCE(q, k, queue), mean over the clips
///
/// The queue takes in the keys of a batch after the step. The source shuffles clips between GPUs because of
/// batch norm in the heads; without batch norm, shuffling would change nothing.
/// Source: He et al. 2020, arXiv:1911.05722, algorithm 1; Chen et al. 2020, arXiv:2003.04297.
class MocoV2 : public Method {
public:
    MocoV2(const EncoderConfig& encoder, const HeadConfig& heads, const MomentumContrastConfig& config);

    LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) override;
    bool couples_clips() const override { return couples_clips_; }
    torch::Tensor project(const torch::Tensor& features, dist::Group& group) override {
        return projector_(features, group);
    }
    void after_step(double progress, const Batch& batch, const LossTerms& loss, dist::Group& group) override;

protected:
    struct Contrast {
        LossTerms loss;         ///< MoCo's own
        torch::Tensor queries;  ///< [B, D] unit rows, with their graph
    };
    /// Returns the result of loss(), and the queries for terms that a derived method adds. Collective if
    /// couples_clips().
    Contrast contrast(const Encoded& encoded, const Batch& batch, dist::Group& group);

    /// Returns keys of the momentum encoder's features [B, W]: [B, D] unit rows, constants.
    torch::Tensor keys_of(const torch::Tensor& features, dist::Group& group);

    const MomentumContrastConfig& contrast_config() const noexcept { return config_; }

private:
    MomentumContrastConfig config_;
    bool couples_clips_;
    Mlp projector_;
    Mlp momentum_projector_;
    KeyQueue queue_;
};

}  // namespace sslslr
