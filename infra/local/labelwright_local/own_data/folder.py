"""A folder of pictures or texts, with the folders in it.

Each file is a row: its path relative to the folder, with ``/`` between names, which stay as they
are, whatever their case or Unicode form.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from labelwright.errors import UsageError
from labelwright_local.own_data.encodings import decode, is_damaged
from labelwright_local.own_data.rows import Found, LeftOut, Row, Table
from labelwright_local.printable import printable
from labelwright_local.workspace.relative_paths import path_fault

#: The columns of such a table.
PATH, TEXT = "path", "text"

PICTURES = frozenset((".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".svg", ".avif"))
#: Pictures that browsers don't show.
NOT_SHOWN = frozenset(
    (".tif", ".tiff", ".heic", ".heif", ".psd", ".jp2", ".raw", ".dng", ".cr2", ".nef", ".dcm")
)
TEXTS = frozenset((".txt", ".text", ".md", ".markdown"))
_LARGEST_TEXT = 1_000_000


class _File(NamedTuple):
    key: str
    path: str
    size: int


def read_pictures(folder: Path, besides: Path) -> Table:
    """Read the pictures of a folder that browsers show; ``besides`` is a folder to pass over."""

    def rows(left_out: LeftOut) -> Iterator[Row]:
        for number, file in enumerate(_files(folder, besides, left_out, PICTURES), 1):
            yield Row(number, {PATH: Found(file.key)})

    return Table(rows, folder, "a folder of pictures", "file")


def read_texts(folder: Path, besides: Path) -> Table:
    """Read the texts of a folder; ``besides`` is a folder to pass over."""

    def rows(left_out: LeftOut) -> Iterator[Row]:
        for number, file in enumerate(_files(folder, besides, left_out, TEXTS), 1):
            data = Path(file.path).read_bytes()
            try:
                text, encoding = decode(data)
            except ValueError:
                left_out.add("a text that is neither UTF-8, UTF-16 nor Windows-1252", file.key)
                continue
            if encoding != "UTF-8":
                left_out.note(f"read as {encoding}", file.key)
            yield Row(number, {PATH: file.key, TEXT: text})

    return Table(rows, folder, "a folder of texts", "file")


def _files(
    folder: Path, besides: Path, left_out: LeftOut, wanted: Collection[str]
) -> Iterator[_File]:
    """Yield the files to be labeled, sorted by their paths; what is left out is told."""
    real, passed = Path(os.path.realpath(folder)), os.path.realpath(besides)
    what = "picture" if wanted is PICTURES else "text"
    for file in sorted(_all(_Walk(real, passed, left_out), folder, "")):
        suffix = PurePosixPath(file.key).suffix.lower()
        if suffix in NOT_SHOWN and wanted is PICTURES:
            why = f"{suffix[1:].upper()}, which browsers don't show; save them as PNG or JPEG"
            left_out.add(why, file.key)
        elif suffix not in wanted:
            left_out.add(f"no {what} ({suffix or 'no ending'})", file.key)
        elif (fault := _fault(file, wanted)) is not None:
            left_out.add(fault, file.key)
        else:
            yield file


def _fault(file: _File, wanted: Collection[str]) -> str | None:
    if file.size == 0:
        return "an empty file"
    if wanted is TEXTS and file.size > _LARGEST_TEXT:
        return "a text of over a megabyte, which no page shows"
    if not os.access(file.path, os.R_OK):
        return "a file that may not be read"
    return path_fault(file.key)


class _Walk(NamedTuple):
    """What a walk through a folder keeps to: its real path, and one in it to pass over."""

    real: Path
    passed: str
    left_out: LeftOut


def _all(walk: _Walk, folder: Path | str, below: str) -> Iterator[_File]:
    """Yield all files in and below a folder, but for those that are hidden or lie elsewhere.

    Raises:
        UsageError: the folder itself can't be read.
    """
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        if not below:
            raise UsageError(f"{folder}: {error.strerror}") from None
        walk.left_out.add("a folder that may not be read", below)
        return
    for entry in entries:
        key = f"{below}/{entry.name}" if below else entry.name
        if entry.is_dir():
            if entry.is_symlink():
                walk.left_out.add("a link to a folder", printable(key))
            elif not entry.name.startswith(".") and os.path.realpath(entry.path) != walk.passed:
                yield from _all(walk, entry.path, key)
        elif entry.name.startswith("."):
            walk.left_out.add("a hidden file", "")
        elif is_damaged(key):
            walk.left_out.add("a name that is not UTF-8", printable(key))
        elif entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(
            walk.real
        ):
            walk.left_out.add("a link that leads out of the folder", key)
        elif entry.is_file():
            yield _File(key, entry.path, entry.stat().st_size)
