"""Labels as a table, one row an object or an answer: what CSV, JSON Lines and Parquet share."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from labelwright.answers.values import VALUE_KINDS
from labelwright.contract.base import Json
from labelwright.contract.manifest import METADATA_SUFFIX, SOURCE, SOURCE_REF
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_local.export.files import as_unicode
from labelwright_local.export.prepare import Item, Prepared, counting
from labelwright_local.finished_job.model import FieldLabel

OBJECT, TEXT, PATH, SPLIT, WORKER = "object", "text", "path", "split", "worker"


class Columns(NamedTuple):
    """The names of a table's columns: of the manifest's own keys, and of fields.

    A field keeps its name; a key of the manifest that is named like another column is
    ``manifest_<key>``.
    """

    keys: Mapping[str, str]
    fields: Mapping[str, FieldDefinition]


def confidence_column(field: str) -> str:
    """Return the name of the column with a field's confidence."""
    return f"{field}_confidence"


def columns_of(prepared: Prepared) -> Columns:
    """Return the columns of a table."""
    fields = {_free(field.name): field for field in prepared.fields}
    taken = {OBJECT, TEXT, PATH, SPLIT, WORKER, *fields, *map(confidence_column, fields)}
    keys: dict[str, str] = {}
    for item in prepared.items:
        for key in _own_keys(item.object.line or {}):
            if key not in keys:
                name = as_unicode(key)
                name = name if name not in taken else f"manifest_{name}"
                while name in taken:
                    name = f"{name}_"
                keys[key] = name
                taken.add(name)
    return Columns(keys, fields)


def _free(name: str) -> str:
    name = as_unicode(name)
    return f"{name}_label" if name in (OBJECT, TEXT, PATH, SPLIT, WORKER) else name


def _own_keys(line: Mapping[str, Json]) -> Iterator[str]:
    """Yield the keys of a line that are nobody's but its author's."""
    for key in line:
        if key in (SOURCE, SOURCE_REF) or key.endswith(METADATA_SUFFIX):
            continue
        if f"{key}{METADATA_SUFFIX}" not in line:
            yield key


def rows_of(prepared: Prepared, columns: Columns) -> Iterator[dict[str, Json]]:
    """Yield the rows: values are JSON, lists and objects where the kind has those."""
    for item in prepared.items:
        row = _head(item, columns)
        if prepared.settings.split:
            row[SPLIT] = item.split
        if prepared.settings.answers:
            yield from _answer_rows(prepared, item, row, columns)
            continue
        for name, field in columns.fields.items():
            label = item.labels.get(field.name)
            row[name] = None if label is None else label_json(label)
            row[confidence_column(name)] = None if label is None else label.confidence
            if label is not None and label.offsets is not None:
                unit = label.offsets
                prepared.told[f"labels whose spans count {unit}: their text is not known"] += 1
        yield row


def _head(item: Item, columns: Columns) -> dict[str, Json]:
    line = item.object.line or {}
    source = line.get(SOURCE)
    text = item.object.text
    row: dict[str, Json] = {
        OBJECT: item.object.id,
        TEXT: source if text is None and source is not None else text,
        PATH: item.object.reference,
    }
    return row | {name: line.get(key) for key, name in columns.keys.items()}


def _answer_rows(
    prepared: Prepared, item: Item, head: Mapping[str, Json], columns: Columns
) -> Iterator[dict[str, Json]]:
    for answer in counting(item.object):
        row = {**head, WORKER: prepared.worker(answer.worker)}
        for name, field in columns.fields.items():
            row[name] = answer_json(field.kind, answer.values.get(field.name))
        yield row


def label_json(label: FieldLabel) -> Json:
    """Return a label's value as JSON: spans and boxes are lists of objects."""
    if label.kind in (Kind.SPANS, Kind.BOXES):
        return [part._asdict() for part in label.value]
    return list(label.value) if label.kind is Kind.CHOICES else label.value


def answer_json(kind: Kind, value: Json) -> Json:
    """Return what a worker answered as JSON, in the form that a label has."""
    if value is None:
        return None
    if kind is Kind.SPANS:
        return [span._asdict() for span in value]
    return VALUE_KINDS[kind].shown(value)
