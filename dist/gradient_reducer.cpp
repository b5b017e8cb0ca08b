#include "dist/gradient_reducer.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>

#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/distributed/c10d/reducer.hpp>

namespace sslslr::dist {
namespace {

using c10::ivalue::Future;
using SharedGroup = c10::intrusive_ptr<c10d::ProcessGroup>;
using torch::autograd::edge_list;
using torch::autograd::variable_list;

/// Sums the gradients. Without a hook the Reducer would also divide them by the number of ranks.
class SumHook : public c10d::CommHookInterface {
public:
    explicit SumHook(SharedGroup group) : group_{std::move(group)} {}

    c10::intrusive_ptr<Future> runHook(c10d::GradBucket& bucket) override { return sum(bucket.getBuffer()); }
    at::Tensor parseHookResult(const c10::IValue& result) override {
        return c10d::detail::parseCppCommHookResult(result);
    }

protected:
    c10::intrusive_ptr<Future> sum(const at::Tensor& tensor) const {
        std::vector<at::Tensor> tensors{tensor};
        return group_->allreduce(tensors)->getFuture();
    }

private:
    SharedGroup group_;
};

class CompressedSumHook final : public SumHook {
public:
    using SumHook::SumHook;

    c10::intrusive_ptr<Future> runHook(c10d::GradBucket& bucket) override {
        const auto compressed = sum(bucket.getBuffer().to(at::kBFloat16));
        const auto unpack = [buffer = bucket.getBuffer()](Future& reduced) {
            buffer.copy_(c10d::detail::parseCppCommHookResult(reduced.value()));  // throws if it failed
            return c10::IValue{buffer};
        };
        return compressed->then(unpack, c10::TensorType::get());
    }
};

/// Describes each parameter on one line, so that ranks can compare them.
std::string describe(const std::vector<at::Tensor>& parameters) {
    std::ostringstream lines;
    for (const auto& parameter : parameters) {
        lines << parameter.scalar_type() << ' ' << parameter.sizes() << '\n';
    }
    return lines.str();
}

void require_alike(const std::vector<at::Tensor>& parameters, const Communicator& ranks) {
    const auto all = ranks.all_gather(describe(parameters));
    const auto differs =
        std::find_if(all.begin(), all.end(), [&](const auto& lines) { return lines != all.front(); });
    if (differs == all.end()) {
        return;
    }
    std::istringstream expected{all.front()};
    std::istringstream found{*differs};
    std::string here = "none";
    std::string there = "none";
    std::size_t index = 0;
    for (bool alike = true; alike; ++index) {
        here = std::getline(expected, here) ? here : "none";
        there = std::getline(found, there) ? there : "none";
        alike = here == there;
    }
    TORCH_CHECK_VALUE(false, "parameter ", index - 1, " is ", here, " on rank 0, but ", there, " on rank ",
                      differs - all.begin(), ": all ranks must build the same model");
}

/// Returns the layout for the first backward, when the order of arrival of the gradients is not yet known: it
/// assumes last parameter first.
std::vector<std::vector<std::size_t>> first_layout(const std::vector<at::Tensor>& parameters,
                                                   std::size_t first_bytes, std::size_t bucket_bytes) {
    auto buckets =
        std::get<0>(c10d::compute_bucket_assignment_by_size(parameters, {first_bytes, bucket_bytes}));
    std::reverse(buckets.begin(), buckets.end());
    return buckets;
}

/// Returns the gradient to start from at `root`: `gradient`, or 1 if that is undefined.
at::Tensor gradient_at(const at::Tensor& root, const at::Tensor& gradient) {
    if (!gradient.defined()) {
        TORCH_CHECK_VALUE(root.numel() == 1, "backward from ", root.sizes(),
                          " needs its gradient: only that of a scalar is 1 by default");
        return at::ones_like(root);
    }
    TORCH_CHECK_VALUE(gradient.sizes() == root.sizes(), "backward from ", root.sizes(), ": the gradient is ",
                      gradient.sizes());
    return gradient;
}

/// The first node of a backward pass with additional roots: gives the first root its gradient and the others
/// none.
struct Start final : torch::autograd::Node {
    Start(edge_list&& edges, at::Tensor gradient_) : Node{std::move(edges)}, gradient{std::move(gradient_)} {
        add_input_metadata(gradient);
    }
    variable_list apply(variable_list&&) override {
        variable_list gradients(num_outputs());
        gradients.front() = gradient;
        return gradients;
    }
    at::Tensor gradient;
};

void backward(const edge_list& roots, const variable_list& gradients) {
    torch::autograd::Engine::get_default_engine().execute(roots, gradients, /*keep_graph=*/false,
                                                          /*create_graph=*/false, /*accumulate_grad=*/true);
}

}  // namespace

struct GradientReducer::Impl {
    Impl(std::vector<at::Tensor> parameters_, const SharedGroup& group, const ReductionOptions& options,
         std::int64_t first_bytes)
        : parameters{std::move(parameters_)},
          reducer{parameters,
                  first_layout(parameters, static_cast<std::size_t>(first_bytes),
                               static_cast<std::size_t>(options.bucket_bytes)),
                  group,
                  std::vector<bool>(parameters.size(), false),  // no sparse gradients
                  options.bucket_bytes,
                  /*find_unused_parameters=*/false,
                  /*gradient_as_bucket_view=*/true,
                  /*param_names=*/{},
                  first_bytes,
                  /*skip_all_reduce_unused_params=*/false,
                  /*use_python_reducer=*/false,
                  /*bucket_bytes_cap_list=*/{}} {
        reducer.register_comm_hook(options.compress ? std::make_unique<CompressedSumHook>(group)
                                                    : std::make_unique<SumHook>(group));
    }

