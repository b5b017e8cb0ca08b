#pragma once

/// Also compiles a function for processors with wider vectors; the version that fits the processor is chosen
/// when the program starts. Use it only for loops of element-wise arithmetic: their results are bit-identical
/// in all versions.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define SSLSLR_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SSLSLR_VECTOR_CLONES
#endif
