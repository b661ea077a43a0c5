"""Consolidated labels in words, a line a field: for the terminal and for the requester's pages."""

from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.contract.own_label import Fetch, OwnField, OwnProblem, read_label
from labelwright.task.definition import Kind

_MOST_CHARACTERS = 60
_MOST_SPANS = 100
_MOST_FIELDS = 200
_MOST_PROBLEMS = 50


class FieldWords(NamedTuple):
    """A field of a label; ``confidence`` is 0 to 1, None where the method knows none."""

    name: str
    value: str
    confidence: float | None


class LabelWords(NamedTuple):
    """A label's fields, and why they can't be told, if they can't."""

    fields: list[FieldWords]
    fault: str | None


def label_in_words(label: Json, fetch: Fetch) -> LabelWords:
    """Say each field of a label of ours, wherever it lies; none of what others' functions make."""
    own = read_label(label, fetch)
    if own is None:
        return LabelWords([], None)
    told = list(own.fields.values())[:_MOST_FIELDS]
    fields = [FieldWords(field.name, value_in_words(field), field.confidence) for field in told]
    if more := len(own.fields) - len(told):
        fields.append(FieldWords("…", f"{more:,} more fields", None))
    return LabelWords(fields, None if own.fault is None else _unknown(own.fault))


def problems_in_words(label: Json, fetch: Fetch) -> list[str]:
    """Say what was wrong with answers, or with a field, a line each; answers count from 1."""
    own = read_label(label, fetch)
    if own is None:
        return []
    told = [_problem(found) for found in own.problems[:_MOST_PROBLEMS]]
    more = len(own.problems) - len(told)
    return [*told, f"… {more:,} more"] if more else told


def _problem(found: OwnProblem) -> str:
    answer = None if found.annotation is None else f"answer {found.annotation + 1}"
    where = ", ".join(filter(None, (answer, found.field)))
    return f"{where}: {found.reason}" if where else found.reason


def value_in_words(field: OwnField) -> str:
    """Say a field's value in one line, or why it can't be told."""
    if field.fault is not None:
        return _unknown(field.fault)
    if field.value is None:
        return "-"
    try:
        return _in_words(field.kind, field.value)
    except (AttributeError, KeyError, TypeError, ValueError):
        # It says that it is one of ours, and is not.
        return _unknown(f"its value is none of kind {field.kind}")


def _unknown(fault: str) -> str:
    return f"can't be read: {fault}"


def _in_words(kind: str, value: Json) -> str:
    if kind == Kind.SPANS:
        found = [f"{span['label']} {span['start']}-{span['end']}" for span in value[:_MOST_SPANS]]
        more = len(value) - len(found)
        return ", ".join([*found, f"… {more:,} more"] if more else found) or "nothing marked"
    text = ", ".join(value) if kind == Kind.CHOICES else str(value)
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"
