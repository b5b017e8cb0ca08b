# Tools that only the tests need: Slurm, HyperQueue, faketime, a browser, the Python readers and the libraries
# with which they are compared, and imports of PyTorch. Tests whose tools are missing are left out. Sourced by
# launch/setup, after packages.sh and importers.sh.
# shellcheck shell=bash

test_packages=(slurm-wlm faketime chromium)
test_environment=.venv-tests
hyperqueue='hyperqueue==0.27.*'
torch_imports='typing_extensions==4.15.0'  # besides numpy; the wheel itself is in .venv

ensure_test_tools() {
    local package
    for package in $(missing_packages "${test_packages[@]}"); do
        if may_install; then
            (install_packages "$package") || true  # one by one, because not every system has all of them
        fi
    done
    has_hyperqueue || install_hyperqueue || true
    has_torch_imports || install_torch_imports || true
    ensure_importers comparisons || true
    if [[ $(test_tools) == *" absent"* ]]; then
        echo "tests left out because their tools are missing: $(test_tools | sed -n 's/ absent//p' | paste --serial --delimiters ,)"
    fi
}

# Prints which tools exist. CMake must be configured again when the output changes.
test_tools() {
    local tool
    for tool in slurmctld faketime chromium; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$tool" || echo "$tool absent"
    done
    has_hyperqueue && echo "$hyperqueue" || echo "hyperqueue absent"
    has_torch_imports && echo "$torch_imports" || echo "exports in Python's torch absent"
    has_importers comparisons && importers_key comparisons || echo "readers in Python absent"
}

has_hyperqueue() { [[ -x $test_environment/bin/python && $(cat "$test_environment/.finished" 2>&1) == "$hyperqueue" ]]; }

install_hyperqueue() {
    say "HyperQueue for the tests, in $test_environment (seconds)"
    rm -f "$test_environment/.finished"
    python3 -m venv "$test_environment" &&
        "$test_environment/bin/python" -I -m pip install --disable-pip-version-check "$hyperqueue" &&
        echo "$hyperqueue" >"$test_environment/.finished"
}

has_torch_imports() { [[ -x $test_environment/bin/python && $(cat "$test_environment/.torch-imports" 2>&1) == "$torch_imports" ]]; }

install_torch_imports() {
    say "Packages that Python's torch imports, for the tests, in $test_environment (seconds)"
    rm -f "$test_environment/.torch-imports"
    python3 -m venv "$test_environment" &&
        "$test_environment/bin/python" -I -m pip install --disable-pip-version-check "$torch_imports" &&
        echo "$torch_imports" >"$test_environment/.torch-imports"
}
