"""The files below a folder, as io/corpus/folder_walk.cpp finds them: links are followed, each folder is
entered once, hidden and system files are skipped and named.
"""

import os
import re
from pathlib import Path

from read_error import ReadError

# The same list as in io/corpus/system_files.cpp.
SYSTEM_NAMES = {
    "__macosx",
    "__pycache__",
    "$recycle.bin",
    "#recycle",
    "@eadir",
    "desktop.ini",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "icon\r",
    "lost+found",
    "system volume information",
    "thumbs.db",
}
MOST_SHOWN = 3


def natural_key(name):
    """Returns a key that sorts runs of digits by their number: 2 before 10."""
    return re.sub("[0-9]+", _in_order, name), name


def _in_order(digits):
    """Returns a number prefixed by its length, so that longer numbers sort after shorter ones."""
    number = digits[0].lstrip("0")
    return f"{len(number):04}{number}"


def is_system_file(name):
    """Whether a file or folder of this name was left behind by a system or a tool."""
    lower = name.lower()
    return name.startswith((".", "~$")) or lower.endswith("zone.identifier") or lower in SYSTEM_NAMES


def files_under(folder, extensions, listing):
    """Returns (name, path) of each file below a folder with one of the extensions (".pkl", in any case), or
    of `folder` itself if it is a file. Names are relative to the folder and have no extension.
    Notes in the listing what it skips.
    """
    if not folder.exists():
        raise ReadError("expected a folder or file to import, found nothing of that name")
    if folder.is_dir():
        walk = _Walk(extensions)
        walk.run(folder)
        walk.report(listing)
        named = walk.files
    else:
        named = [(folder.stem, folder)] if folder.suffix.lower() in extensions else []
    if not named:
        raise ReadError(f"expected files ending in {' or '.join(extensions)}, found none")
    return sorted(named, key=lambda each: (natural_key(each[0]), each[1]))


class _Walk:
    """Follows links only after everything below the folder is listed, so that a folder which can be reached
    in two ways is named by its own path, not by a link.
    """

    def __init__(self, extensions):
        self._extensions = extensions
        self._links = []
        self._entered = set()
        self._skipped = []
        self._repeated = []
        self._broken = []
        self.files = []

    def run(self, root):
        for above in (root.resolve(), *root.resolve().parents):
            self._entered.add(_identity(above))
        self._list(root, "")
        while self._links:
            self._links.sort(key=lambda each: natural_key(each[1]), reverse=True)
            path, name = self._links.pop()
            self._enter(path, name)

    def _enter(self, path, name):
        try:
            identity = _identity(path)
        except OSError as error:
            self._leave_out(path, name, error)
            return
        if identity in self._entered:
            self._repeated.append(name)
            return
        self._entered.add(identity)
        self._list(path, name)

    def _list(self, folder, folder_name):
        folders = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._sort_in(entry, f"{folder_name}/{entry.name}" if folder_name else entry.name,
                                  folders)
        except OSError as error:
            if not folder_name:
                raise ReadError(f"cannot be listed: {error.strerror}") from None
            self._leave_out(folder, folder_name, error)
        for path, name in folders:
            self._enter(path, name)

    def _leave_out(self, path, name, error):
        reason = f"{shown(str(path))}: cannot be listed: {error.strerror}"
        self._broken.append({"clip": shown(name), "reason": reason})

    def _sort_in(self, entry, name, folders):
        path = Path(entry.path)
        if is_system_file(entry.name):
            self._skipped.append(entry.name)
        elif _is_folder(entry):
            (self._links if entry.is_symlink() else folders).append((path, name))
        elif path.suffix.lower() in self._extensions:
            self.files.append((name[: len(name) - len(path.suffix)], path))
        elif entry.is_symlink() and not os.path.exists(path):
            self._broken.append(
                {
                    "clip": shown(name),
                    "reason": f"{shown(str(path))}: expected a file or folder, found a broken link to "
                    f"{shown(os.readlink(path))}: is the target's disk mounted?",
                }
            )

    def report(self, listing):
        if self._skipped:
            what = "file or folder is" if len(self._skipped) == 1 else "files or folders are"
            names = _first_of(set(self._skipped))
            listing["notes"].append(f"{len(self._skipped)} hidden or system {what} skipped: {names}")
        if self._repeated:
            count = len(self._repeated)
            what = "1 link leads" if count == 1 else f"{count} links lead"
            listing["notes"].append(
                f"{what} to a parent folder, or to one that is imported anyway: not followed: "
                + _first_of(self._repeated)
            )
        listing["left_out"] += sorted(self._broken, key=lambda each: natural_key(each["clip"]))


def _is_folder(entry):
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _identity(path):
    status = os.stat(path)
    return status.st_dev, status.st_ino


def _first_of(names):
    names = [shown(name) for name in sorted(names)]
    return ", ".join(names[:MOST_SHOWN]) + (", ..." if len(names) > MOST_SHOWN else "")


def shown(name):
    r"""Returns a name in which bytes that are not UTF-8 are written like \xE9."""
    return "".join(f"\\x{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in name)


def check_name(name):
    """Raises ReadError for a name of a file or folder that is not UTF-8."""
    if shown(name) != name:
        raise ReadError(
            f"expected names in UTF-8, found the clip '{shown(name)}': rename its file or folder, by `convmv "
            "-f latin1 -t utf8 -r --notest FOLDER` if it was named under Windows"
        )
