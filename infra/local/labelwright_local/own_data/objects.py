"""From rows to the objects of a job: one manifest line each."""

import hashlib
import json
from collections.abc import Iterator
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.contract.manifest import MAX_ATTRIBUTE_CHARACTERS, SOURCE, SOURCE_REF, TEXT_REF
from labelwright_local.own_data.columns import RESPONSES, Columns
from labelwright_local.own_data.keys import ID, Keys
from labelwright_local.own_data.pictures import Pictures
from labelwright_local.own_data.rows import Bytes, LeftOut, Row

#: What a page is given is at most 120,000 characters, with all that is in it besides.
_LONGEST_TEXT = 100_000
#: The answers that are compared, by the names that the task's labels have.
RESPONSE_IDS = ("a", "b")


class Made(NamedTuple):
    """A manifest line, and where it comes from."""

    place: int
    line: dict[str, Json]


def is_manifest(sample: list[Row], form: str) -> bool:
    """Tell a manifest by its first lines: what each holds, or names, is what is to be labeled."""
    return (
        form.startswith("JSON Lines")
        and bool(sample)
        and all({SOURCE, SOURCE_REF} & row.values.keys() for row in sample)
    )


def passed(
    rows: Iterator[Row], wanted: str, pictures: Pictures, left_out: LeftOut
) -> Iterator[Made]:
    """Yield the lines of a manifest as they are; those that name no data are left out."""
    for place, values in rows:
        line = dict(values)
        missing = {SOURCE, TEXT_REF} if wanted != "image" else {SOURCE_REF}
        if not any(isinstance(line.get(key), str) for key in missing):
            left_out.add(f"no {' or '.join(sorted(map(repr, missing)))} in the line", str(place))
            continue
        named = [key for key in (SOURCE_REF, TEXT_REF) if line.get(key) is not None]
        found = {key: pictures.key(line[key], place, left_out) for key in named}
        if None not in found.values():
            yield Made(place, {**line, **found})


def made(
    rows: Iterator[Row], wanted: str, columns: Columns, keys: Keys, pictures: Pictures,
    left_out: LeftOut,
) -> Iterator[Made]:  # fmt: skip
    """Yield a line for each row that has what is to be labeled.

    ``wanted`` is ``text``, ``image`` or ``responses``. Columns that are not used are carried along
    as keys of the line.
    """
    for row in rows:
        if wanted == "image":
            key = pictures.key(row.values.get(columns.image or ""), row.place, left_out)
            first: dict[str, Json] | None = None if key is None else {SOURCE_REF: key}
        else:
            text = _text(row, columns.text, left_out)
            first = None if text is None else {SOURCE: text}
        if first is not None and wanted == RESPONSES:
            responses = _responses(row, columns.responses, left_out)
            first = None if responses is None else {**first, RESPONSES: responses}
        if first is None:
            continue
        if columns.identifier is not None:
            value = row.values.get(columns.identifier)
            first |= {} if value is None or isinstance(value, Bytes) else {ID: value}
        yield Made(row.place, first | _carried(row, columns, keys, left_out))


def _carried(row: Row, columns: Columns, keys: Keys, left_out: LeftOut) -> dict[str, Json]:
    carried = {}
    for name, value in row.values.items():
        if name in columns.used:
            continue
        if isinstance(value, Bytes):
            left_out.note(f"the column '{name}' holds files, and is not carried along", "")
        else:
            carried[keys.of(name)] = value
    return carried


def _text(row: Row, column: str | None, left_out: LeftOut) -> str | None:
    value = row.values.get(column or "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    fault: str | None = None
    if value is None or (isinstance(value, str) and not value.strip()):
        fault = "the text is empty"
    elif not isinstance(value, str):
        fault = "the text is no text, but a list, an object or a file"
    elif len(value) > _LONGEST_TEXT:
        fault = f"the text has over {_LONGEST_TEXT:,} characters, more than a page shows"
    if fault is not None:
        left_out.add(fault, str(row.place))
        return None
    if len(str(value)) > MAX_ATTRIBUTE_CHARACTERS:
        left_out.note(
            f"a text of over {MAX_ATTRIBUTE_CHARACTERS:,} characters, which Ground Truth does not "
            "take in a manifest",
            str(row.place),
        )
    return str(value)


def _responses(row: Row, columns: tuple[str, ...], left_out: LeftOut) -> Json:
    if len(columns) == 1:
        given = row.values.get(columns[0])
        texts = _listed(given) if isinstance(given, list) else None
    else:
        texts = [row.values.get(name) for name in columns]
    if texts is None or len(texts) != len(RESPONSE_IDS):
        left_out.add(
            f"responses that are not two, or have other ids than {' and '.join(RESPONSE_IDS)}",
            str(row.place),
        )
        return None
    if not all(isinstance(text, str) and text.strip() for text in texts):
        left_out.add("an empty response", str(row.place))
        return None
    return [{"id": name, "text": text} for name, text in zip(RESPONSE_IDS, texts, strict=True)]


def _listed(given: list[Json]) -> list[Json] | None:
    """Return the texts of ready responses in the order of their ids."""
    if all(isinstance(each, str) for each in given):
        return given
    by_id = {each.get("id"): each.get("text") for each in given if isinstance(each, dict)}
    return [by_id[name] for name in RESPONSE_IDS] if set(by_id) == set(RESPONSE_IDS) else None


def distinct(lines: Iterator[Made], left_out: LeftOut) -> Iterator[Made]:
    """Leave out lines that were there before; tell of those that show the same once more."""
    whole: set[bytes] = set()
    shown: set[bytes] = set()
    for each in lines:
        digest = _digest(each.line)
        if digest in whole:
            left_out.add("a duplicate: all of it was there before", str(each.place))
            continue
        whole.add(digest)
        seen = _digest([each.line.get(key) for key in (SOURCE, SOURCE_REF, RESPONSES)])
        if seen in shown:
            left_out.note("the same data once more, with other columns", str(each.place))
        shown.add(seen)
        yield each


def _digest(value: Json) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=12).digest()


def manifest(lines: Iterator[Made]) -> Iterator[bytes]:
    """Yield lines as they stand in a manifest: a limit of Ground Truth's counts characters."""
    for each in lines:
        yield json.dumps(each.line, ensure_ascii=False, allow_nan=False).encode() + b"\n"
