#pragma once

#include <unordered_map>
#include <utility>

#include <ATen/ATen.h>

namespace sslslr::dist {

/// Memory in the buckets of a reduction, by parameter: a node of the graph that writes a gradient there spares the
/// copy into the bucket.
///
/// Not for several threads at once: backward on a CPU runs on the thread that calls it.
class GradientPlaces {
public:
    /// Where to write the gradient of `parameter`, to be returned by the graph's node as that gradient. Whoever asks
    /// first in a step gets it.
    /// @return  of the parameter's shape and type, not zeroed; undefined where there is none (left)
    at::Tensor take(const at::Tensor& parameter) {
        const auto found = places_.extract(parameter.unsafeGetTensorImpl());
        return found ? found.mapped() : at::Tensor{};
    }

    /// For the reducer: a step begins in which `place` is the parameter's.
    void offer(const at::Tensor& parameter, const at::Tensor& place) {
        places_.insert_or_assign(parameter.unsafeGetTensorImpl(), place.variable_data());
    }

    /// For the reducer: the buckets have moved.
    void clear() { places_.clear(); }

private:
    std::unordered_map<const c10::TensorImpl*, at::Tensor> places_;
};

}  // namespace sslslr::dist
