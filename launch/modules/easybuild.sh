# Modules with EasyBuild's names. Copy this file, name the copy after your site, and set SSLSLR_SITE to that
# name for the job scripts. The build needs all of these modules, the program only GCC, OpenMPI and HDF5. Not
# tested: no module system was available.
# shellcheck shell=bash
module load foss HDF5 Boost CMake Ninja Python fmt nlohmann_json xxHash googletest
