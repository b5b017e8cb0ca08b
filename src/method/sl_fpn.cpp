#include "src/method/sl_fpn.hpp"

#include <utility>

namespace sslslr {

namespace {

bool reads_original(const SlFpnConfig& config) {
    return config.original || config.swap;
}

/// No gradient leaves the recorded clip: its pass needs no graph, a fifth of the work less.
bool original_is_constant(const SlFpnConfig& config) {
    return config.original && !config.swap && config.stop_gradient_original &&
           (config.predictor_input == "view" || !config.predictor);
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
    auto [pair, original, predict] = terms(z, batch.global_size, group);
    if (config_.symmetrise) {
        const auto other = terms({z.original, z.second, z.first}, batch.global_size, group);
        pair = 0.5 * (pair + other[0]);
        original = 0.5 * (original + other[1]);
        predict = 0.5 * (predict + other[2]);
    }
    return {.terms = {{"pair", config_.weights[0] * pair},
                      {"original", config_.weights[1] * original},
                      {"predict", config_.weights[2] * predict}},
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

std::array<torch::Tensor, 3> SlFpn::terms(const Projections& z, std::int64_t global_size,
                                          dist::Group& group) {
    const auto constant_if = [](bool stops, const torch::Tensor& target) {
        return stops ? target.detach() : target;
    };
    const auto pair = mse(z.first, constant_if(config_.stop_gradient_pair, z.second), global_size);
    auto original = torch::zeros_like(pair);
    if (config_.original) {
        original = mse(config_.original_view == "first" ? z.first : z.second,
                       constant_if(config_.stop_gradient_original, z.original), global_size);
    }
    if (predictor_.is_empty()) {
        return {pair, original, mse(z.first, z.second, global_size)};
    }
    const bool from_view = config_.predictor_input == "view" || !config_.original;
    const auto prediction = predictor_(from_view ? z.first : z.original, group);
    return {pair, original, mse(prediction, constant_if(config_.stop_gradient, z.second), global_size)};
}

torch::Tensor SlFpn::mse(const torch::Tensor& a, const torch::Tensor& b, std::int64_t global_size) const {
    const auto unit = [&](const torch::Tensor& z) {
        return config_.normalise ? torch::nn::functional::normalize(z) : z;
    };
    const auto share = static_cast<double>((config_.sum_channels ? 1 : a.size(1)) * global_size);
    return torch::mse_loss(unit(a), unit(b), at::Reduction::Sum) / share;
}

}  // namespace sslslr
