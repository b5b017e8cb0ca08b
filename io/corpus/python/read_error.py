"""Errors that the user is told. Needs no package, so that a missing one can be told, too."""

import importlib.util


class ReadError(Exception):
    """A corpus or clip that cannot be read: what was expected and what was found."""


def require_modules(*names):
    """Says what is missing before any clip is read, without the time that an import takes."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            raise ReadError(f"expected the Python module '{name}', found none: `launch/setup --importers` installs it")
