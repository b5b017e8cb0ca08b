#include "src/method/sl_fpn.hpp"

#include <utility>

namespace sslslr {

SlFpn::SlFpn(const EncoderConfig& encoder, const HeadConfig& heads, const SlFpnConfig& config)
    : config_{config},
      encoder_{register_module("encoder", Encoder{encoder})},
      projector_{register_module(
          "projector", Mlp{encoder.width, heads.projector_hidden > 0 ? heads.projector_hidden : encoder.width,
                           heads.embedding})} {
    if (config.predictor) {
        predictor_ =
            register_module("predictor", Mlp{heads.embedding, heads.predictor_hidden, heads.embedding});
    }
}

LossTerms SlFpn::loss(const Batch& batch) {
    const auto z = project(batch);
    auto [pair, original, predict] = terms(z, batch.global_size);
    if (config_.symmetrise) {
        const auto other = terms({z.original, z.second, z.first}, batch.global_size);
        pair = 0.5 * (pair + other[0]);
        original = 0.5 * (original + other[1]);
        predict = 0.5 * (predict + other[2]);
    }
    return {.terms = {{"pair", config_.weights[0] * pair},
                      {"original", config_.weights[1] * original},
                      {"predict", config_.weights[2] * predict}},
            .projection = (z.original.defined() ? z.original : z.first).detach()};
}

torch::Tensor SlFpn::represent(const PackedClips& clips) {
    return encoder_(clips, DropoutKey{});
}

SlFpn::Projections SlFpn::project(const Batch& batch) {
    // One concatenated pass over all views: the same result as three, in larger matrix products.
    std::vector<PackedClips> views{batch.views.first, batch.views.second};
    if (uses_anchor()) {
        views.push_back(batch.views.anchor);
    }
    const auto z = projector_(encoder_(concatenate(views), DropoutKey{batch.dropout_seed}))
                       .chunk(static_cast<std::int64_t>(views.size()));
    Projections projections{uses_anchor() ? z[2] : torch::Tensor{}, z[0], z[1]};
    if (config_.swap) {
        std::swap(projections.original, projections.first);
    }
    return projections;
}

std::array<torch::Tensor, 3> SlFpn::terms(const Projections& z, std::int64_t global_size) {
    const auto pair = mse(z.first, z.second, global_size);
    const auto original =
        !config_.original
            ? torch::zeros_like(pair)
            : mse(z.first, config_.stop_gradient_original ? z.original.detach() : z.original, global_size);
    if (predictor_.is_empty()) {
        return {pair, original, pair};
    }
    const bool from_view = config_.predictor_input == "view" || !config_.original;
    const auto prediction = predictor_(from_view ? z.first : z.original);
    return {pair, original, mse(prediction, z.second.detach(), global_size)};
}

torch::Tensor SlFpn::mse(const torch::Tensor& a, const torch::Tensor& b, std::int64_t global_size) const {
    const auto unit = [&](const torch::Tensor& z) {
        return config_.normalise ? torch::nn::functional::normalize(z) : z;
    };
    const auto share = static_cast<double>(a.size(1) * global_size);
    return torch::mse_loss(unit(a), unit(b), at::Reduction::Sum) / share;
}

}  // namespace sslslr
