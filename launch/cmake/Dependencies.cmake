# All libraries that the project links, as imported targets. launch/setup prints the list of Debian packages.
include(SystemLibraries)
find_package(LibTorch 2.11 MODULE REQUIRED)
if(SSLSLR_CUDA)
    find_package(NCCL MODULE REQUIRED)
endif()

target_link_libraries(sslslr_settings INTERFACE fmt::fmt-header-only nlohmann_json::nlohmann_json)

# Two precompiled headers, without and with LibTorch, hold what nearly every file includes. The second one has
# only the parts of LibTorch that the sources use: all of torch/torch.h takes half as long again to load.
# Checksums and readers, which do not use LibTorch, gain a tenth from -O3; a header and its users must agree.
set(common_headers <algorithm> <array> <chrono> <filesystem> <fstream> <functional> <map> <memory> <optional>
    <random> <ranges> <set> <span> <sstream> <string> <vector>
    <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)
set(libtorch_headers <torch/autograd.h> <torch/nn/functional/loss.h> <torch/nn/functional/normalization.h>
    <torch/nn/modules/linear.h> <torch/nn/modules/normalization.h>)
foreach(name plain libtorch)
    add_library(sslslr_${name}_pch OBJECT ${PROJECT_SOURCE_DIR}/launch/cmake/pch.cpp)
    target_link_libraries(sslslr_${name}_pch PUBLIC sslslr_settings)
endforeach()
target_compile_options(sslslr_plain_pch PRIVATE $<$<CONFIG:Release>:-O3>)
target_precompile_headers(sslslr_plain_pch PRIVATE ${common_headers})
target_link_libraries(sslslr_libtorch_pch PUBLIC LibTorch::LibTorch)
target_precompile_headers(sslslr_libtorch_pch PRIVATE ${common_headers} ${libtorch_headers})

function(sslslr_use_libtorch target)
    target_link_libraries(${target} PUBLIC sslslr_settings LibTorch::LibTorch)
    target_precompile_headers(${target} REUSE_FROM sslslr_libtorch_pch)
endfunction()

function(sslslr_without_libtorch target)
    target_link_libraries(${target} PUBLIC sslslr_settings)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O3>)
    target_precompile_headers(${target} REUSE_FROM sslslr_plain_pch)
endfunction()
