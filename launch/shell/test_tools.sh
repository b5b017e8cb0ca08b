# What only the tests need: a Slurm and a HyperQueue to start here, clocks that can be set, a browser, readers in Python and
# what they are compared with; sourced by launch/setup. Tests of what is missing are left out. Needs packages.sh and importers.sh.
# shellcheck shell=bash

test_packages=(slurm-wlm faketime chromium)
test_environment=.venv-tests
hyperqueue='hyperqueue==0.27.*'

ensure_test_tools() {
    local package
    for package in $(missing_packages "${test_packages[@]}"); do
        if may_install; then
            (install_packages "$package") || true  # one by one: not every system has them all
        fi
    done
    has_hyperqueue || install_hyperqueue || true
    ensure_importers comparisons || true
    if [[ $(test_tools) == *" absent"* ]]; then
        echo "left out are the tests of: $(test_tools | sed -n 's/ absent//p' | paste --serial --delimiters ,)"
    fi
}

# Prints which of them are there. CMake must look again when this has changed.
test_tools() {
    local tool
    for tool in slurmctld faketime chromium; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$tool" || echo "$tool absent"
    done
    has_hyperqueue && echo "$hyperqueue" || echo "hyperqueue absent"
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
