#pragma once

#include "src/method/key_queue.hpp"
#include "src/method/method.hpp"
#include "src/method/method_settings.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// The half of MoCo that PCL builds on: queries, keys of a momentum network, and a queue of earlier keys.
struct MomentumContrastConfig {
    double temperature = 0.5;
    double momentum = 0.999;    ///< of the key network, in [0, 1]
    std::int64_t queue = 4096;  ///< keys
};

extern const MethodSettings temperature_settings;  ///< simclr has it, too
extern const MethodSettings key_settings;

/// MoCo v2: a clip's first view (query) finds its second (key, by the momentum network) among the keys of the
/// clips before it. Keys of the very clip in the queue are left out.
///
///     q, k = g(f(first)), g'(f'(second)), unit rows;   loss = InfoNCE(q, k, queue), mean over the clips
///
/// The queue takes in a batch's keys after the step. Without batch norm in the heads, which the source's
/// shuffling of clips between GPUs was for, shuffling would change nothing.
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
    /// What loss() gives, with the queries for what a method adds to it. Collective if couples_clips().
    Contrast contrast(const Encoded& encoded, const Batch& batch, dist::Group& group);

    /// Keys of the momentum encoder's features [B, W]: [B, D] unit rows, constants.
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
