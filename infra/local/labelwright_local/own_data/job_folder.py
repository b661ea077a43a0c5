"""A new job's folder: its place, and its files, which appear when all of them are complete."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelwright.contract.manifest import label_attribute_fault
from labelwright.errors import UsageError
from labelwright_local.own_data.pictures import COPIES
from labelwright_local.workspace.task_folder import DEFINITION, MANIFEST, TEMPLATE

_FILES = (DEFINITION, TEMPLATE, MANIFEST)


def check_free(folder: Path) -> None:
    """Make sure that no job, and nothing of the names of its files, is in a folder.

    Raises:
        UsageError: something is; it says what to do.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: a file; name a folder that the job is to have")
    if (folder / DEFINITION).exists() and (folder / MANIFEST).exists():
        raise UsageError(
            f"{folder}: a job is there already, and nothing was changed; labelwright serve "
            f"{folder} goes on with it; choose another folder, or delete this one"
        )
    there = [name for name in (*_FILES, COPIES, "workspace") if (folder / name).exists()]
    if there:
        raise UsageError(
            f"{folder}: {', '.join(there)} is there already, and nothing was changed; choose "
            "another folder"
        )


def name_of_folder(folder: Path, kind: str) -> str:
    """Return a name that a task and its label attribute can have: the folder's, else the kind's."""
    parts = re.findall("[a-z0-9]+", folder.resolve().name.lower())
    name = "-".join(parts)[:63].strip("-")
    return kind if not name or label_attribute_fault(name) else name


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Offer a folder to write to; what is in it comes to its place when this ends well.

    Raises:
        UsageError: the folder can't be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}") from None
    try:
        yield staging
        check_free(folder)
        _move(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move(staging: Path, folder: Path) -> None:
    """Move what was written to its place; the definition, by which a job is known, comes last."""
    folder.mkdir(exist_ok=True)
    for path in sorted(staging.iterdir(), key=lambda path: (path.name == DEFINITION, path)):
        shutil.move(path, folder / path.name)


def data_key(base: Path, folder: Path) -> tuple[str, str | None]:
    """Say how a manifest in ``folder`` names the files below ``base``.

    Returns what stands before each path, and what ``data`` in the task's definition says: nothing
    where the files lie in the job's own folder, else the way from it to theirs.
    """
    base_real, own = Path(os.path.realpath(base)), Path(os.path.realpath(folder))
    if base_real.is_relative_to(own):
        inside = base_real.relative_to(own).as_posix()
        return ("" if inside == "." else f"{inside}/"), None
    try:
        way = os.path.relpath(base_real, own)
    except ValueError:  # on another drive
        way = str(base_real)
    return "", Path(way).as_posix()