    /// Starts a step unless one is in progress. Resets the gradients, so that new ones are stored or copied
    /// into the bucket instead of being added. The old ones were views of the buckets, unless the previous
    /// step failed.
    void start_step() {
        if (!std::exchange(is_in_step, true)) {
            for (const auto& parameter : parameters) {
                if (parameter.grad().defined()) {
                    places->offer(parameter, parameter.grad());
                    parameter.mutable_grad().reset();
                }
            }
        }
    }

    std::vector<at::Tensor> parameters;
    c10d::Reducer reducer;
    bool is_in_step = false;
    std::shared_ptr<GradientPlaces> places = std::make_shared<GradientPlaces>();
};

GradientReducer::GradientReducer(std::vector<at::Tensor> parameters, Group& group, ReductionOptions options) {
    TORCH_CHECK_VALUE(!parameters.empty(), "GradientReducer: no parameters");
    require_alike(parameters, group.communicator());
    for (const auto& parameter : parameters) {
        group.broadcast(parameter.detach());
    }
    const auto first_bytes = std::min<std::int64_t>(c10d::kDefaultFirstBucketBytes, options.bucket_bytes);
    const auto process_group = SharedGroup::reclaim_copy(&group.process_group());
    impl_ = std::make_unique<Impl>(std::move(parameters), process_group, options, first_bytes);
}

GradientReducer::~GradientReducer() = default;

const std::shared_ptr<GradientPlaces>& GradientReducer::places() const {
    return impl_->places;
}

void GradientReducer::accumulate(const at::Tensor& root, const at::Tensor& gradient) {
    const variable_list gradients{gradient_at(root, gradient)};
    impl_->start_step();
    if (root.requires_grad()) {
        backward({torch::autograd::impl::gradient_edge(root)}, gradients);  // does not trigger the Reducer
    }
}

void GradientReducer::backward_and_sum(const at::Tensor& root, const at::Tensor& gradient) {
    // Every parameter is also a root, without a gradient, because the Reducer waits for all of them,
    // including those that the graph of `root` does not reach.
    edge_list roots{torch::autograd::impl::gradient_edge(root)};
    for (const auto& parameter : impl_->parameters) {
        roots.push_back(torch::autograd::impl::gradient_edge(parameter));
    }
    const auto start = std::make_shared<Start>(std::move(roots), gradient_at(root, gradient));
    impl_->start_step();
    impl_->is_in_step = false;

    if (impl_->reducer.should_rebuild_buckets()) {
        impl_->reducer.rebuild_buckets();  // no effect before the first backward
        impl_->places->clear();
    }
    impl_->reducer.prepare_for_backward({});
    backward({{start, 0}}, {start->gradient});
}

}  // namespace sslslr::dist
