#include <c10/util/Exception.h>

#include "src/model/block_kernels.hpp"

namespace sslslr {

namespace any {
extern const ProcessorKernels block_kernels;
}
#ifdef SSLSLR_HAS_X86_KERNELS
namespace avx2 {
extern const ProcessorKernels block_kernels;
}
namespace avx512 {
extern const ProcessorKernels block_kernels;
}
namespace avx512_bf16 {
extern const ProcessorKernels block_kernels;
}
#endif

Processor widest_processor() {
#ifdef SSLSLR_HAS_X86_KERNELS
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
        return __builtin_cpu_supports("avx512bf16") ? Processor::avx512_bf16 : Processor::avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return Processor::avx2;
    }
#endif
    return Processor::any;
}

const ProcessorKernels& kernels_for(Processor kind) {
    TORCH_CHECK_VALUE(kind <= widest_processor(), "kernels_for: this processor cannot run these kernels");
    switch (kind) {
#ifdef SSLSLR_HAS_X86_KERNELS
        case Processor::avx512_bf16:
            return avx512_bf16::block_kernels;
        case Processor::avx512:
            return avx512::block_kernels;
        case Processor::avx2:
            return avx2::block_kernels;
#endif
        default:
            return any::block_kernels;
    }
}

const ProcessorKernels& kernels() {
    static const ProcessorKernels& widest = kernels_for(widest_processor());
    return widest;
}

}  // namespace sslslr
