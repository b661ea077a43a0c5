"""The data folder of a manifest: the one below which its relative paths are read, and no other."""

import os
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from labelwright_local.workspace.job_files import BUCKET
from labelwright_local.workspace.relative_paths import path_fault

#: The file beside a manifest in which another data folder may be named, under this key.
_DEFINITION, _DATA = "task.toml", "data"


def data_folder(manifest: Path) -> Path:
    """Return the folder in which a manifest's relative paths begin.

    It is the one that ``data`` names in the ``task.toml`` beside the manifest, itself relative to
    that file, else the manifest's own. A ``task.toml`` that can't be read names none: what is wrong
    with it is told where it is read as a task definition.
    """
    beside = manifest.parent
    with suppress(OSError, ValueError):
        named = tomllib.loads((beside / _DEFINITION).read_text("utf-8-sig")).get(_DATA)
        if isinstance(named, str) and named:
            return beside / named
    return beside


class DataFolder:
    """The files of a folder, read only: those that relative paths can name.

    Left out are what is hidden, what leads out of the folder through a symbolic link, and what jobs
    keep of people's answers: a workspace may lie in the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._real = Path(os.path.realpath(folder))
        self._looked_at: dict[Path, bool] = {}

    def find(self, key: str) -> Path | None:
        """Return the file of a path with ``/`` between names, None where there is none to read."""
        if path_fault(key) is not None:
            return None
        path = self.folder / key
        try:
            found = path.is_file()
        except OSError:  # a name that no file can have here
            return None
        return path if found and self._may_be_read(path) else None

    def holds(self, key: str) -> bool:
        """Tell whether there is a file of this path, wherever it may lead."""
        try:
            return (self.folder / key).is_file()
        except OSError:
            return False

    def leads_out(self, key: str) -> bool:
        """Tell whether a path leads to where nothing may be read: elsewhere, or to a job's files.

        Each folder on the way is looked at once: this is for checks of many paths, ``find`` is what
        keeps them in.
        """
        path = self.folder / key
        parent = path.parent
        inside = self._looked_at.get(parent)
        if inside is None:
            inside = self._looked_at[parent] = self._may_be_read(parent)
        if not inside:
            return True
        try:
            plain = not path.is_symlink() and path.name != "portal.key"
        except OSError:
            return False
        return not plain and not self._may_be_read(path)

    def listed(self, below: str) -> dict[str, bool]:
        """Return what lies in one folder ('' for the top): name to whether it is a folder."""
        top = self.folder / below
        if (below and path_fault(below) is not None) or not self._may_be_read(top):
            return {}
        with suppress(OSError), os.scandir(top) as entries:
            return {
                entry.name: entry.is_dir()
                for entry in entries
                # Where there is no link, the real path is below: nothing need be looked up.
                if not entry.name.startswith(".")
                and (not entry.is_symlink() or self._may_be_read(top / entry.name))
            }
        return {}

    def keys(self, below: str) -> Iterator[str]:
        """Yield the paths of the files in and below a folder ('' for all)."""
        for name, is_folder in sorted(self.listed(below).items()):
            key = f"{below}/{name}" if below else name
            if not is_folder:
                if path_fault(key) is None and self._may_be_read(self.folder / key):
                    yield key
            elif not (self.folder / key).is_symlink():
                yield from self.keys(key)

    def _may_be_read(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))
        return real.is_relative_to(self._real) and not _is_a_jobs(real)


def _is_a_jobs(real: Path) -> bool:
    """Tell the files in which jobs keep people's answers, and the key of their sessions."""
    parts = real.parts
    return real.name == "portal.key" or any(pair == ("s3", BUCKET) for pair in pairwise(parts))
