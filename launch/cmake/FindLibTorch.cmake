# Finds LibTorch: LibTorch::LibTorch (CPU libraries only, or the CUDA ones with SSLSLR_CUDA).
#
# Searches Torch_DIR and CMAKE_PREFIX_PATH (a site's LibTorch) first, then the private environment that
# launch/setup creates (.venv or .venv-cuda, a Python wheel). It does not use the wheel's own CMake files,
# because those of a CUDA wheel require nvcc even if nothing is compiled for a GPU. Versions other than 2.11
# are skipped, because c10d's C++ interface changes between minor versions.
file(TO_CMAKE_PATH "$ENV{CMAKE_PREFIX_PATH}" _libtorch_prefixes)
foreach(folder IN ITEMS ${Torch_DIR} "$ENV{Torch_DIR}")
    list(APPEND _libtorch_folders ${folder}/../../..)
endforeach()
foreach(prefix IN LISTS CMAKE_PREFIX_PATH _libtorch_prefixes)
    list(APPEND _libtorch_folders ${prefix} ${prefix}/../..)  # second: for torch.utils.cmake_prefix_path
endforeach()
if(SSLSLR_CUDA)
    set(_libtorch_environment .venv-cuda)
else()
    set(_libtorch_environment .venv)
endif()
file(GLOB _libtorch_wheels ${PROJECT_SOURCE_DIR}/${_libtorch_environment}/lib/python3*/site-packages/torch)

foreach(folder IN LISTS _libtorch_folders _libtorch_wheels)
    set(_libtorch_header ${folder}/include/torch/headeronly/version.h)
    if(NOT EXISTS ${_libtorch_header})
        continue()
    endif()
    file(STRINGS ${_libtorch_header} _libtorch_lines REGEX "^#define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    string(REGEX REPLACE "[^0-9;]" "" _libtorch_numbers "${_libtorch_lines}")
    string(REPLACE ";" "." _libtorch_version "${_libtorch_numbers}")
    if(_libtorch_version MATCHES "^2\\.11\\.")
        file(REAL_PATH ${folder}/include LibTorch_INCLUDE_DIR)
        set(LibTorch_VERSION ${_libtorch_version})
        break()
    endif()
    message(STATUS "Skipping LibTorch ${_libtorch_version} in ${folder}: 2.11 is required")
endforeach()

set(_libtorch_names torch_cpu c10)
if(SSLSLR_CUDA)
    list(APPEND _libtorch_names torch torch_cuda c10_cuda)
endif()
foreach(name IN LISTS _libtorch_names)
    find_library(LibTorch_${name}_LIBRARY ${name} PATHS ${LibTorch_INCLUDE_DIR}/../lib NO_DEFAULT_PATH)
    list(APPEND _libtorch_libraries LibTorch_${name}_LIBRARY)
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch REQUIRED_VARS LibTorch_INCLUDE_DIR ${_libtorch_libraries}
    VERSION_VAR LibTorch_VERSION
    REASON_FAILURE_MESSAGE "run launch/setup, or point Torch_DIR or CMAKE_PREFIX_PATH at a LibTorch 2.11")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
    add_library(LibTorch::LibTorch INTERFACE IMPORTED)
    target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
        ${LibTorch_INCLUDE_DIR} ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include)
    foreach(library IN LISTS _libtorch_libraries)
        list(APPEND _libtorch_link ${${library}})
    endforeach()
    # --no-as-needed: operators register themselves when the library is loaded, but no symbol refers to it.
    # unresolved-symbols: the wheel's libraries depend on further ones that CPU code never calls.
    target_link_libraries(LibTorch::LibTorch INTERFACE
        -Wl,--no-as-needed ${_libtorch_link} -Wl,--as-needed -Wl,--unresolved-symbols=ignore-in-shared-libs)
    target_compile_definitions(LibTorch::LibTorch INTERFACE USE_DISTRIBUTED)
endif()
