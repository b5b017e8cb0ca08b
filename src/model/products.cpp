#include "src/model/products.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "src/model/block_kernels.hpp"

namespace sslslr {
namespace {

using Linear = torch::Tensor(const torch::Tensor&, const torch::Tensor&, const std::optional<torch::Tensor>&,
                             std::string_view, torch::List<std::optional<at::Scalar>>,
                             std::optional<std::string_view>);

/// Returns oneDNN's linear layer, if this build of LibTorch has it.
const std::optional<c10::TypedOperatorHandle<Linear>>& onednn_linear() {
    static const auto found = [] {
        const auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
        return schema ? std::optional{schema->typed<Linear>()} : std::nullopt;
    }();
    return found;
}

bool onednn_takes(const torch::Tensor& x) {
    return onednn_linear() && x.scalar_type() == torch::kFloat32 && x.numel() > 0;
}

/// Writes the transpose of a float32 matrix whose columns are contiguous.
void transpose_into(const torch::Tensor& from, const torch::Tensor& to) {
    constexpr std::int64_t columns_a_part = 64;
    const auto rows = from.size(0);
    at::parallel_for(0, from.size(1), columns_a_part, [&](std::int64_t begin, std::int64_t end) {
        kernels().transpose(from.const_data_ptr<float>() + begin, rows, end - begin, from.stride(0),
                            to.data_ptr<float>() + begin * rows);
    });
}

torch::Tensor transposed(const torch::Tensor& x) {
    auto result = torch::empty({x.size(1), x.size(0)}, x.options());
    transpose_into(x, result);
    return result;
}

}  // namespace

torch::Tensor product_with_transposed(const torch::Tensor& x, const torch::Tensor& w,
                                      const torch::Tensor& b) {
    if (!onednn_takes(x)) {
        return torch::linear(x, w, b);
    }
    const auto bias = b.defined() ? std::optional{b} : std::nullopt;
    return onednn_linear()->call(x, w, bias, "none", torch::List<std::optional<at::Scalar>>{}, "");
}

void product_of_transposed(const torch::Tensor& g, const torch::Tensor& x, const torch::Tensor& result) {
    if (!onednn_takes(x)) {
        if (result.scalar_type() == x.scalar_type()) {
            at::mm_out(const_cast<torch::Tensor&>(result), g.t(), x);
        } else {
            result.copy_(torch::mm(g.t(), x));
        }
    } else if (g.size(1) <= x.size(1)) {  // oneDNN expects rows: the narrower factor is cheaper to transpose
        result.copy_(product_with_transposed(transposed(g), x.t(), {}));
    } else {
        transpose_into(product_with_transposed(transposed(x), g.t(), {}), result);
    }
}

}  // namespace sslslr
