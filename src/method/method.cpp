#include "src/method/method.hpp"

#include "src/method/momentum.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

PackedClips part_of(const PackedClips& clips, std::int64_t begin, std::int64_t end) {
    if (!clips.frames.defined()) {
        return {};
    }
    const auto from = clips.offsets.begin() + begin;
    PackedClips part{.frames = clips.frames.slice(0, *from, clips.offsets[static_cast<std::size_t>(end)]),
                     .offsets = {from, clips.offsets.begin() + end + 1},
                     .ids = {clips.ids.begin() + begin, clips.ids.begin() + end},
                     .views = {clips.views.begin() + begin, clips.views.begin() + end}};
    for (const auto base = part.offsets.front(); auto& offset : part.offsets) {
        offset -= base;
    }
    return part;
}

/// Calls `visit` on the elements of a and b for each chosen view, in the order first, second, anchor.
template <class A, class B, class Visit>
void for_each_view(const ViewSet& chosen, A& a, B& b, Visit visit) {
    if (chosen.first) {
        visit(a.first, b.first);
    }
    if (chosen.second) {
        visit(a.second, b.second);
    }
    if (chosen.anchor) {
        visit(a.anchor, b.anchor);
    }
}

}  // namespace

Batch part_of(const Batch& batch, std::int64_t begin, std::int64_t end) {
    return {.views = {part_of(batch.views.anchor, begin, end), part_of(batch.views.first, begin, end),
                      part_of(batch.views.second, begin, end)},
            .labels = batch.labels.defined() ? batch.labels.slice(0, begin, end) : torch::Tensor{},
            .first = batch.first + begin,
            .global_size = batch.global_size,
            .dropout_seed = batch.dropout_seed};
}

torch::Tensor LossTerms::sum() const {
    auto total = terms.front().value;
    for (std::size_t i = 1; i < terms.size(); ++i) {
        total = total + terms[i].value;
    }
    return total;
}

Method::Method(const EncoderConfig& encoder, ViewSet trained, ViewSet target, TargetEncoder target_encoder)
    : trained_{trained}, target_{target}, encoder_{register_module("encoder", Encoder{encoder})} {
    if ((target.anchor || target.first || target.second) && target_encoder == TargetEncoder::momentum) {
        momentum_encoder_ = register_module("momentum_encoder", Encoder{encoder});
        start_momentum(*momentum_encoder_, *encoder_);
    }
}

LossTerms Method::objective(const Encoded& encoded, const Batch& batch, dist::Group& group) {
    auto all = loss(encoded, batch, group);
    if (regulariser_.kind != RegulariserKind::none) {
        all.terms.push_back(
            {word_of(regulariser_.kind),
             regulariser_share(regulariser_, all.projections, batch.global_size, batch.dropout_seed, group)});
    }
    return all;
}

void Method::set_regulariser(const RegulariserConfig& config) {
    check(config);
    regulariser_ = config;
}

bool Method::needs_whole_share() const {
    return couples_clips() || regulariser_.kind != RegulariserKind::none;
}

ViewTensors Method::encode_trained(const Batch& batch) {
    return encode_views(encoder_, trained_, batch, 0);
}

ViewTensors Method::encode_target(const Batch& batch) {
    const torch::NoGradGuard constants;
    return momentum_encoder_.is_empty() ? encode_views(encoder_, target_, batch, 0)
                                        : encode_views(momentum_encoder_, target_, batch, 1);
}

ViewTensors Method::encode_views(Encoder& encoder, const ViewSet& read, const Batch& batch,
                                 std::uint32_t network) const {
    ViewTensors features;
    std::vector<PackedClips> views;
    for_each_view(read, batch.views, features,
                  [&](const PackedClips& view, auto&) { views.push_back(view); });
    if (views.empty()) {
        return features;
    }
    // One pass over all views together: the same result as separate passes, with larger matrix products.
    const auto together = concatenate(views);
    const AutocastScope autocast{precision_, together.frames.device()};
    auto pieces = encoder(together, DropoutKey{batch.dropout_seed, network})
                      .to(weights_type(precision_))
                      .chunk(static_cast<std::int64_t>(views.size()));
    for_each_view(
        read, batch.views, features,
        [piece = pieces.begin()](const PackedClips&, torch::Tensor& out) mutable { out = *piece++; });
    return features;
}

torch::Tensor Method::represent(const PackedClips& clips) {
    return encoder_(clips, DropoutKey{});
}

ViewSet Method::views() const {
    return {trained_.anchor || target_.anchor, trained_.first || target_.first,
            trained_.second || target_.second};
}

void Method::set_precision(Precision precision) {
    precision_ = precision;
    const torch::NoGradGuard no_grad;
    const auto convert = [&](torch::Tensor tensor) {
        if (tensor.is_floating_point()) {
            tensor.set_data(tensor.to(weights_type(precision)));
        }
    };
    for (const auto& parameter : parameters()) {
        convert(parameter);
    }
    for (const auto& buffer : buffers()) {
        convert(buffer);
    }
}

}  // namespace sslslr
