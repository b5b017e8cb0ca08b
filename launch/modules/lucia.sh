# The modules on Lucia (Cenaero) for building and running the program. Source this file, or set
# SSLSLR_SITE=lucia for the job scripts. Not tested: `module spider NAME` lists the installed versions, which
# must share a toolchain.
# shellcheck shell=bash
module purge
module load GCC OpenMPI HDF5 Boost CMake Ninja Python fmt nlohmann_json xxHash googletest
