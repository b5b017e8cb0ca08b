#include "dist/gradient_reducer.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>

#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/distributed/c10d/reducer.hpp>

namespace sslslr::dist {
namespace {

using SharedGroup = c10::intrusive_ptr<c10d::ProcessGroup>;

/// The Reducer's own all-reduce divides by the number of ranks; with this hook gradients are summed and no
/// more.
class SumHook final : public c10d::CommHookInterface {
public:
    explicit SumHook(SharedGroup group) : group_{std::move(group)} {}

    c10::intrusive_ptr<c10::ivalue::Future> runHook(c10d::GradBucket& bucket) override {
        std::vector<at::Tensor> tensors{bucket.getBuffer()};
        return group_->allreduce(tensors)->getFuture();
    }
    at::Tensor parseHookResult(const c10::IValue& result) override {
        return c10d::detail::parseCppCommHookResult(result);
    }

private:
    SharedGroup group_;
};

/// One line a parameter, so that ranks can compare theirs.
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

/// The layout before the first backward, which cannot know in which order gradients will arrive: last
/// parameter first.
std::vector<std::vector<std::size_t>> first_layout(const std::vector<at::Tensor>& parameters,
                                                   std::size_t first_bytes, std::size_t bucket_bytes) {
    auto buckets =
        std::get<0>(c10d::compute_bucket_assignment_by_size(parameters, {first_bytes, bucket_bytes}));
    std::reverse(buckets.begin(), buckets.end());
    return buckets;
}

}  // namespace

struct GradientReducer::Impl {
    Impl(std::vector<at::Tensor> parameters_, const SharedGroup& group, std::int64_t bucket_bytes,
         std::int64_t first_bytes)
        : parameters{std::move(parameters_)},
          reducer{parameters,
                  first_layout(parameters, static_cast<std::size_t>(first_bytes),
                               static_cast<std::size_t>(bucket_bytes)),
                  group,
                  std::vector<bool>(parameters.size(), false),  // sparse gradients: none
                  bucket_bytes,
                  /*find_unused_parameters=*/false,
                  /*gradient_as_bucket_view=*/true,
                  /*param_names=*/{},
                  first_bytes,
                  /*skip_all_reduce_unused_params=*/false,
                  /*use_python_reducer=*/false,
                  /*bucket_bytes_cap_list=*/{}} {
        reducer.register_comm_hook(std::make_unique<SumHook>(group));
    }

    std::vector<at::Tensor> parameters;
    c10d::Reducer reducer;
};

GradientReducer::GradientReducer(std::vector<at::Tensor> parameters, Group& group,
                                 std::int64_t bucket_bytes) {
    TORCH_CHECK_VALUE(!parameters.empty(), "GradientReducer: no parameters");
    require_alike(parameters, group.communicator());
    for (const auto& parameter : parameters) {
        group.broadcast(parameter.detach());
    }
    const auto first_bytes = std::min<std::int64_t>(c10d::kDefaultFirstBucketBytes, bucket_bytes);
    const auto process_group = SharedGroup::reclaim_copy(&group.process_group());
    impl_ = std::make_unique<Impl>(std::move(parameters), process_group, bucket_bytes, first_bytes);
}

GradientReducer::~GradientReducer() = default;

void GradientReducer::backward_and_sum(const at::Tensor& share) {
    // Every parameter is a root too, with a zero gradient: the Reducer waits for all, also for those that the
    // graph of `share` does not reach.
    torch::autograd::edge_list roots{torch::autograd::impl::gradient_edge(share)};
    torch::autograd::variable_list gradients{at::ones_like(share)};
    for (const auto& parameter : impl_->parameters) {
        parameter.mutable_grad()
            .reset();  // what arrives is copied into the bucket, with nothing to add it to
        roots.push_back(torch::autograd::impl::gradient_edge(parameter));
        gradients.push_back(at::zeros({}, parameter.options()).expand_as(parameter));
    }

    if (impl_->reducer.should_rebuild_buckets()) {
        impl_->reducer.rebuild_buckets();  // does nothing before the first backward
    }
    impl_->reducer.prepare_for_backward({});
    torch::autograd::Engine::get_default_engine().execute(roots, gradients, /*keep_graph=*/false,
                                                          /*create_graph=*/false, /*accumulate_grad=*/true);
}

}  // namespace sslslr::dist
