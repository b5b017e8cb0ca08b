# Modules as EasyBuild names them: copy it under your site's name and give that to the job scripts as SSLSLR_SITE.
# The build needs all of them, the program GCC, OpenMPI and HDF5 alone. Never run: there is no module system here.
# shellcheck shell=bash
module load foss HDF5 Boost CMake Ninja fmt nlohmann_json xxHash
