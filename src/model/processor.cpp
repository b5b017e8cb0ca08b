#include <c10/util/Exception.h>

#include "src/model/block_kernels.hpp"

namespace sslslr {

extern const ProcessorKernels any_kernels;
#ifdef SSLSLR_HAS_X86_KERNELS
extern const ProcessorKernels avx2_kernels;
extern const ProcessorKernels avx512_kernels;
#endif

Processor widest_processor() {
#ifdef SSLSLR_HAS_X86_KERNELS
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
        return Processor::avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return Processor::avx2;
    }
#endif
    return Processor::any;
}

const ProcessorKernels& kernels_for(Processor kind) {
    TORCH_CHECK_VALUE(kind <= widest_processor(), "kernels_for: not for this processor");
    switch (kind) {
#ifdef SSLSLR_HAS_X86_KERNELS
        case Processor::avx512:
            return avx512_kernels;
        case Processor::avx2:
            return avx2_kernels;
#endif
        default:
            return any_kernels;
    }
}

const ProcessorKernels& kernels() {
    static const ProcessorKernels& widest = kernels_for(widest_processor());
    return widest;
}

std::int64_t attention_scratch(std::int64_t keys, std::int64_t width) {
    constexpr std::int64_t padding = 16;  // the most lanes of any processor
    constexpr std::int64_t queries = 64;
    const auto long_side = keys + padding;
    const auto short_side = width + padding;
    return 5 * long_side * short_side + 3 * queries * short_side + 2 * queries * long_side;
}

}  // namespace sslslr
