#pragma once

#include <array>
#include <cstdint>

#include "src/method/method.hpp"
#include "src/method/method_settings.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// The input of the predictor: z0 or z1.
enum class PredictorInput { original, view };
constexpr auto words(PredictorInput /*of*/) {
    return std::array{"original", "view"};
}

/// Variants of the SL-FPN loss. The defaults are the authors' code; the others are the paper's ablations and
/// alternatives that its text leaves open.
struct SlFpnConfig {
    PredictorInput predictor_input = PredictorInput::original;
    bool predictor = true;  ///< false: the third term is mse(z1, z2), no predictor, no stop-gradient
    bool original = true;   ///< false: no second term, and the predictor sees z1
    bool swap = false;      ///< true: the recorded clip and the first view exchange roles
    bool stop_gradient_original = false;  ///< true: the recorded clip is a constant target of the second term
    std::array<double, 3> weights{1.0, 1.0, 1.0};  ///< of the terms pair, original, predict
};

extern const MethodSettings sl_fpn_settings;

/// SL-FPN: learning from positive pairs only, with the unaugmented clip as a third positive.
///
///     z0, z1, z2 = g(f(original)), g(f(first view)), g(f(second view))
///     loss = mse(z1, z2) + mse(z1, z0) + mse(q(z0), stop_gradient(z2))
///
/// mse is the mean over the D channels and the clips. Only the last term stops a gradient, so a constant
/// output is a minimum of all three: the trainer logs the spread of z, and a run whose spread reaches zero
/// has collapsed. Source: Madjoukeng et al. 2025, section 5.1; the predictor's input and the second term's
/// view, which the text leaves open, follow the authors' public code
/// (arielbassodev/contrastives_resposittory, contrastive_approaches.py).
class SlFpn final : public Method {
public:
    SlFpn(const EncoderConfig& encoder, const HeadConfig& heads, const SlFpnConfig& config);

    LossTerms loss(const Encoded& encoded, const Batch& batch, dist::Group& group) override;
    bool couples_clips() const override { return couples_clips_; }
    torch::Tensor project(const torch::Tensor& features, dist::Group& group) override {
        return projector_(features, group);
    }

private:
    struct Projections {
        torch::Tensor original, first, second;  ///< [B, D]; original is undefined without the original
    };
    Projections projections_of(const Encoded& encoded, dist::Group& group);
    /// The third term.
    torch::Tensor predict(const Projections& z, std::int64_t global_size, dist::Group& group);

    SlFpnConfig config_;
    bool couples_clips_;
    Mlp projector_;
    Mlp predictor_{nullptr};
};

}  // namespace sslslr
