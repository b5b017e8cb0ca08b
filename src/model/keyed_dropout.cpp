#include "src/model/keyed_dropout.hpp"

#include <cmath>
#include <optional>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "src/model/block_kernels.hpp"

namespace sslslr {
namespace {

/// Runs the kernel on all rows.
/// @param base  [R, W] or undefined
torch::Tensor masked(const torch::Tensor& x, const torch::Tensor& base, const torch::Tensor& row_keys,
                     std::uint32_t site, double p) {
    const auto input = x.contiguous();
    const auto residual = base.defined() ? base.contiguous() : base;
    const auto output = torch::empty_like(input);
    const auto columns = x.size(1);
    const auto* const keys = reinterpret_cast<const std::uint32_t*>(row_keys.const_data_ptr<std::int32_t>());
    const auto threshold = static_cast<std::uint32_t>(std::llround(p * 4294967296.0));
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "keyed_dropout", [&] {
        const auto* const from = input.const_data_ptr<scalar_t>();
        const auto* const added = residual.defined() ? residual.const_data_ptr<scalar_t>() : nullptr;
        auto* const to = output.mutable_data_ptr<scalar_t>();
        const auto& kernel = [] {
            if constexpr (std::is_same_v<scalar_t, double>) {
                return kernels().of_double.residual_norm;
            } else {
                return kernels().of_float.residual_norm;
            }
        }();
        at::parallel_for(0, x.size(0), at::internal::GRAIN_SIZE / std::max<std::int64_t>(columns, 1),
                         [&](std::int64_t begin, std::int64_t end) {
                             const auto at = begin * columns;
                             kernel({.rows = end - begin,
                                     .columns = columns,
                                     .x = from + at,
                                     .residual = added == nullptr ? nullptr : added + at,
                                     .mask = {keys + begin, site, threshold},
                                     .scale = static_cast<scalar_t>(1.0 / (1.0 - p)),
                                     .y = to + at,
                                     .gamma = nullptr,
                                     .beta = nullptr,
                                     .norm = nullptr,
                                     .statistics = nullptr});
                         });
    });
    return output;
}

/// Saves only the keys; backward computes the mask again.
struct KeyedDropout : torch::autograd::Function<KeyedDropout> {
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                                 const std::optional<torch::Tensor>& base, const torch::Tensor& row_keys,
                                 std::int64_t site, double p) {
        context->save_for_backward({row_keys});
        context->saved_data["site"] = site;
        context->saved_data["p"] = p;
        context->saved_data["has_base"] = base.has_value();
        return masked(x, base.value_or(torch::Tensor{}), row_keys, static_cast<std::uint32_t>(site), p);
    }

    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::tensor_list& gradients) {
        const auto row_keys = context->get_saved_variables().front();
        const auto site = static_cast<std::uint32_t>(context->saved_data["site"].toInt());
        const auto of_x = masked(gradients[0], {}, row_keys, site, context->saved_data["p"].toDouble());
        const auto of_base = context->saved_data["has_base"].toBool() ? gradients[0] : torch::Tensor{};
        return {of_x, of_base, {}, {}, {}};
    }
};

}  // namespace

std::uint32_t dropout_site(std::uint32_t network, std::uint32_t layer, DropoutPlace place) {
    return (network << 24U) | (layer << 8U) | static_cast<std::uint32_t>(place);
}

torch::Tensor keyed_dropout(const torch::Tensor& x, const torch::Tensor& base, const torch::Tensor& row_keys,
                            std::uint32_t site, double p) {
    TORCH_CHECK_VALUE(x.dim() == 2 && row_keys.dim() == 1 && row_keys.size(0) == x.size(0),
                      "keyed_dropout: x ", x.sizes(), " needs one key per row, found ", row_keys.sizes());
    TORCH_CHECK_VALUE(p >= 0.0 && p < 1.0, "keyed_dropout: p is ", p, ", expected [0, 1)");
    if (p == 0.0) {
        return base.defined() ? base + x : x;
    }
    if (!x.is_cpu()) {
        const auto kept = torch::dropout(x, p, /*train=*/true);
        return base.defined() ? base + kept : kept;
    }
    const auto residual = base.defined() ? std::optional{base} : std::nullopt;
    // Under autocast x is bfloat16, but the residual stream stays in float32.
    const auto input = x.scalar_type() == torch::kBFloat16 ? x.to(torch::kFloat32) : x;
    return KeyedDropout::apply(input, residual, row_keys, static_cast<std::int64_t>(site), p);
}

}  // namespace sslslr
