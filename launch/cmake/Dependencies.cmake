# All libraries that the project links, as imported targets. launch/setup prints the list of Debian packages.
include(SystemLibraries)
find_package(LibTorch 2.11 MODULE REQUIRED)
if(SSLSLR_CUDA)
    find_package(NCCL MODULE REQUIRED)
endif()

# One precompiled torch/torch.h for all LibTorch targets takes 46 s once, instead of 10 s in each file.
add_library(sslslr_pch OBJECT ${PROJECT_SOURCE_DIR}/launch/cmake/pch.cpp)
target_link_libraries(sslslr_pch PUBLIC sslslr_settings LibTorch::LibTorch)
target_precompile_headers(sslslr_pch PRIVATE <torch/torch.h>)

# Compiles `target` with the shared precompiled header.
function(sslslr_use_libtorch target)
    target_link_libraries(${target} PUBLIC sslslr_settings LibTorch::LibTorch)
    target_precompile_headers(${target} REUSE_FROM sslslr_pch)
endfunction()
