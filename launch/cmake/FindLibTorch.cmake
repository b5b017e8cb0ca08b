# Finds LibTorch: LibTorch::LibTorch (CPU libraries only, or the CUDA ones with SSLSLR_CUDA).
#
# Looked up in this order: Torch_DIR or CMAKE_PREFIX_PATH (a LibTorch of the site), then the private environment
# that launch/setup makes (.venv, a PyPI wheel). Not by the wheel's own CMake files: those of a CUDA wheel
# insist on nvcc even where nothing is compiled for a GPU.
file(GLOB _libtorch_wheels ${PROJECT_SOURCE_DIR}/.venv*/lib/python3*/site-packages/torch)
if(SSLSLR_CUDA)
    file(GLOB _libtorch_wheels ${PROJECT_SOURCE_DIR}/.venv-cuda/lib/python3*/site-packages/torch)
endif()
if(Torch_DIR)
    get_filename_component(_libtorch_given ${Torch_DIR}/../../.. ABSOLUTE)
endif()

find_path(LibTorch_INCLUDE_DIR torch/csrc/distributed/c10d/reducer.hpp
    HINTS ${_libtorch_given} PATHS ${_libtorch_wheels} PATH_SUFFIXES include)
find_library(LibTorch_CPU_LIBRARY torch_cpu
    HINTS ${LibTorch_INCLUDE_DIR}/../lib NO_DEFAULT_PATH)
find_library(LibTorch_C10_LIBRARY c10
    HINTS ${LibTorch_INCLUDE_DIR}/../lib NO_DEFAULT_PATH)
set(_libtorch_libraries LibTorch_CPU_LIBRARY LibTorch_C10_LIBRARY)
if(SSLSLR_CUDA)
    find_library(LibTorch_LIBRARY torch HINTS ${LibTorch_INCLUDE_DIR}/../lib NO_DEFAULT_PATH)
    find_library(LibTorch_CUDA_LIBRARY torch_cuda HINTS ${LibTorch_INCLUDE_DIR}/../lib NO_DEFAULT_PATH)
    find_library(LibTorch_C10_CUDA_LIBRARY c10_cuda HINTS ${LibTorch_INCLUDE_DIR}/../lib NO_DEFAULT_PATH)
    list(APPEND _libtorch_libraries LibTorch_LIBRARY LibTorch_CUDA_LIBRARY LibTorch_C10_CUDA_LIBRARY)
endif()

if(LibTorch_INCLUDE_DIR)
    file(STRINGS ${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h _libtorch_lines
        REGEX "^#define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    string(REGEX REPLACE "[^0-9;]" "" _libtorch_numbers "${_libtorch_lines}")
    string(REPLACE ";" "." LibTorch_VERSION "${_libtorch_numbers}")
    # c10d's C++ interface changes between minor versions (DESIGN decisions in the README): exactly 2.11.
    if(NOT LibTorch_VERSION MATCHES "^2\\.11\\.")
        message(FATAL_ERROR "LibTorch ${LibTorch_VERSION} found in ${LibTorch_INCLUDE_DIR}, 2.11 needed: "
            "run launch/setup, or point Torch_DIR or CMAKE_PREFIX_PATH at a LibTorch 2.11")
    endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch REQUIRED_VARS LibTorch_INCLUDE_DIR ${_libtorch_libraries}
    VERSION_VAR LibTorch_VERSION
    REASON_FAILURE_MESSAGE "run launch/setup, or point Torch_DIR or CMAKE_PREFIX_PATH at a LibTorch 2.11")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
    add_library(LibTorch::LibTorch INTERFACE IMPORTED)
    target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
        ${LibTorch_INCLUDE_DIR} ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include)
    foreach(library ${_libtorch_libraries})
        list(APPEND _libtorch_link ${${library}})
    endforeach()
    # --no-as-needed: operators register themselves when the library loads, no symbol asks for it.
    # unresolved-symbols: the wheel's libraries name further ones that a CPU run never calls.
    target_link_libraries(LibTorch::LibTorch INTERFACE
        -Wl,--no-as-needed ${_libtorch_link} -Wl,--as-needed -Wl,--unresolved-symbols=ignore-in-shared-libs)
    target_compile_definitions(LibTorch::LibTorch INTERFACE USE_DISTRIBUTED)
endif()
