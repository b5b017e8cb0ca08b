#include "src/method/sl_fpn.hpp"

#include <utility>

namespace sslslr {
namespace {

/// Sum over this rank's clips of the mean over channels of (a - b)^2, over global_size. a, b: [B, D]
torch::Tensor squared_distance(const torch::Tensor& a, const torch::Tensor& b, std::int64_t global_size) {
    return torch::mse_loss(a, b, at::Reduction::Sum) / static_cast<double>(a.size(1) * global_size);
}

bool reads_original(const SlFpnConfig& config) {
    return config.original || config.swap;
}

/// No gradient leaves the recorded clip: its pass needs no graph, a fifth of the work less.
bool original_is_constant(const SlFpnConfig& config) {
    return config.original && !config.swap && config.stop_gradient_original &&
           (config.predictor_input == PredictorInput::view || !config.predictor);
}

}  // namespace

SlFpn::SlFpn(const EncoderConfig& encoder, const HeadConfig& heads, const SlFpnConfig& config)
    : Method{encoder,
             {.anchor = reads_original(config) && !original_is_constant(config),
              .first = true,
              .second = true},
             {.anchor = original_is_constant(config)},
             TargetEncoder::trained},
      config_{config},
      couples_clips_{heads.normalises(config.predictor)},
      projector_{register_module("projector", Mlp{heads.projector(encoder.width)})} {
    if (config.predictor) {
        predictor_ = register_module("predictor", Mlp{heads.predictor()});
    }
}

LossTerms SlFpn::loss(const Encoded& encoded, const Batch& batch, dist::Group& group) {
    const auto z = project(encoded, group);
    const auto size = batch.global_size;
    const auto pair = squared_distance(z.first, z.second, size);
    auto original = torch::zeros_like(pair);
    if (config_.original) {
        original = squared_distance(z.first,
                                    config_.stop_gradient_original ? z.original.detach() : z.original, size);
    }
    const auto predicted = predict(z, size, group);
    return {.terms = {{"pair", config_.weights[0] * pair},
                      {"original", config_.weights[1] * original},
                      {"predict", config_.weights[2] * predicted}},
            .projection = (z.original.defined() ? z.original : z.first).detach()};
}

SlFpn::Projections SlFpn::project(const Encoded& encoded, dist::Group& group) {
    const auto projected = [&](const torch::Tensor& view) {
        return view.defined() ? projector_(view, group) : torch::Tensor{};
    };
    const auto& features = encoded.trained;
    Projections z{projected(features.anchor.defined() ? features.anchor : encoded.target.anchor),
                  projected(features.first), projected(features.second)};
    if (config_.swap) {
        std::swap(z.original, z.first);
    }
    return z;
}

torch::Tensor SlFpn::predict(const Projections& z, std::int64_t global_size, dist::Group& group) {
    if (predictor_.is_empty()) {
        return squared_distance(z.first, z.second, global_size);
    }
    const bool from_view = config_.predictor_input == PredictorInput::view || !config_.original;
    const auto prediction = predictor_(from_view ? z.first : z.original, group);
    return squared_distance(prediction, z.second.detach(), global_size);
}

}  // namespace sslslr
