# The private Python environments: LibTorch from PyTorch's wheel, and packages for figures. Sourced by
# launch/setup.
# shellcheck shell=bash

figure_packages=(matplotlib numpy h5py umap-learn)
# The wheel is built for CUDA, but its CPU libraries load only these two packages.
cpu_wheels=(torch==2.11.0 nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)
# Packages that its CUDA libraries need to compile and run, in the versions that the wheel names. Without
# Triton and Python extras.
cuda_wheels=(
    "${cpu_wheels[@]}" nvidia-cublas==13.1.0.3 nvidia-cuda-nvrtc==13.0.88 nvidia-cudnn-cu13==9.19.0.56
    nvidia-cufft==12.0.0.61 nvidia-cufile==1.15.1.6 nvidia-curand==10.4.0.35 nvidia-cusolver==12.0.4.66
    nvidia-cusparse==12.6.3.3 nvidia-cusparselt-cu13==0.8.0 nvidia-nccl-cu13==2.28.9 nvidia-nvjitlink==13.0.88
    nvidia-nvshmem-cu13==3.4.5)

# ensure_environment FOLDER: creates .venv, or .venv-cuda with the CUDA libraries
ensure_environment() {
    if given_libtorch; then
        make_environment "$1" "half a minute"
    elif [[ $1 == .venv-cuda ]]; then
        make_environment "$1" "2 minutes, 4.5 GB" "${cuda_wheels[@]}"
    else
        make_environment "$1" "1 minute, 2 GB" "${cpu_wheels[@]}"
    fi
}

# Returns whether Torch_DIR or CMAKE_PREFIX_PATH leads to a LibTorch 2.11; searches the same folders as
# FindLibTorch.cmake.
given_libtorch() {
    local folder
    local -a prefixes
    IFS=: read -ra prefixes <<<"${CMAKE_PREFIX_PATH:-}"
    for folder in ${Torch_DIR:+"$Torch_DIR/../../.."} "${prefixes[@]}" "${prefixes[@]/%//../..}"; do
        if grep -qs 'TORCH_VERSION_MINOR 11' "$folder/include/torch/headeronly/version.h"; then
            return 0
        fi
    done
    return 1
}

# make_environment FOLDER DURATION WHEEL...: installs the wheels without dependencies, and the packages for
# figures. FOLDER/.unfinished exists until everything is installed; then it is renamed to .finished, which
# contains the key.
make_environment() {
    local folder=$1 duration=$2 key
    shift 2
    key=$(printf '%s\n' "$@" "${figure_packages[@]}" | digest)
    if [[ -e $folder/.finished && $(<"$folder/.finished") == "$key" && -x $folder/bin/python ]]; then
        return
    fi
    say "LibTorch and Python packages for figures, in $folder (about $duration)"
    if [[ -e $folder/.unfinished ]]; then
        rm -rf "$folder"
    fi
    mkdir -p "$folder"
    echo "$key" >"$folder/.unfinished"
    rm -f "$folder/.finished"
    python3 -m venv "$folder"
    if (($# > 0)); then
        install_wheels "$folder" --no-deps "$@"
    fi
    install_wheels "$folder" "${figure_packages[@]}"
    mv "$folder/.unfinished" "$folder/.finished"
}

install_wheels() {
    local folder=$1
    shift
    "$folder/bin/python" -I -m pip install --disable-pip-version-check "$@" ||
        die "pip could not install the packages above: no network (on a cluster, use a login node), or no space on the disk?"
}
