#include "dist/group.hpp"

#include <exception>
#include <utility>
#include <vector>

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

#include "dist/group_device.hpp"
#include "dist/heartbeat.hpp"
#include "dist/mpi_backend.hpp"

namespace sslslr::dist {
namespace {

using c10d::ProcessGroup;

/// Ranks on different device types would deadlock, each waiting in another library. Collective.
void require_one_device_type(const Communicator& ranks, at::Device device) {
    const auto types = ranks.all_gather(c10::DeviceTypeName(device.type(), true));
    for (std::size_t rank = 1; rank < types.size(); ++rank) {
        TORCH_CHECK_VALUE(types[rank] == types[0], "rank 0 computes on ", types[0], ", rank ", rank, " on ",
                          types[rank], ": all ranks of a group need the same");
    }
}

}  // namespace

struct Group::Impl {
    Communicator ranks;
    at::Device device;
    std::unique_ptr<Heartbeat> heartbeat;
    c10::intrusive_ptr<ProcessGroup> process_group;

    c10::intrusive_ptr<c10d::Work> start_sum(const at::Tensor& tensor) const {
        std::vector<at::Tensor> tensors{tensor};
        return process_group->allreduce(tensors);
    }
};

Group::Group(Communicator ranks, at::Device device, GroupOptions options) {
    require_one_device_type(ranks, device);
    auto heartbeat = std::make_unique<Heartbeat>(ranks, options.hang_timeout);
    auto process_group = c10::make_intrusive<ProcessGroup>(ranks.rank(), ranks.size());
    if (device.is_cpu()) {
        process_group->setBackend(at::kCPU, ProcessGroup::CUSTOM, make_mpi_backend(ranks.duplicate()));
        process_group->setDefaultBackend(ProcessGroup::CUSTOM);
    } else {
        add_gpu_backend(*process_group, ranks, device, options);
    }
    impl_ = std::make_unique<Impl>(
        Impl{std::move(ranks), device, std::move(heartbeat), std::move(process_group)});
}

Group::~Group() {
    if (impl_ != nullptr && !impl_->device.is_cpu() && std::uncaught_exceptions() > 0) {
        impl_->process_group->abort();  // NCCL would otherwise wait for the other ranks
    }
}
Group::Group(Group&&) noexcept = default;

int Group::rank() const noexcept {
    return impl_->ranks.rank();
}
int Group::size() const noexcept {
    return impl_->ranks.size();
}
const Communicator& Group::communicator() const noexcept {
    return impl_->ranks;
}
at::Device Group::device() const noexcept {
    return impl_->device;
}

void Group::broadcast(at::Tensor tensor, int root) {
    std::vector<at::Tensor> tensors{std::move(tensor)};
    c10d::BroadcastOptions options;
    options.rootRank = root;
    impl_->process_group->broadcast(tensors, options)->wait();
}

void Group::all_reduce_sum(at::Tensor tensor) {
    impl_->start_sum(tensor)->wait();
}

std::function<void()> Group::start_all_reduce_sum(at::Tensor tensor) {
    return [work = impl_->start_sum(tensor)] { work->wait(); };
}

c10d::ProcessGroup& Group::process_group() noexcept {
    return *impl_->process_group;
}

void Group::expect_progress(bool expected) noexcept {
    impl_->heartbeat->expect_progress(expected);
}

bool Group::expects_progress() const noexcept {
    return impl_->heartbeat->expects_progress();
}

}  // namespace sslslr::dist
