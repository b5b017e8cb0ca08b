#pragma once

#include <ATen/ATen.h>

#include "dist/group.hpp"

namespace sslslr::dist {

/// Lets `process_group` carry tensors on `device`, a GPU. Implemented once with NCCL and once, for builds
/// without GPU support, as a refusal; CMake picks the source file. Collective.
void add_gpu_backend(c10d::ProcessGroup& process_group, const Communicator& ranks, at::Device device,
                     const GroupOptions& options);

}  // namespace sslslr::dist
