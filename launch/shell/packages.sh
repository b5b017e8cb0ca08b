# System packages: installs them with apt if permitted, otherwise explains what is missing and checks for
# other sources. Sourced by launch/setup.
# shellcheck shell=bash

debian_packages=(
    g++ cmake ninja-build ccache python3-venv
    libopenmpi-dev openmpi-bin libhdf5-dev libboost-program-options-dev
    libfmt-dev nlohmann-json3-dev libxxhash-dev libgtest-dev)

ensure_packages() {
    local -a missing
    mapfile -t missing < <(missing_packages "${debian_packages[@]}")
    if ((${#missing[@]} == 0)); then
        return
    fi
    if may_install; then
        install_packages "${missing[@]}"
    else
        ensure_site_software "${missing[@]}"
    fi
}

may_install() {
    command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }
}

missing_packages() {
    local package
    for package in "$@"; do
        if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
            echo "$package"
        fi
    done
}

install_packages() {
    local -a as_root=(env DEBIAN_FRONTEND=noninteractive)
    if ((EUID != 0)); then
        as_root=(sudo "${as_root[@]}")
    fi
    say "System packages (about a minute): $*"
    "${as_root[@]}" dpkg --configure -a  # an earlier installation may have been interrupted
    "${as_root[@]}" apt-get -qq update || echo "some package lists could not be refreshed; continuing with the others"
    "${as_root[@]}" apt-get -qq install --yes --no-install-recommends "$@" ||
        die "apt could not install the packages above; check the network and the disk, and run this again"
}

# Without apt, the same software may come from a cluster's modules. CMake searches for it, once for each
# environment.
ensure_site_software() {
    local checked=$root/build/system/.checked key
    key=$({ site_settings && cat "$root"/launch/cmake/{system/CMakeLists.txt,SystemLibraries.cmake}; } | digest)
    if [[ -e $checked && $(<"$checked") == "$key" ]]; then
        return
    fi
    explain_packages "$@"
    say "Looking for that software elsewhere (seconds)"
    require_tools
    cmake --fresh -G Ninja -S "$root/launch/cmake/system" -B "$root/build/system" ||
        die "the library named above was not found; see the list further up"
    echo "$key" >"$checked"
}

# Prints all settings that affect which tools and libraries CMake finds.
site_settings() {
    printf '%s\n' "$PATH" "${CMAKE_PREFIX_PATH:-}" "${Torch_DIR:-}" "${LOADEDMODULES:-}" \
        "${CC:-}" "${CXX:-}" "${CFLAGS:-}" "${CXXFLAGS:-}" "${LDFLAGS:-}"
}

explain_packages() {
    cat <<EXPLANATION

These Debian packages are not installed, and apt cannot be used here (neither root nor passwordless sudo):
    $*
Ask an administrator to run
    apt-get install --yes $*
or, on a cluster, load modules with the same software, for example
    module load GCC CMake Ninja Python OpenMPI HDF5 Boost
and list the folders of libraries without a module (fmt, nlohmann_json, xxHash, GoogleTest), separated by colons:
    export CMAKE_PREFIX_PATH=/folder/of/fmt:/folder/of/xxhash
LibTorch 2.11 is downloaded unless CMAKE_PREFIX_PATH contains its folder, or Torch_DIR is its share/cmake/Torch.
EXPLANATION
}

require_tools() {
    local tool
    for tool in cmake ninja mpirun python3 "${CXX:-c++}"; do
        command -v "$tool" >/dev/null || die "the program '$tool' was not found; see the list above"
    done
    python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
        die "python3 is older than 3.10 or lacks venv; see the list above"
}
