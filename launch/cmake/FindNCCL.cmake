# Finds the headers of NCCL and of the CUDA runtime that LibTorch's ProcessGroupNCCL.hpp includes: NCCL::NCCL
#
# Only headers are needed: LibTorch loads its own NCCL, and a process must never load two. The headers
# installed with LibTorch's wheel (nvidia/nccl and nvidia/cu13, no CUDA toolkit needed) are preferred to those
# of the site.
get_filename_component(_nccl_wheels ${LibTorch_INCLUDE_DIR}/../../nvidia ABSOLUTE)
find_path(NCCL_INCLUDE_DIR nccl.h HINTS ${_nccl_wheels}/nccl PATH_SUFFIXES include)
find_path(NCCL_CUDA_INCLUDE_DIR cuda_runtime_api.h
    HINTS ${_nccl_wheels}/cu13 ENV CUDA_HOME PATH_SUFFIXES include)

if(NCCL_INCLUDE_DIR)
    file(STRINGS ${NCCL_INCLUDE_DIR}/nccl.h _nccl_lines REGEX "^#define NCCL_(MAJOR|MINOR|PATCH) ")
    string(REGEX REPLACE "[^0-9;]" "" _nccl_numbers "${_nccl_lines}")
    string(REPLACE ";" "." NCCL_VERSION "${_nccl_numbers}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(NCCL REQUIRED_VARS NCCL_INCLUDE_DIR NCCL_CUDA_INCLUDE_DIR
    VERSION_VAR NCCL_VERSION
    REASON_FAILURE_MESSAGE
    "run launch/setup for the cuda preset, or point CMAKE_PREFIX_PATH at NCCL and CUDA_HOME at CUDA")

if(NCCL_FOUND AND NOT TARGET NCCL::NCCL)
    add_library(NCCL::NCCL INTERFACE IMPORTED)
    target_include_directories(NCCL::NCCL SYSTEM INTERFACE ${NCCL_INCLUDE_DIR} ${NCCL_CUDA_INCLUDE_DIR})
endif()
