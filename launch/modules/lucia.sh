# The modules of Lucia (Cenaero) that the program is built with and needs to run; source it, or give SSLSLR_SITE=lucia to the
# job scripts. Never run: `module spider NAME` tells the versions that are installed, and versions must share a toolchain.
# shellcheck shell=bash
module purge
module load GCC OpenMPI HDF5 Boost CMake Ninja fmt nlohmann_json xxHash
