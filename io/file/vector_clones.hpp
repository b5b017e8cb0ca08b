#pragma once

/// Compiles a function once more for processors with wider vectors; the one that fits is chosen when the program
/// starts. For loops of element-wise arithmetic alone: their results are the same bits on all.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define SSLSLR_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SSLSLR_VECTOR_CLONES
#endif
