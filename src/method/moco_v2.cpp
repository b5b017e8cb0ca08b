#include "src/method/moco_v2.hpp"

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/method/losses.hpp"
#include "src/method/momentum.hpp"
#include "src/method/registry.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

const MethodSettings temperature_settings{
    .title = "Contrast with negatives",
    .declare =
        [](Options& options, MethodConfig& fields) {
            options.add("temperature", fields.contrast.temperature,
                        "softmax temperature of the similarities");
        },
    .check =
        [](const MethodConfig& config) {
            if (!(config.contrast.temperature > 0)) {
                throw ConfigError{fmt::format("{}: expected more than 0",
                                              io::setting("temperature", config.contrast.temperature))};
            }
        }};

const MethodSettings key_settings{
    .title = "Key network of moco-v2 and pcl",
    .declare =
        [](Options& options, MethodConfig& fields) {
            options.add("queue", fields.contrast.queue,
                        "number of keys of earlier clips that serve as negatives");
            options.add("key-momentum", fields.contrast.momentum,
                        "momentum coefficient of the key network, per step");
        },
    .check =
        [](const MethodConfig& config) {
            const auto queue = config.contrast.queue;
            const auto momentum = config.contrast.momentum;
            if (queue < 1) {
                throw ConfigError{fmt::format("{}: expected 1 key or more", io::setting("queue", queue))};
            }
            if (!(momentum >= 0 && momentum <= 1)) {
                throw ConfigError{fmt::format("{}: expected [0, 1]", io::setting("key-momentum", momentum))};
            }
        }};

MocoV2::MocoV2(const EncoderConfig& encoder, const HeadConfig& heads, const MomentumContrastConfig& config)
    : Method{encoder, {.first = true}, {.second = true}},
      config_{config},
      couples_clips_{heads.normalises(/*has_predictor=*/false)},
      projector_{register_module("projector", Mlp{heads.projector(encoder.width)})},
      momentum_projector_{register_module("momentum_projector", Mlp{heads.projector(encoder.width)})},
      queue_{register_module("queue", KeyQueue{config.queue, heads.embedding})} {
    start_momentum(*momentum_projector_, *projector_);
}

LossTerms MocoV2::loss(const Encoded& encoded, const Batch& batch, dist::Group& group) {
    return contrast(encoded, batch, group).loss;
}

MocoV2::Contrast MocoV2::contrast(const Encoded& encoded, const Batch& batch, dist::Group& group) {
    const auto projection = projector_(encoded.trained.first, group);  // [B, D]
    const auto keys = keys_of(encoded.target.second, group);
    const auto queries = unit_rows(projection);
    const auto sum =
        info_nce_sum(queries, keys, queue_->keys(), queue_->is_of(batch.ids()), config_.temperature);
    return {.loss = {.terms = {{"contrast", sum / static_cast<double>(batch.global_size)}},
                     .projections = {projection},
                     .keys = keys},
            .queries = queries};
}

torch::Tensor MocoV2::keys_of(const torch::Tensor& features, dist::Group& group) {
    const torch::NoGradGuard constants;
    return unit_rows(momentum_projector_(features, group));
}

void MocoV2::after_step(double, const Batch& batch, const LossTerms& loss, dist::Group& group) {
    move_towards(*momentum_encoder(), *encoder(), config_.momentum);
    move_towards(*momentum_projector_, *projector_, config_.momentum);
    queue_->enqueue(loss.keys, batch, group);
}

}  // namespace sslslr
