# The libraries that the system or a cluster's modules provide, as imported targets.
set(MPI_CXX_SKIP_MPICXX ON)  # keeps the removed MPI C++ bindings out
find_package(MPI REQUIRED COMPONENTS C)
find_package(HDF5 REQUIRED COMPONENTS C)  # the serial library (see "Decisions" in io/README.md)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(fmt REQUIRED)  # header-only: LibTorch brings the headers of another fmt, without its library
find_package(nlohmann_json REQUIRED)
find_package(xxHash MODULE REQUIRED)
if(SSLSLR_TESTS)
    find_package(GTest REQUIRED)
endif()
