#include "dist/collectives.hpp"

#include <utility>
#include <vector>

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

namespace sslslr::dist {
namespace {

using SharedProcessGroup = c10::intrusive_ptr<c10d::ProcessGroup>;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Keeps the process group, because the Group may be moved before backward runs.
struct SumOverRanks : torch::autograd::Function<SumOverRanks> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                              const SharedProcessGroup& group) {
        context->saved_data["group"] = group;
        std::vector<at::Tensor> sum{x.clone(at::MemoryFormat::Contiguous)};
        group->allreduce(sum)->wait();
        return std::move(sum.front());
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto group = context->saved_data["group"].toCustomClass<c10d::ProcessGroup>();
        return {apply(gradients.front(), group), {}};
    }
};

}  // namespace

at::Tensor sum_over_ranks(const at::Tensor& x, Group& group) {
    if (group.size() == 1) {
        return x.clone(at::MemoryFormat::Contiguous);
    }
    return SumOverRanks::apply(x, SharedProcessGroup::reclaim_copy(&group.process_group()));
}

at::Tensor gather_rows(const at::Tensor& rows, std::int64_t first, std::int64_t total, Group& group) {
    TORCH_CHECK_VALUE(rows.dim() > 0, "gather_rows: rows [b, ...] expected, not a scalar");
    const auto after = total - first - rows.size(0);
    TORCH_CHECK_VALUE(first >= 0 && after >= 0, "gather_rows: rows ", rows.sizes(), " from row ", first,
                      " on lie outside of ", total, " rows");
    TORCH_CHECK_VALUE(group.size() > 1 || (first == 0 && after == 0), "gather_rows: the only rank has rows ",
                      rows.sizes(), " from row ", first, " on, not all of ", total);

    if (group.size() == 1) {
        return sum_over_ranks(rows, group);
    }
    const auto zeros = [&rows](std::int64_t count) {
        auto shape = rows.sizes().vec();
        shape[0] = count;
        return rows.new_zeros(shape);
    };
    return sum_over_ranks(at::cat({zeros(first), rows, zeros(after)}), group);
}

}  // namespace sslslr::dist
