#include "src/method/byol.hpp"

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/method/losses.hpp"
#include "src/method/momentum.hpp"
#include "src/method/registry.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

const MethodSettings byol_settings{
    .title = "Target network of byol",
    .declare =
        [](Options& options, MethodConfig& fields) {
            options.add("target-momentum", fields.target_momentum,
                        "momentum coefficient at the start; rises to 1 along a half cosine");
        },
    .check =
        [](const MethodConfig& config) {
            const auto momentum = config.target_momentum;
            require(momentum >= 0 && momentum <= 1, "target-momentum", momentum, "[0, 1]");
        }};

Byol::Byol(const EncoderConfig& encoder, const HeadConfig& heads, double momentum)
    : Method{encoder, {.first = true, .second = true}, {.first = true, .second = true}},
      momentum_{momentum},
      couples_clips_{heads.normalises(/*has_predictor=*/true)},
      projector_{register_module("projector", Mlp{heads.projector(encoder.width)})},
      predictor_{register_module("predictor", Mlp{heads.predictor()})},
      momentum_projector_{register_module("momentum_projector", Mlp{heads.projector(encoder.width)})} {
    start_momentum(*momentum_projector_, *projector_);
}

LossTerms Byol::loss(const Encoded& encoded, const Batch& batch, dist::Group& group) {
    const auto first = projector_(encoded.trained.first, group);    // [B, D]
    const auto second = projector_(encoded.trained.second, group);  // [B, D]
    const auto target = [&](const torch::Tensor& features) {
        const torch::NoGradGuard constants;
        return momentum_projector_(features, group);
    };
    const auto sum = cosine_sum(predictor_(first, group), target(encoded.target.second)) +
                     cosine_sum(predictor_(second, group), target(encoded.target.first));
    const auto clips = static_cast<double>(batch.clips());
    return {.terms = {{"distance", (4 * clips - 2 * sum) / static_cast<double>(batch.global_size)}},
            .projections = {first, second}};
}

void Byol::after_step(double progress, const Batch&, const LossTerms&, dist::Group&) {
    const auto momentum = cosine_momentum(momentum_, progress);
    move_towards(*momentum_encoder(), *encoder(), momentum);
    move_towards(*momentum_projector_, *projector_, momentum);
}

}  // namespace sslslr
