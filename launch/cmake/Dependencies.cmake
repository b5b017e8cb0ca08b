# Everything the project links, as imported targets; each failure names the Debian package that mends it.
set(MPI_CXX_SKIP_MPICXX ON)  # keeps the removed MPI C++ bindings out
find_package(MPI REQUIRED COMPONENTS C)
find_package(HDF5 REQUIRED COMPONENTS C)  # the serial library: rank 0 writes, ranks read (README, decisions)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(fmt REQUIRED)  # header-only: LibTorch brings headers of another fmt, and two libraries would clash
find_package(nlohmann_json REQUIRED)
find_package(xxHash MODULE REQUIRED)
find_package(LibTorch 2.11 MODULE REQUIRED)
if(SSLSLR_CUDA)
    find_package(NCCL MODULE REQUIRED)
endif()
if(SSLSLR_TESTS)
    find_package(GTest REQUIRED)
endif()

# One precompiled torch/torch.h for all LibTorch targets: 46 s once instead of 10 s in each file.
add_library(sslslr_pch OBJECT ${PROJECT_SOURCE_DIR}/launch/cmake/pch.cpp)
target_link_libraries(sslslr_pch PUBLIC sslslr_settings LibTorch::LibTorch)
target_precompile_headers(sslslr_pch PRIVATE <torch/torch.h>)

# Compiles `target` with the shared precompiled header.
function(sslslr_use_libtorch target)
    target_link_libraries(${target} PUBLIC sslslr_settings LibTorch::LibTorch)
    target_precompile_headers(${target} REUSE_FROM sslslr_pch)
endfunction()
