#include "src/method/sl_fpn.hpp"

#include <utility>

#include "src/method/registry.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

/// Sum over this rank's clips of the mean over channels of (a - b)^2, over global_size. a, b: [B, D]
torch::Tensor squared_distance(const torch::Tensor& a, const torch::Tensor& b, std::int64_t global_size) {
    return torch::mse_loss(a, b, at::Reduction::Sum) / static_cast<double>(a.size(1) * global_size);
}

bool reads_original(const SlFpnConfig& config) {
    return config.original || config.swap;
}

/// No gradient passes through the recorded clip: encoding it without graph saves a fifth of the work.
bool original_is_constant(const SlFpnConfig& config) {
    return config.original && !config.swap && config.stop_gradient_original &&
           (config.predictor_input == PredictorInput::view || !config.predictor);
}

}  // namespace

const MethodSettings sl_fpn_settings{
    .title = "Loss of sl-fpn: mse(z1, z2) + mse(z1, z0) + mse(q(z0), sg(z2))",
    .declare = [](Options& options, MethodConfig& fields) {
        auto& loss = fields.sl_fpn;
        options.add("predictor-input", loss.predictor_input,
                    "input of the predictor: original (z0, as in the authors' code) or view (z1)");
        options.add("predictor", loss.predictor,
                    "false: mse(z1, z2) as the third term, without predictor and stop-gradient");
        options.add("original", loss.original, "false: leave out mse(z1, z0), and let the predictor read z1");
        options.add("swap", loss.swap, "exchange the roles of the original (z0) and the first view (z1)");
        options.add("stop-gradient-original", loss.stop_gradient_original,
                    "use mse(z1, sg(z0)) as the second term");
        options.add("weight-pair", loss.weights[0], "weight of mse(z1, z2)");
        options.add("weight-original", loss.weights[1], "weight of mse(z1, z0)");
        options.add("weight-predict", loss.weights[2], "weight of mse(q(z0), sg(z2))");
    }};

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
    const auto z = projections_of(encoded, group);
    const auto size = batch.global_size;
    const auto pair = squared_distance(z.first, z.second, size);
    auto original = torch::zeros_like(pair);
    if (config_.original) {
        original = squared_distance(z.first,
                                    config_.stop_gradient_original ? z.original.detach() : z.original, size);
    }
    const auto predicted = predict(z, size, group);
    LossTerms loss{.terms = {{"pair", config_.weights[0] * pair},
                             {"original", config_.weights[1] * original},
                             {"predict", config_.weights[2] * predicted}},
                   .projections = {z.first, z.second}};
    if (encoded.trained.anchor.defined()) {
        loss.projections.push_back(z.original);
    }
    return loss;
}

SlFpn::Projections SlFpn::projections_of(const Encoded& encoded, dist::Group& group) {
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
