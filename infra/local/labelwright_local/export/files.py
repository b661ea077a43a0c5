"""A file of an export: its name below the place where the export goes, and its content."""

from collections.abc import Iterator
from typing import NamedTuple

from labelwright.errors import UsageError


class File(NamedTuple):
    """``name`` has slashes between folders, none of which is ``..``."""

    name: str
    content: Iterator[bytes]


def lacking(format_name: str, extra: str, error: ImportError) -> UsageError:
    """Return the error that says what a format needs besides."""
    return UsageError(
        f"{format_name} needs {error.name}, which is not installed: pip install "
        f"'labelwright[{extra}]'"
    )


def as_unicode(text: str) -> str:
    """Return a text that can be written: with a question mark for half a character."""
    return text.encode("utf-8", "replace").decode()
