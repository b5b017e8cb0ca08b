#include <c10/cuda/CUDAFunctions.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "dist/group_device.hpp"

namespace sslslr::dist {
namespace {

/// The key-value store in which NCCL's ranks find each other: rank 0 listens on a free port, whose address
/// MPI carries.
c10::intrusive_ptr<c10d::Store> make_store(const Communicator& ranks) {
    c10d::TCPStoreOptions options;
    options.port = 0;
    options.isServer = ranks.rank() == 0;
    options.waitWorkers = false;

    char host[MPI_MAX_PROCESSOR_NAME] = {};
    int length = 0;
    check(MPI_Get_processor_name(host, &length), "MPI_Get_processor_name");
    c10::intrusive_ptr<c10d::TCPStore> store;
    if (options.isServer) {
        store = c10::make_intrusive<c10d::TCPStore>(host, options);
        options.port = store->getPort();
    }
    const auto server = ranks.broadcast(host);
    options.port = static_cast<std::uint16_t>(std::stoi(ranks.broadcast(std::to_string(options.port))));
    return options.isServer ? store : c10::make_intrusive<c10d::TCPStore>(server, options);
}

}  // namespace

void add_gpu_backend(c10d::ProcessGroup& process_group, const Communicator& ranks, at::Device device,
                     const GroupOptions& options) {
    c10::cuda::set_device(device.index());
    const auto nccl_options = c10d::ProcessGroupNCCL::Options::create();
    nccl_options->timeout = options.timeout;
    const auto backend = c10::make_intrusive<c10d::ProcessGroupNCCL>(make_store(ranks), ranks.rank(),
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
