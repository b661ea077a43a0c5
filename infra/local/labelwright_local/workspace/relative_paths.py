"""Relative paths in a manifest: files on this machine, under addresses of a stand-in bucket.

``images/a b.png`` is the file of that name below the data folder. Handlers, pages and people's own
functions are given ``s3://labelwright-data/images/a b.png`` for it, so that they run unmodified;
in the manifest, in the state and in the output manifest the line stays as it was.
"""

import re
import sys

from labelwright.contract.base import Json
from labelwright.contract.manifest import SOURCE_REF, TEXT_REF
from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import ManifestLineError

#: The bucket that stands for the data folder.
DATA_BUCKET = "labelwright-data"

#: What no key of S3 is too long for, whatever stands before it.
_SURELY_SHORT = 900

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

#: The keys of a line that name files.
FILE_KEYS = (SOURCE_REF, TEXT_REF)


def is_relative(value: Json) -> bool:
    """Tell a path from an address: whatever is a text and begins with no ``scheme://``."""
    return isinstance(value, str) and bool(value) and not _SCHEME.match(value)


def path_fault(path: str) -> str | None:
    """Say why a path can't be one below the data folder, None if it can."""
    if path.startswith("/") or (sys.platform == "win32" and (path[:1] == "\\" or path[1:2] == ":")):
        return "an absolute path; write it relative to the manifest's folder"
    steps = path.split("/")
    if ".." in steps:
        return "the path leads out of the data folder ('..'); move or name the files below it"
    if "\0" in path or not steps[-1] or "" in steps:
        return "no path of a file"
    hidden = next((step for step in steps if step.startswith(".") and step != "."), None)
    if hidden is not None:
        return "hidden files and folders (a name that begins with a dot) are not read"
    if len(path) < _SURELY_SHORT and path.isascii():
        return None
    try:
        S3Uri.parse(f"s3://{DATA_BUCKET}/{path}")
    except ValueError as error:
        return f"it can't be an address in S3 ({error})"
    return None


def address_of(path: str) -> str:
    """Return the stand-in address of a path.

    Raises:
        ValueError: the path can't be one below the data folder; the message does not repeat it.
    """
    fault = path_fault(path)
    if fault is not None:
        raise ValueError(fault)
    return f"s3://{DATA_BUCKET}/" + "/".join(step for step in path.split("/") if step != ".")


def addressed(line: Json) -> Json:
    """Return a manifest line as handlers are given it, each relative path as an address.

    Raises:
        ManifestLineError: a path can't be one below the data folder.
    """
    if not isinstance(line, dict):
        return line
    changed: dict[str, Json] = {}
    for key in FILE_KEYS:
        value = line.get(key)
        if isinstance(value, str) and is_relative(value):
            try:
                changed[key] = address_of(value)
            except ValueError as error:
                raise ManifestLineError(f"manifest line: '{key}': {error}") from None
    return {**line, **changed} if changed else line


def path_of(uri: str) -> str:
    """Return an address as people wrote it: the path where it is a stand-in."""
    return uri.removeprefix(f"s3://{DATA_BUCKET}/")
