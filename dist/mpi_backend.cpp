#include "dist/mpi_backend.hpp"

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <torch/csrc/distributed/c10d/Backend.hpp>

#include "dist/communication_thread.hpp"
#include "dist/mpi_bfloat16.hpp"

namespace sslslr::dist {
namespace {

using c10d::OpType;
using Work = c10::intrusive_ptr<c10d::Work>;

/// Waits for the future that the communication thread completes (Work::create_from_future would lose its
/// errors).
class MpiWork final : public c10d::Work {
public:
    MpiWork(OpType type, c10::intrusive_ptr<c10::ivalue::Future> future)
        : c10d::Work{-1, type}, future_{std::move(future)} {}

    bool isCompleted() override { return future_->completed(); }
    bool isSuccess() const override { return future_->completed() && !future_->hasError(); }
    bool wait(std::chrono::milliseconds /*ignored: Heartbeat detects hangs*/) override {
        future_->waitAndThrow();
        return true;
    }
    c10::intrusive_ptr<c10::ivalue::Future> getFuture() override { return future_; }

private:
    c10::intrusive_ptr<c10::ivalue::Future> future_;
};

MPI_Datatype mpi_type(const at::Tensor& tensor, const char* name, const MpiBFloat16& bfloat16) {
    switch (tensor.scalar_type()) {
        case at::kFloat:
            return MPI_FLOAT;
        case at::kDouble:
            return MPI_DOUBLE;
        case at::kBFloat16:
            return bfloat16.type();
        case at::kInt:
            return MPI_INT32_T;
        case at::kLong:
            return MPI_INT64_T;
        case at::kByte:
            return MPI_UINT8_T;
        case at::kBool:
            return MPI_C_BOOL;
        default:
            TORCH_CHECK_TYPE(false, name, " over MPI: no ", tensor.scalar_type(),
                             "; convert to float32 first");
    }
}

MPI_Op mpi_operation(const c10d::ReduceOp& operation, const at::Tensor& tensor, const MpiBFloat16& bfloat16) {
    if (tensor.scalar_type() == at::kBFloat16) {
        TORCH_CHECK_VALUE(operation.op_ == c10d::ReduceOp::SUM, "all_reduce of BFloat16 over MPI: sum only");
        return bfloat16.sum();
    }
    switch (operation.op_) {
        case c10d::ReduceOp::SUM:
            return tensor.scalar_type() == at::kBool ? MPI_LOR : MPI_SUM;  // as in tensor arithmetic
        case c10d::ReduceOp::MIN:
            return MPI_MIN;
        case c10d::ReduceOp::MAX:
            return MPI_MAX;
        default:
            TORCH_CHECK_VALUE(false, "all_reduce over MPI: sum, min or max only");
    }
}

/// A tensor's memory, element count and data type, as MPI takes them. Keeps the memory and the type alive.
struct Buffer {
    Buffer(at::Tensor tensor_, const char* name, std::shared_ptr<const MpiBFloat16> bfloat16_)
        : tensor{std::move(tensor_)},
          bfloat16{std::move(bfloat16_)},
          type{mpi_type(tensor, name, *bfloat16)} {
        TORCH_CHECK_VALUE(tensor.device().is_cpu() && tensor.is_contiguous(), name,
                          " over MPI: a contiguous tensor in host memory expected, not ", tensor.sizes(),
                          " with strides ", tensor.strides(), " on ", tensor.device());
        TORCH_CHECK_VALUE(tensor.numel() <= std::numeric_limits<int>::max(), name,
                          " over MPI: ", tensor.numel(), " elements are more than MPI can count in one call");
    }

    void* data() const { return tensor.data_ptr(); }
    int count() const { return static_cast<int>(tensor.numel()); }

    at::Tensor tensor;
    std::shared_ptr<const MpiBFloat16> bfloat16;  // owns MPI's type and sum for bfloat16
    MPI_Datatype type;
};

const at::Tensor& only(const std::vector<at::Tensor>& tensors, const char* name) {
    TORCH_CHECK_VALUE(tensors.size() == 1, name, " over MPI: one tensor expected, not ", tensors.size());
    return tensors.front();
}

class MpiBackend final : public c10d::Backend {
public:
    explicit MpiBackend(Communicator ranks)
        : c10d::Backend{ranks.rank(), ranks.size()}, thread_{std::move(ranks)} {}

