"""The files of other tools by their formats, and a manifest that is read twice."""

import codecs
import json
import math
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from labelwright.contract.base import Json
from labelwright.errors import LabelwrightError, UsageError
from labelwright.task.text import MAX_TEXT_BYTES, decode_text
from labelwright_lambda.storage import Storage
from labelwright_local.imports.coco import read_coco
from labelwright_local.imports.label_studio import read_label_studio
from labelwright_local.imports.match import Objects
from labelwright_local.imports.model import Entry
from labelwright_local.imports.spans import read_spans
from labelwright_local.manifest.files import open_manifest
from labelwright_local.manifest.lines import object_of, read_lines


class Format(StrEnum):
    """The forms of files that can be imported."""

    LABEL_STUDIO = "label-studio"
    COCO = "coco"
    SPANS = "spans"


def read_entries(form: Format, path: Path, dataset: Path | None = None) -> Iterator[Entry]:
    """Read a file; ``dataset`` is that which a list of COCO detections is about.

    Raises:
        UsageError: it can't be read, or is not of its format.
    """
    if form is Format.SPANS:
        return read_spans(_bytes(path).split(b"\n"))
    try:
        if form is Format.LABEL_STUDIO:
            return read_label_studio(_json(path))
        return read_coco(_json(path), _json(dataset) if dataset else None)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def read_objects(manifest: str, texts: Storage) -> Objects:
    """Read the manifest's lines as far as they are any, to find objects in; ``texts`` has files."""

    def text_at(address: str) -> str | None:
        try:
            return decode_text(texts.read(address, limit=MAX_TEXT_BYTES), address)
        except (LabelwrightError, ValueError):
            # An entry about it is told: there is no object with its text.
            return None

    with open_manifest(manifest) as lines:
        parsed = ((raw.number, object_of(raw)) for raw in read_lines(lines))
        known = ((number, line) for number, line in parsed if line is not None)
        return Objects(known, text_at)


def _json(path: Path) -> Json:
    data = _bytes(path).removeprefix(codecs.BOM_UTF8)
    try:
        # NaN, as numpy's numbers are written, costs the value that it is in, and not the file.
        return json.loads(data)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} in line {error.lineno}, column {error.colno}"
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 at byte {error.start}"
    except RecursionError:
        reason = "nested too deeply"
    except ValueError:
        # So does a number of more digits than Python reads.
        return json.loads(data, parse_int=_whole)
    raise UsageError(f"no JSON file: {reason}")


def _whole(digits: str) -> Json:
    try:
        return int(digits)
    except ValueError:
        return math.nan


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
