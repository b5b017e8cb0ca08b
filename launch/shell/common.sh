# Functions shared by the scripts of launch/, which source it.
# shellcheck shell=bash

root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")

say() { printf '\n== %s\n' "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Prints a hash of its input.
digest() { sha256sum | cut -d ' ' -f 1; }

# Prints the comment at the head of a script, which is its help.
print_help() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# Prints how many processes that use LibTorch may run at once: one per core, with 2 GB of free memory each.
parallel_jobs() {
    local memory_kb limit cores jobs
    cores=$(env -u OMP_NUM_THREADS nproc)  # nproc would print OMP_NUM_THREADS instead
    memory_kb=$(awk '/^MemAvailable/ {print $2}' /proc/meminfo)
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)  # a container's limit
    if [[ $limit != max ]] && ((limit / 1024 < memory_kb)); then
        memory_kb=$((limit / 1024))
    fi
    jobs=$((memory_kb / 2000000))
    echo $((jobs < 1 ? 1 : jobs < cores ? jobs : cores))
}

# Configures Open MPI for a single machine: more ranks than cores, in containers, as root.
mpi_environment() {
    export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
    export OMPI_MCA_mpi_yield_when_idle=1              # waiting ranks leave their cores to computing ones
    export OMPI_MCA_btl_vader_single_copy_mechanism=none  # containers forbid reading another process's memory
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
    if ((EUID == 0)); then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
}
