"""Errors reported to the user. Needs no package, so that missing packages can be reported, too."""

import importlib.util


class ReadError(Exception):
    """A corpus or clip that cannot be read: what was expected and what was found."""


def require_modules(*names):
    """Reports missing modules before any clip is read, without importing them, which takes time."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            raise ReadError(f"expected the Python module '{name}', found none: "
                            "`launch/setup --importers` installs it")
