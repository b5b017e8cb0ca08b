#include "src/method/simsiam.hpp"

#include "src/method/losses.hpp"

namespace sslslr {

SimSiam::SimSiam(const EncoderConfig& encoder, const HeadConfig& heads)
    : Method{encoder, {.first = true, .second = true}},
      couples_clips_{heads.normalises(/*has_predictor=*/true)},
      projector_{register_module("projector", Mlp{heads.projector(encoder.width)})},
      predictor_{register_module("predictor", Mlp{heads.predictor()})} {}

LossTerms SimSiam::loss(const Encoded& encoded, const Batch& batch, dist::Group& group) {
    const auto first = projector_(encoded.trained.first, group);    // [B, D]
    const auto second = projector_(encoded.trained.second, group);  // [B, D]
    const auto sum = cosine_sum(predictor_(first, group), second.detach()) +
                     cosine_sum(predictor_(second, group), first.detach());
    return {.terms = {{"similarity", -sum / (2.0 * static_cast<double>(batch.global_size))}},
            .projections = {first, second}};
}

}  // namespace sslslr
