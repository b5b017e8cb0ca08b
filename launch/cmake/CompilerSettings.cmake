# Compiler settings of all targets.
add_library(sslslr_settings INTERFACE)
target_include_directories(sslslr_settings INTERFACE ${PROJECT_SOURCE_DIR})
# -Wno-restrict: g++ 12 warns falsely about std::string operator+ (GCC bug 105651).
# -Wno-missing-field-initializers: designated initialisers leave the other fields at their defaults on
# purpose.
target_compile_options(sslslr_settings INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wpedantic
    -Wno-unknown-pragmas -Wno-restrict -Wno-missing-field-initializers)
# Without it, g++ searches the precompiled header for garbage again and again: a seventh of the time.
target_compile_options(sslslr_settings INTERFACE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:--param=ggc-min-heapsize=4000000>)
if(SSLSLR_WERROR)
    target_compile_options(sslslr_settings INTERFACE -Werror)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    # Compare the precompiled header by content: its timestamp differs in every build folder.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
    add_compile_options(-fpch-preprocess)
endif()
