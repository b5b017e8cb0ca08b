#include "src/model/heads.hpp"

namespace sslslr {

MlpImpl::MlpImpl(std::int64_t in, std::int64_t hidden, std::int64_t out)
    : hidden_{register_module("hidden", torch::nn::Linear{in, hidden})},
      output_{register_module("output", torch::nn::Linear{hidden, out})} {}

torch::Tensor MlpImpl::forward(const torch::Tensor& x) {
    return output_(torch::relu(hidden_(x)));
}

}  // namespace sslslr
