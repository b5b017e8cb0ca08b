#pragma once

#include <array>

#include <torch/types.h>

namespace sslslr {

/// The type of a training's computations.
enum class Precision {
    float32,
    bfloat16,  ///< weights, loss and update in float32; matrix products of the encoder in bfloat16 (autocast)
    float64    ///< for tests and comparisons
};
constexpr auto words(Precision /*of*/) {
    return std::array{"float32", "bfloat16", "float64"};
}

/// Returns the type of weights, features and gradients.
torch::Dtype weights_type(Precision precision);

/// While it exists, LibTorch casts the inputs of matrix products on `device` to bfloat16 on this thread.
///
/// Casts of weights are cached for the lifetime of the scope, with or without their graph: use one scope
/// either for passes with gradients or for passes without.
class AutocastScope {
public:
    AutocastScope(Precision precision, torch::Device device);  ///< does nothing unless precision is bfloat16
    ~AutocastScope();
    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

private:
    bool is_active_;
    torch::DeviceType device_;
    bool was_enabled_ = false;
    torch::Dtype type_before_ = torch::kBFloat16;
};

}  // namespace sslslr
