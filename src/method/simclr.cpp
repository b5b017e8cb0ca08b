#include "src/method/simclr.hpp"

#include "src/method/losses.hpp"

namespace sslslr {

SimClr::SimClr(const EncoderConfig& encoder, const HeadConfig& heads, double temperature)
    : Method{encoder, {.first = true, .second = true}},
      temperature_{temperature},
      projector_{register_module("projector", Mlp{heads.projector(encoder.width)})} {}

LossTerms SimClr::loss(const Encoded& encoded, const Batch& batch, dist::Group& group) {
    const auto first = projector_(encoded.trained.first, group);    // [B, D]
    const auto second = projector_(encoded.trained.second, group);  // [B, D]
    const auto sum = nt_xent_sum(first, second, batch, temperature_, group);
    return {.terms = {{"contrast", sum / (2.0 * static_cast<double>(batch.global_size))}},
            .projections = {first, second}};
}

}  // namespace sslslr
