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
    /// A rank that keeps the others waiting longer in a step of a training is named, and the job ends (Heartbeat). Must
    /// exceed the longest honest delay between ranks; 0: no rank is watched (NCCL's operations then have c10d's own limit).
    std::chrono::milliseconds hang_timeout = std::chrono::minutes{1};
};

/// The ranks that train one model together, and the process group that carries their tensors: MPI for tensors
/// in host memory, NCCL for tensors on a GPU (compiled in with SSLSLR_CUDA; never run, there was no GPU to
/// run it on).
///
/// Every member but rank(), size(), communicator(), device() and those about progress is collective. Tensors lie on device().
class Group {
public:
    /// @throws c10::ValueError  on every rank: the ranks' devices are of different types, or this build lacks
    /// them
    Group(Communicator ranks, at::Device device, GroupOptions options = {});
    ~Group();
    Group(Group&&) noexcept;

    int rank() const noexcept;
    int size() const noexcept;
    const Communicator& communicator() const noexcept;
    at::Device device() const noexcept;

    /// Replaces the tensor on every rank by `root`'s.
    void broadcast(at::Tensor tensor, int root = 0);
    /// Replaces the tensor, in place, with its sum over the ranks.
    void all_reduce_sum(at::Tensor tensor);
    /// Starts the same and returns a function that waits for it; the tensor must not be touched in between.
    std::function<void()> start_all_reduce_sum(at::Tensor tensor);

    c10d::ProcessGroup& process_group() noexcept;

    /// Whether ranks that wait for each other for longer than the hang timeout have a failed one among them, as in the
    /// steps of a training; at first they may wait. Not collective.
    void expect_progress(bool expected) noexcept;
    bool expects_progress() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The device this rank computes on: its own GPU (by its rank on the node) if this build and machine have
/// one, else the CPU.
at::Device default_device(const Communicator& node);

/// What this build and this machine offer to compute on, in one sentence.
std::string describe_devices();

}  // namespace sslslr::dist
