#pragma once

#include <cstdint>
#include <memory>

#include "dist/gradient_places.hpp"
#include "src/model/block_kernels.hpp"
#include "src/model/sequence_layout.hpp"

namespace sslslr {

/// The parameters of a block's pass besides tokens and weights.
struct BlockPass {
    std::shared_ptr<const SequenceLayout> layout;
    std::int64_t heads = 1;
    double dropout = 0;  ///< 0 outside of training
    std::uint32_t network = 0;
    std::uint32_t layer = 0;
    bool cls_only = false;                                  ///< the result holds only the CLS rows
    std::shared_ptr<dist::GradientPlaces> gradient_places;  ///< for the weights' gradients; null: new memory
    const ProcessorKernels* kernels = &sslslr::kernels();
};

}  // namespace sslslr
