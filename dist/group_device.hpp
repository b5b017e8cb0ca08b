#pragma once

#include <ATen/ATen.h>

#include "dist/group.hpp"

namespace sslslr::dist {

/// Adds to `process_group` a backend for tensors on `device`, a GPU. Collective.
///
/// CMake picks the source file: one uses NCCL; the other, for builds without GPU support, throws
/// c10::ValueError.
void add_gpu_backend(c10d::ProcessGroup& process_group, const Communicator& ranks, at::Device device,
                     const GroupOptions& options);

}  // namespace sslslr::dist
