"""Consolidated labels in words, a line a field: for the terminal and for the requester's pages."""

from collections.abc import Mapping
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.task.definition import Kind

_MOST_CHARACTERS = 60


class FieldWords(NamedTuple):
    """A field of a label; ``confidence`` is 0 to 1, None where the method knows none."""

    name: str
    value: str
    confidence: float | None


def fields_in_words(label: Json) -> list[FieldWords]:
    """Return each field of a label of ours; none of what people's own functions make."""
    if not isinstance(label, dict) or label.get("schema") != "labelwright/1":
        return []
    try:
        return [
            FieldWords(name, value_in_words(item), _number(item["confidence"]))
            for name, item in label["fields"].items()
        ]
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        # It says that it is one of ours, and is not.
        return []


def _number(confidence: Json) -> float | None:
    return None if confidence is None else float(confidence)


def value_in_words(item: Mapping[str, Json]) -> str:
    """Say a field's value in one line."""
    value = item["value"]
    if value is None:
        return "-"
    if item["kind"] == Kind.SPANS:
        found = [f"{span['label']} {span['start']}-{span['end']}" for span in value]
        return ", ".join(found) or "nothing marked"
    text = ", ".join(value) if item["kind"] == Kind.CHOICES else str(value)
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"
