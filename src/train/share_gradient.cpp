#include "src/train/share_gradient.hpp"

#include <algorithm>

#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

/// Returns the tensors that `pick` selects from all parts, concatenated; undefined if the parts have none.
template <class Pick>
torch::Tensor joined(const auto& parts, const Pick& pick) {
    std::vector<torch::Tensor> tensors;
    for (const auto& part : parts) {
        if (const torch::Tensor& tensor = pick(part); tensor.defined()) {
            tensors.push_back(tensor);
        }
    }
    return tensors.empty() ? torch::Tensor{} : torch::cat(tensors);
}

ViewTensors joined_views(const std::vector<ViewTensors>& parts) {
    return {joined(
                parts, [](const auto& p) -> auto& { return p.anchor; }),
            joined(
                parts, [](const auto& p) -> auto& { return p.first; }),
            joined(
                parts, [](const auto& p) -> auto& { return p.second; })};
}

/// Returns the views that are defined, [views, B, W]: one root for backward.
torch::Tensor stacked(const ViewTensors& views) {
    std::vector<torch::Tensor> there;
    for (const auto* view : {&views.anchor, &views.first, &views.second}) {
        if (view->defined()) {
            there.push_back(*view);
        }
    }
    return torch::stack(there);
}

LossTerms added_up(const std::vector<LossTerms>& parts) {
    LossTerms whole;
    for (std::size_t term = 0; term < parts.front().terms.size(); ++term) {
        auto sum = parts.front().terms[term].value.detach();
        for (std::size_t part = 1; part < parts.size(); ++part) {
            sum = sum + parts[part].terms[term].value.detach();
        }
        whole.terms.push_back({parts.front().terms[term].name, sum});
    }
    whole.keys = joined(
        parts, [](const auto& p) -> auto& { return p.keys; });
    return whole;
}

}  // namespace

LossTerms ShareGradient::operator()(const Batch& batch, const OnLoss& on_loss) const {
    if (micro_batch_ == 0) {
        return whole(batch, on_loss);
    }
    // Depends only on the settings, never on the size of this share, so that all ranks take the same branch.
    const auto parts = parts_of(batch);
    return method_.needs_whole_share() ? cut_at_features(batch, parts, on_loss) : accumulated(parts, on_loss);
}

std::vector<Batch> ShareGradient::parts_of(const Batch& batch) const {
    std::vector<Batch> parts;
    for (std::int64_t begin = 0; begin < batch.clips() || parts.empty(); begin += micro_batch_) {
        parts.push_back(part_of(batch, begin, std::min(begin + micro_batch_, batch.clips())));
    }
    return parts;
}

LossTerms ShareGradient::whole(const Batch& batch, const OnLoss& on_loss) const {
    auto loss = method_.objective(encode(batch), batch, group_);
    on_loss(loss);
    reducer_.backward_and_sum(loss.sum());
    return loss;
}

LossTerms ShareGradient::accumulated(const std::vector<Batch>& parts, const OnLoss& on_loss) const {
    std::vector<LossTerms> losses;
    for (std::size_t part = 0; part + 1 < parts.size(); ++part) {
        losses.push_back(method_.objective(encode(parts[part]), parts[part], group_));
        reducer_.accumulate(losses.back().sum());
        losses.back() = added_up({losses.back()});  // releases the graph
    }
    losses.push_back(method_.objective(encode(parts.back()), parts.back(), group_));
    auto all = added_up(losses);
    on_loss(all);
    reducer_.backward_and_sum(losses.back().sum());
    return all;
}

LossTerms ShareGradient::cut_at_features(const Batch& batch, const std::vector<Batch>& parts,
                                         const OnLoss& on_loss) const {
    std::vector<ViewTensors> trained;
    std::vector<ViewTensors> target;
    for (const auto& part : parts) {
        const torch::NoGradGuard no_graph;
        const auto encoded = encode(part);
        trained.push_back(encoded.trained);
        target.push_back(encoded.target);
    }
    Encoded features{joined_views(trained), joined_views(target)};
    for (auto* view : {&features.trained.anchor, &features.trained.first, &features.trained.second}) {
        if (view->defined()) {
            view->set_requires_grad(true);
        }
    }
    auto loss = method_.objective(features, batch, group_);
    on_loss(loss);
    reducer_.accumulate(loss.sum());

    const auto gradient_of = [&](const Batch& part) {
        const auto rows = [&](const torch::Tensor& view) {
            if (!view.defined()) {
                return torch::Tensor{};
            }
            const auto gradient = view.grad().defined() ? view.grad() : torch::zeros_like(view);
            return gradient.narrow(0, part.first - batch.first, part.clips());
        };
        const auto& [anchor, first, second] = features.trained;
        return stacked({rows(anchor), rows(first), rows(second)});
    };
    for (std::size_t part = 0; part + 1 < parts.size(); ++part) {
        reducer_.accumulate(stacked(encode_trained(parts[part])), gradient_of(parts[part]));
    }
    reducer_.backward_and_sum(stacked(encode_trained(parts.back())), gradient_of(parts.back()));
    return added_up({loss});
}

Encoded ShareGradient::encode(const Batch& part) const {
    auto trained = encode_trained(part);
    return {std::move(trained), method_.encode_target(part)};
}

ViewTensors ShareGradient::encode_trained(const Batch& part) const {
    // Off the CPU, dropout uses LibTorch's generator: seeded here, so that a second pass repeats the first.
    if (const auto device = group_.device(); !device.is_cpu()) {
        torch::manual_seed(mix({part.dropout_seed, static_cast<std::uint64_t>(group_.rank()),
                                static_cast<std::uint64_t>(part.first)}));
    }
    return method_.encode_trained(part);
}

}  // namespace sslslr
