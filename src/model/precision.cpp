#include "src/model/precision.hpp"

#include <ATen/autocast_mode.h>

namespace sslslr {

torch::Dtype weights_type(Precision precision) {
    return precision == Precision::float64 ? torch::kFloat64 : torch::kFloat32;
}

AutocastScope::AutocastScope(Precision precision, torch::Device device)
    : is_active_{precision == Precision::bfloat16}, device_{device.type()} {
    if (is_active_) {
        was_enabled_ = at::autocast::is_autocast_enabled(device_);
        type_before_ = at::autocast::get_autocast_dtype(device_);
        at::autocast::set_autocast_enabled(device_, true);
        at::autocast::set_autocast_dtype(device_, torch::kBFloat16);
        at::autocast::increment_nesting();
    }
}

AutocastScope::~AutocastScope() {
    if (is_active_) {
        if (at::autocast::decrement_nesting() == 0) {
            at::autocast::clear_cache();
        }
        at::autocast::set_autocast_dtype(device_, type_before_);
        at::autocast::set_autocast_enabled(device_, was_enabled_);
    }
}

}  // namespace sslslr
