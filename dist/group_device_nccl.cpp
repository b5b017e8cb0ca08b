#include <cstdlib>

#include <c10/cuda/CUDAFunctions.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "dist/group_device.hpp"
#include "dist/tcp_store.hpp"

namespace sslslr::dist {
namespace {

/// Configures c10d's watchdog, except where the user already has: a collective that times out or fails ends
/// the process, after each rank has written its last collectives to TORCH_FR_DUMP_TEMP_FILE (flight
/// recorder).
void set_watchdog_defaults() {
    constexpr int keep = 0;
    setenv("TORCH_NCCL_ASYNC_ERROR_HANDLING", "1", keep);
    setenv("TORCH_NCCL_DUMP_ON_TIMEOUT", "1", keep);
    setenv("TORCH_FR_BUFFER_SIZE", "2000", keep);
}

}  // namespace

void add_gpu_backend(c10d::ProcessGroup& process_group, const Communicator& ranks, at::Device device,
                     const GroupOptions& options) {
    c10::cuda::set_device(device.index());
    const auto nccl_options = c10d::ProcessGroupNCCL::Options::create();
    if (options.hang_timeout.count() > 0) {
        nccl_options->timeout = options.hang_timeout;
    }
    set_watchdog_defaults();
    const auto backend = c10::make_intrusive<c10d::ProcessGroupNCCL>(make_tcp_store(ranks), ranks.rank(),
                                                                     ranks.size(), nccl_options);
    process_group.setBackend(at::kCUDA, c10d::ProcessGroup::NCCL, backend);
    process_group.setDefaultBackend(c10d::ProcessGroup::NCCL);
}

at::Device default_device(const Communicator& node) {
    const int gpus = c10::cuda::device_count();
    return gpus == 0 ? at::Device{at::kCPU}
                     : at::Device{at::kCUDA, static_cast<at::DeviceIndex>(node.rank() % gpus)};
}

std::string describe_devices() {
    const int gpus = c10::cuda::device_count();
    return gpus == 0 ? "no GPU found on this machine: computing on the CPU"
                     : std::to_string(gpus) + " GPU(s), NCCL";
}

}  // namespace sslslr::dist
