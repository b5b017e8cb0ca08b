#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <ATen/ATen.h>

#include "dist/communicator.hpp"

namespace c10d {
class ProcessGroup;
}

namespace sslslr::dist {

struct GroupOptions {
    /// If a rank keeps the others waiting longer than this during a training step, Heartbeat reports it and
    /// ends the job. Must exceed the longest legitimate delay between ranks. 0: ranks are not watched, and
    /// NCCL operations have c10d's default timeout.
    std::chrono::milliseconds hang_timeout = std::chrono::minutes{1};
};

/// The ranks that train one model together, and the process group that transfers their tensors: MPI for
/// tensors in host memory, NCCL for tensors on a GPU (built with SSLSLR_CUDA; never run, because no GPU was
/// available).
///
/// All members are collective except the accessors and the functions about progress. Tensors must be on
/// device().
class Group {
public:
    /// @throws c10::ValueError  on every rank: the ranks' devices are of different types, or this build does
    ///                          not support them
    Group(Communicator ranks, at::Device device, GroupOptions options = {});
    ~Group();
    Group(Group&&) noexcept;

    int rank() const noexcept;
    int size() const noexcept;
    const Communicator& communicator() const noexcept;
    at::Device device() const noexcept;

    /// Overwrites the tensor on every rank with `root`'s.
    void broadcast(at::Tensor tensor, int root = 0);
    /// Replaces the tensor, in place, with its sum over the ranks.
    void all_reduce_sum(at::Tensor tensor);
    /// Starts all_reduce_sum() and returns a function that waits for it. Until then, do not access the
    /// tensor.
    std::function<void()> start_all_reduce_sum(at::Tensor tensor);

    c10d::ProcessGroup& process_group() noexcept;

    /// Sets whether waiting longer than the hang timeout counts as a hang, as it does in training steps.
    /// Initially false. Not collective.
    void expect_progress(bool expected) noexcept;
    bool expects_progress() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Returns the device that this rank computes on: a GPU, chosen by its rank on the node, if this build and
/// machine have one; otherwise the CPU.
at::Device default_device(const Communicator& node);

/// Describes in one sentence the devices that this build can use on this machine.
std::string describe_devices();

}  // namespace sslslr::dist