    const std::string getBackendName() const override { return "sslslr-mpi"; }

    Work allreduce(std::vector<at::Tensor>& tensors, const c10d::AllreduceOptions& options) override {
        const Buffer buffer{only(tensors, "all_reduce"), "all_reduce", bfloat16_};
        const auto operation = mpi_operation(options.reduceOp, buffer.tensor, *bfloat16_);
        return post("all_reduce", OpType::ALLREDUCE, tensors, [=](MPI_Comm comm, MPI_Request* request) {
            return MPI_Iallreduce(MPI_IN_PLACE, buffer.data(), buffer.count(), buffer.type, operation, comm,
                                  request);
        });
    }

    Work broadcast(std::vector<at::Tensor>& tensors, const c10d::BroadcastOptions& options) override {
        const Buffer buffer{only(tensors, "broadcast"), "broadcast", bfloat16_};
        const auto root = static_cast<int>(options.rootRank);
        return post("broadcast", OpType::BROADCAST, tensors, [=](MPI_Comm comm, MPI_Request* request) {
            return MPI_Ibcast(buffer.data(), buffer.count(), buffer.type, root, comm, request);
        });
    }

    Work _allgather_base(at::Tensor& output, at::Tensor& input, const c10d::AllgatherOptions&) override {
        return post("all_gather", OpType::_ALLGATHER_BASE, {output}, gather(output, input));
    }

    Work allgather(std::vector<std::vector<at::Tensor>>& outputs, std::vector<at::Tensor>& inputs,
                   const c10d::AllgatherOptions&) override {
        const auto& input = only(inputs, "all_gather");
        TORCH_CHECK_VALUE(outputs.size() == 1 && outputs[0].size() == static_cast<std::size_t>(getSize()),
                          "all_gather over MPI: one output per rank expected");
        const auto joined = at::empty({getSize(), input.numel()}, input.options());
        return post("all_gather", OpType::ALLGATHER, outputs[0], gather(joined, input),
                    [=, parts = outputs[0]] {
                        for (std::size_t rank = 0; rank < parts.size(); ++rank) {
                            parts[rank].copy_(joined[static_cast<std::int64_t>(rank)].view_as(parts[rank]));
                        }
                    });
    }

    Work barrier(const c10d::BarrierOptions&) override {
        return post("barrier", OpType::BARRIER, {},
                    [](MPI_Comm comm, MPI_Request* request) { return MPI_Ibarrier(comm, request); });
    }

private:
    using Start = decltype(Collective::start);

    Start gather(const at::Tensor& output, const at::Tensor& input) const {
        const Buffer from{input, "all_gather", bfloat16_};
        const Buffer to{output, "all_gather", bfloat16_};
        TORCH_CHECK_VALUE(output.numel() == input.numel() * getSize() && from.type == to.type,
                          "all_gather over MPI: output ", output.sizes(), " does not hold ", getSize(),
                          " times input ", input.sizes());
        return [=](MPI_Comm comm, MPI_Request* request) {
            return MPI_Iallgather(from.data(), from.count(), from.type, to.data(), from.count(), to.type,
                                  comm, request);
        };
    }

    Work post(
        const char* name, OpType type, std::vector<at::Tensor> results, Start start,
        const std::function<void()>& unpack = [] {}) {
        const auto future =
            c10::make_intrusive<c10::ivalue::Future>(c10::ListType::create(c10::TensorType::get()));
        auto finish = [=, results = std::move(results)](const std::exception_ptr& error) {
            if (error != nullptr) {
                future->setError(error);
                return;
            }
            unpack();
            future->markCompleted(results);
        };
        thread_.post({name, std::move(start), std::move(finish)});
        return c10::make_intrusive<MpiWork>(type, future);
    }

    const std::shared_ptr<const MpiBFloat16> bfloat16_ = std::make_shared<MpiBFloat16>();
    CommunicationThread thread_;
};

}  // namespace

c10::intrusive_ptr<c10d::Backend> make_mpi_backend(Communicator ranks) {
    return c10::make_intrusive<MpiBackend>(std::move(ranks));
}

}  // namespace sslslr::dist
