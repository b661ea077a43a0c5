"""Labels, numbers and texts as answers give them, in every shape in which forms do.

Sources are named in ``labelwright.answers.values``.
"""

import math
from collections.abc import Mapping

from labelwright.answers import numerals
from labelwright.answers.reading import SILENT, Reading, damaged, read_in_part
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition


def read_choice(field: FieldDefinition, raw: Json) -> Reading:
    """Read a label: itself, in an object, as a radio button that is on, or as a yes/no."""
    label = _single_label(raw, field.labels)
    if label is None:
        return damaged("not a choice: expected a label, a true radio button or a yes/no")
    return Reading(label) if label else SILENT


def _single_label(raw: Json, labels: tuple[str, ...]) -> str | None:
    """Return the label, '' for no answer, None for something else."""
    if isinstance(raw, bool):
        # The page of 2019 gave its yes/no as a boolean.
        word = "yes" if raw else "no"
        return word if not labels or word in labels else str(raw).lower()
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, float) and math.isfinite(raw):
        # 4.0 is 4 to whoever wrote the page, unless the label is named so.
        whole = raw.is_integer() and str(raw) not in labels
        return str(int(raw)) if whole else str(raw)
    if isinstance(raw, Mapping):
        if "label" in raw:
            return _single_label(raw["label"], labels) if raw["label"] is not None else ""
        if all(isinstance(value, bool) for value in raw.values()):
            chosen = [key for key, value in raw.items() if value]
            if len(chosen) <= 1:
                return chosen[0] if chosen else ""
    return None


def read_choices(_: FieldDefinition, raw: Json) -> Reading:
    """Read labels: a list, in an object, or check boxes that are on; sorted, each once."""
    if isinstance(raw, Mapping) and "labels" in raw:
        raw = raw["labels"]
    if isinstance(raw, Mapping) and all(isinstance(value, bool) for value in raw.values()):
        raw = [key for key, value in raw.items() if value]
    if isinstance(raw, str):
        raw = [raw] if raw.strip() else []
    if not isinstance(raw, list):
        return damaged("not a choice of several: expected a list of labels or check boxes")
    labels = [label.strip() for label in raw if isinstance(label, str) and label.strip()]
    return read_in_part(
        tuple(sorted(set(labels))), len(labels), len(raw) - len(labels), "a label that is no text"
    )


def read_number(_: FieldDefinition, raw: Json) -> Reading:
    """Read a number, also one that is written as a text."""
    if isinstance(raw, str) and not raw.strip():
        return SILENT
    number = numerals.read_number(raw)
    return damaged("not a number") if number is None else Reading(float(number))


def read_text(_: FieldDefinition, raw: Json) -> Reading:
    """Read a text as it stands; one of blanks alone is no answer."""
    if not isinstance(raw, str):
        return damaged("not a text")
    return Reading(raw) if raw.strip() else SILENT
