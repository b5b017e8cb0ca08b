# The private Python environment for the readers in io/corpus/python (landmarks of videos, formats that need
# Python). Sourced by launch/setup.
# shellcheck shell=bash

importer_environment=.venv-import
# MediaPipe without dependencies that its pose and hand landmarks do not load: JAX, sounddevice, an OpenCV
# with windows.
reader_wheels=(mediapipe==0.10.14)
reader_packages=(
    numpy==2.2.6 opencv-python-headless==4.11.0.86 matplotlib==3.10.7 absl-py==2.3.1 attrs==25.3.0 flatbuffers==25.2.10
    protobuf==4.25.8 pyarrow==21.0.0)
# The formats' own libraries, with which the tests compare results.
comparison_wheels=(lsfb-dataset==2.0.1 pose-format==0.10.5)
comparison_packages=(h5py==3.14.0 pandas==2.3.3 tqdm==4.67.1 requests==2.32.5)

# ensure_importers WHAT: installs the packages of the readers ("readers"), or also those that their tests
# compare with ("comparisons"). Returns false if that fails.
ensure_importers() {
    if ! has_importers readers; then
        say "Python readers (MediaPipe, pyarrow), in $importer_environment (about half a minute, 0.6 GB)"
        rm -rf "$importer_environment"
        python3 -m venv "$importer_environment" && install_importers readers "${reader_wheels[@]}" -- "${reader_packages[@]}" ||
            return
    fi
    if [[ $1 == comparisons ]] && ! has_importers comparisons; then
        say "Libraries that the tests compare the readers with, in $importer_environment (about 15 seconds)"
        install_importers comparisons "${comparison_wheels[@]}" -- "${comparison_packages[@]}"
    fi
}

# install_importers WHAT WHEEL... -- PACKAGE...: installs the wheels without dependencies, the packages with
# theirs
install_importers() {
    local what=$1
    local -a wheels=() pip=("$importer_environment/bin/python" -I -m pip install --disable-pip-version-check --quiet)
    shift
    while [[ $1 != -- ]]; do
        wheels+=("$1") && shift
    done
    if ! { "${pip[@]}" --no-deps "${wheels[@]}" && "${pip[@]}" --no-warn-conflicts "${@:2}"; }; then
        echo "pip could not install the readers' packages: no network (on a cluster, use a login node), no space on the disk," \
            "or a Python other than 3.10 to 3.12, for which MediaPipe 0.10.14 has no package?" >&2
        return 1
    fi
    importers_key "$what" >"$importer_environment/.$what"
}

# MediaPipe's package contains only the pose model of complexity 1; its own function downloads the others.
fetch_pose_models() {
    "$importer_environment/bin/python" "$root/io/corpus/python/fetch_pose_models.py" ||
        echo "landmarks of videos: only --complexity 1 works; for 0 and 2, run launch/setup --importers again with a network"
}

importers_key() {
    local -a all=("${reader_wheels[@]}" "${reader_packages[@]}")
    if [[ $1 == comparisons ]]; then
        all+=("${comparison_wheels[@]}" "${comparison_packages[@]}")
    fi
    printf '%s\n' "${all[@]}" | digest
}

# has_importers WHAT: returns whether these packages are installed in these versions
has_importers() {
    local folder=$importer_environment
    [[ -x $folder/bin/python && -e $folder/.$1 && $(<"$folder/.$1") == "$(importers_key "$1")" ]]
}
