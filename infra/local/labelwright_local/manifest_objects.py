"""The data objects of a manifest, for a job on this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from labelwright.contract.base import Json, load_json


class ManifestObject(NamedTuple):
    """A line of a manifest by its number, counted from 0, which is its datasetObjectId.

    ``line`` is None where ``fault`` says why it can't be read.
    """

    number: int
    line: dict[str, Json] | None
    fault: str | None


def read_manifest(path: Path) -> Iterator[ManifestObject]:
    """Yield each line that is not empty."""
    with path.open("rb") as lines:
        for number, raw in enumerate(lines):
            data = raw.removeprefix(b"\xef\xbb\xbf") if number == 0 else raw
            if not data.strip():
                continue
            try:
                line = load_json(data)
            except ValueError as error:
                yield ManifestObject(number, None, str(error))
                continue
            if isinstance(line, dict):
                yield ManifestObject(number, line, None)
            else:
                yield ManifestObject(number, None, "not a JSON object")
