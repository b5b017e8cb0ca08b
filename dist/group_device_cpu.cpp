#include <c10/util/Exception.h>

#include "dist/group_device.hpp"

namespace sslslr::dist {

void add_gpu_backend(c10d::ProcessGroup& /*process_group*/, const Communicator& /*ranks*/, at::Device device,
                     const GroupOptions& /*options*/) {
    TORCH_CHECK_VALUE(false, "no ", device,
                      " in this build: configure with SSLSLR_CUDA=ON to compute on a GPU");
}

at::Device default_device(const Communicator& /*node*/) {
    return at::kCPU;
}

std::string describe_devices() {
    return "CPU only: built without GPU support (SSLSLR_CUDA=OFF)";
}

}  // namespace sslslr::dist
