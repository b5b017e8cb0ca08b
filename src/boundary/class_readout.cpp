#include "src/boundary/class_readout.hpp"

namespace sslslr {

ClassReadout::ClassReadout(const LabelledFeatures& known, double ridge) {
    TORCH_CHECK_VALUE(known.features.dim() == 2 && known.features.size(0) >= 2,
                      "class readout: expected features of two clips or more, got ", known.features.sizes());
    TORCH_CHECK_VALUE(ridge > 0, "class readout: expected a ridge above 0, got ", ridge);
    const auto x = known.features.to(torch::kFloat64);  // [N, W]
    const auto y = torch::one_hot(known.labels.to(x.device()), known.glosses).to(torch::kFloat64);
    mean_ = x.mean(0);
    constexpr double smallest = 1e-9;  // a constant feature carries nothing, but must not divide by 0
    const auto scale = x.std(0).clamp_min(smallest);
    const auto scaled = (x - mean_) / scale;
    const auto clips = static_cast<double>(x.size(0));
    const auto gram = scaled.t().mm(scaled) / clips + ridge * torch::eye(x.size(1), x.options());
    const auto moments = scaled.t().mm(y - y.mean(0)) / clips;
    weights_ = torch::linalg_solve(gram, moments) / scale.unsqueeze(1);
}

torch::Tensor ClassReadout::operator()(const torch::Tensor& features) const {
    const auto device = features.device();
    return (features.to(torch::kFloat64) - mean_.to(device)).mm(weights_.to(device));
}

}  // namespace sslslr
