#include "src/model/heads.hpp"

namespace sslslr {
namespace {

std::string layer_name(std::int64_t layer, std::int64_t layers) {
    if (layer + 1 == layers) {
        return "output";
    }
    return layer == 0 ? "hidden" : "hidden_" + std::to_string(layer + 1);
}

}  // namespace

MlpImpl::MlpImpl(const MlpConfig& config) {
    TORCH_CHECK_VALUE(config.norm != HeadNorm::automatic, "the norm of a head depends on its method");
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        const bool is_last = layer + 1 == config.layers;
        const auto in = layer == 0 ? config.in : config.hidden;
        const auto out = is_last ? config.out : config.hidden;
        const bool has_norm = config.norm == HeadNorm::all || (config.norm == HeadNorm::hidden && !is_last);
        const auto name = layer_name(layer, config.layers);
        layers_.push_back(
            register_module(name, torch::nn::Linear{torch::nn::LinearOptions(in, out).bias(!has_norm)}));
        norms_.push_back(has_norm ? register_module(name + "_norm", BatchNorm{out}) : BatchNorm{nullptr});
    }
}

torch::Tensor MlpImpl::forward(const torch::Tensor& x, dist::Group& group) {
    auto y = x;
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        y = layers_[layer](layer == 0 ? y : torch::relu(y));
        if (!norms_[layer].is_empty()) {
            y = norms_[layer](y, group);
        }
    }
    return y;
}

MlpConfig HeadConfig::projector(std::int64_t width) const {
    return {.in = width,
            .hidden = projector_hidden > 0 ? projector_hidden : width,
            .out = embedding,
            .layers = projector_layers,
            .norm = projector_norm};
}

MlpConfig HeadConfig::predictor() const {
    return {.in = embedding, .hidden = predictor_hidden, .out = embedding, .norm = predictor_norm};
}

bool HeadConfig::normalises(bool has_predictor) const {
    return projector_norm != HeadNorm::none || (has_predictor && predictor_norm != HeadNorm::none);
}

}  // namespace sslslr
