#pragma once

#include <unordered_map>
#include <utility>

#include <ATen/ATen.h>

namespace sslslr::dist {

/// The memory of each parameter's gradient in the reducer's buckets. A node of the graph that writes a
/// gradient directly into this memory saves the copy into the bucket.
///
/// Not thread-safe; it need not be, because backward on a CPU runs on the calling thread.
class GradientPlaces {
public:
    /// Returns where to write the gradient of `parameter`. The caller, a node of the graph, must return this
    /// tensor as the gradient. Only the first call for a parameter in each step gets the memory.
    /// @return  tensor of the parameter's shape and type, not zeroed; undefined if none is available
    at::Tensor take(const at::Tensor& parameter) {
        const auto found = places_.extract(parameter.unsafeGetTensorImpl());
        return found ? found.mapped() : at::Tensor{};
    }

    /// Called by the reducer: makes `place` available for `parameter` in the step that begins.
    void offer(const at::Tensor& parameter, const at::Tensor& place) {
        places_.insert_or_assign(parameter.unsafeGetTensorImpl(), place.variable_data());
    }

    /// Called by the reducer after it has rebuilt its buckets.
    void clear() { places_.clear(); }

private:
    std::unordered_map<const c10::TensorImpl*, at::Tensor> places_;
};

}  // namespace sslslr::dist
