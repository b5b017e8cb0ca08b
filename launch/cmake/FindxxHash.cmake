# Finds the header of xxHash (used with XXH_INLINE_ALL, without the library): xxHash::xxHash
find_path(xxHash_INCLUDE_DIR xxhash.h)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(xxHash REQUIRED_VARS xxHash_INCLUDE_DIR
    REASON_FAILURE_MESSAGE "install libxxhash-dev, or point CMAKE_PREFIX_PATH at xxHash")
if(xxHash_FOUND AND NOT TARGET xxHash::xxHash)
    add_library(xxHash::xxHash INTERFACE IMPORTED)
    target_include_directories(xxHash::xxHash INTERFACE ${xxHash_INCLUDE_DIR})
endif()
