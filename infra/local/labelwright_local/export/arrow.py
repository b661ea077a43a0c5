"""Parquet, and a Hugging Face data set: a folder of it with a card."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from labelwright.contract.base import Json, dump_json
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_local.export.files import File, as_unicode, lacking
from labelwright_local.export.prepare import Prepared
from labelwright_local.export.table import (
    OBJECT,
    PATH,
    SPLIT,
    TEXT,
    WORKER,
    Columns,
    columns_of,
    confidence_column,
    rows_of,
)


def parquet_file(prepared: Prepared) -> Iterator[bytes]:
    """Yield a Parquet file: spans and boxes are lists of structs, what has no form is JSON text.

    Raises:
        UsageError: pyarrow is not installed.
    """
    pa, pq = _pyarrow("parquet")
    columns = columns_of(prepared)
    yield _written(pq, _table(pa, prepared, columns))


def hugging_face_files(prepared: Prepared) -> Iterator[File]:
    """Yield ``README.md`` and one Parquet file a split, as ``datasets.load_dataset`` takes them.

    Raises:
        UsageError: pyarrow is not installed.
    """
    pa, pq = _pyarrow("huggingface")
    columns = columns_of(prepared)
    classes = {
        name: tuple(dict.fromkeys(prepared.classes[field.name]))
        for name, field in columns.fields.items()
        if field.kind is Kind.CHOICE and not prepared.settings.answers
    }
    parts = {name: part for name, part in prepared.splits().items() if part.items}
    for name, part in parts.items():
        table = _table(pa, part, columns)
        for column, names in classes.items():
            table = _numbered(pa, table, column, names)
        features = {
            column: {"names": list(names), "_type": "ClassLabel"}
            for column, names in classes.items()
        }
        # Where `datasets` looks for what Arrow's types don't say.
        table = table.replace_schema_metadata(
            {"huggingface": dump_json({"info": {"features": features}})}
        )
        yield File(f"data/{name}-00000-of-00001.parquet", iter([_written(pq, table)]))
    yield File("README.md", iter([as_unicode(_card(prepared, columns, classes, parts)).encode()]))


def _pyarrow(format_name: str) -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise lacking(format_name, "parquet", error) from None
    return pa, pq


def _written(pq: Any, table: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def _table(pa: Any, prepared: Prepared, columns: Columns) -> Any:
    rows = list(rows_of(prepared, columns))
    types: dict[str, Any] = {OBJECT: pa.string()}
    if prepared.settings.answers:
        types[WORKER] = pa.string()
    types |= {TEXT: pa.string(), PATH: pa.string()}
    types |= {
        name: _plain_type(pa, [item.object.line or {} for item in prepared.items], key)
        for key, name in columns.keys.items()
    }
    for name, field in columns.fields.items():
        types[name] = _type(pa, field, confidence=not prepared.settings.answers)
        if not prepared.settings.answers:
            types[confidence_column(name)] = pa.float64()
    if prepared.settings.split:
        types[SPLIT] = pa.string()
    arrays = {
        name: pa.array([_fitting(row.get(name), pa, kind) for row in rows], kind)
        for name, kind in types.items()
    }
    return pa.table(arrays)


def _type(pa: Any, field: FieldDefinition, *, confidence: bool) -> Any:
    sure = [("confidence", pa.float64())] if confidence else []
    if field.kind is Kind.SPANS:
        parts = [("start", pa.int64()), ("end", pa.int64()), ("label", pa.string())]
        return pa.list_(pa.struct([*parts, *sure]))
    if field.kind is Kind.BOXES:
        sides = [(name, pa.float64()) for name in ("left", "top", "width", "height")]
        return pa.list_(pa.struct([*sides, ("label", pa.string()), *sure]))
    if field.kind is Kind.CHOICES:
        return pa.list_(pa.string())
    return pa.float64() if field.kind is Kind.NUMBER else pa.string()


def _plain_type(pa: Any, lines: Sequence[dict[str, Json]], key: str) -> Any:
    """Return the type of a key of the manifest; what is not the same in all lines is text."""
    found = {type(line[key]) for line in lines if line.get(key) is not None}
    if found == {bool}:
        return pa.bool_()
    if found == {int} and all(abs(line.get(key) or 0) < 2**63 for line in lines):
        return pa.int64()
    return pa.float64() if found and found <= {int, float} and bool not in found else pa.string()


def _fitting(value: Json, pa: Any, kind: Any) -> Json:
    """Return a value as its column takes it: in a text column, JSON for what is no text."""
    if value is None or kind != pa.string():
        return value
    return value if isinstance(value, str) else as_unicode(dump_json(value))


def _numbered(pa: Any, table: Any, column: str, names: tuple[str, ...]) -> Any:
    """Write a choice as the number of its class, whose names the card has."""
    numbers = {name: number for number, name in enumerate(names)}
    values = [
        None if value is None else numbers[value] for value in table.column(column).to_pylist()
    ]
    place = table.schema.get_field_index(column)
    return table.set_column(place, column, pa.array(values, pa.int64()))


def _card(
    prepared: Prepared,
    columns: Columns,
    classes: dict[str, tuple[str, ...]],
    parts: dict[str, Prepared],
) -> str:
    header = {
        "pretty_name": prepared.job.name,
        "task_categories": sorted(
            {_TASKS[field.kind] for field in prepared.fields if field.kind in _TASKS}
        ),
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": name, "path": f"data/{name}-*"} for name in parts],
            }
        ],
    }
    if not header["task_categories"]:
        del header["task_categories"]
    text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True)
    rows = "\n".join(f"| {name} | {len(part.items):,} |" for name, part in parts.items())
    fields = "\n".join(
        f"| `{_cell(name)}` | {field.kind} | {_cell(', '.join(classes.get(name, field.labels)))} |"
        for name, field in columns.fields.items()
    )
    left_out = "\n".join(
        f"- {count:,} {_cell(reason)}" for reason, count in prepared.told.items() if count
    )
    return _CARD.format(
        header=text, name=_cell(prepared.job.name), rows=rows, fields=fields,
        left_out=left_out or "- nothing",
    )  # fmt: skip


def _cell(text: str) -> str:
    """Return a text that stays in its cell of the card."""
    return " ".join(text.split()).replace("|", "\\|").replace("`", "'").replace("<", "&lt;")


_TASKS = {
    Kind.CHOICE: "text-classification",
    Kind.CHOICES: "text-classification",
    Kind.SPANS: "token-classification",
    Kind.BOXES: "object-detection",
}

_CARD = """---
{header}---

# {name}

Labels of several workers, consolidated by Labelwright.

| split | objects |
|---|---|
{rows}

| field | kind | labels |
|---|---|---|
{fields}

`<field>_confidence` is 0 to 1. Spans count code points from 0, `end` exclusive; boxes are pixels
from the upper left corner.

Left out, or written another way:

{left_out}
"""
