"""Whatever is exported as another tool's file is what is imported from it, for all labels."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelwright.task.definition import parse_definition
from labelwright_local.export.formats import write
from labelwright_local.export.prepare import Settings, prepare
from labelwright_local.finished_job.reader import read_job
from labelwright_local.imports.files import Format, read_entries
from labelwright_local.imports.match import Objects
from labelwright_local.imports.suggest import Imported, import_suggestions
from tests.local.export.test_odd_jobs import boxes, field, job_of

TASK = b"""
name = "back"
[[fields]]
name = "s"
path = "s"
kind = "spans"
initial = "spans"
[[fields]]
name = "b"
path = "b"
kind = "boxes"
initial = "boxes"
[[fields]]
name = "c"
path = "c"
kind = "choice"
initial = "choice"
[[fields]]
name = "m"
path = "m"
kind = "choices"
initial = "choices"
"""
#: Of one, two and no UTF-16 units apart, all line ends, and what Label Studio writes for one.
LETTERS = st.sampled_from(
    ["a", "b", " ", "\r\n", "\r", "\n", "\\n", "\U0001f600", "\u0308", "\u2028", "&", "<", "\t"]
)
TEXTS = st.lists(LETTERS, min_size=1, max_size=12).map("".join).filter(str.strip)
LABELS = st.text("ab<&\U0001f600 \"'=", min_size=1, max_size=4).filter(
    lambda label: label == label.strip()
)


def came_back(line: dict[str, Any], fields: dict[str, Any], form: Format) -> Imported:
    """Export the labels of one object, and import them for the same object without any."""
    name = {Format.LABEL_STUDIO: "label-studio", Format.COCO: "coco"}[form]
    with TemporaryDirectory() as folder:
        job = job_of(Path(folder), [{**line, "fields": fields}])
        [out, *_] = write(prepare(read_job(str(job)), Settings()), name, Path(folder, "out.json"))
        entries = list(read_entries(form, out))
    objects = Objects([(1, line)])
    return import_suggestions(entries, objects, parse_definition(TASK, "task.toml"))


def as_they_were(found: Imported, key: str) -> Any:
    """Return what was imported under a key; nothing is dropped or changed."""
    assert not found.notes
    return found.by_line.get(1, {}).get(key, [])


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """Draw a text, and spans in it that split no line end."""
    text = draw(TEXTS)
    inside = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n" or at == 0]
    ends = st.lists(st.sampled_from(inside), min_size=2, max_size=2, unique=True).map(sorted)
    drawn = draw(st.lists(st.tuples(ends, LABELS), max_size=4))
    spans = {(start, end, label) for (start, end), label in drawn}
    return text, [
        {"start": start, "end": end, "label": label} for start, end, label in sorted(spans)
    ]


@given(marked_texts())
def test_spans_come_back_in_any_text(marked: tuple[str, list[dict[str, Any]]]) -> None:
    """With all line ends and characters of two UTF-16 units, overlaps and twins included."""
    text, spans = marked
    found = came_back({"source": text}, {"s": field("spans", spans)}, Format.LABEL_STUDIO)
    assert _sorted(as_they_were(found, "spans")) == _sorted(spans)


@st.composite
def drawn_boxes(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw boxes within a picture of 100 by 50 pixels, at least a tenth of a pixel wide."""
    found = []
    for label in draw(st.lists(LABELS, max_size=4, unique=True)):
        left, top = draw(st.floats(0, 99)), draw(st.floats(0, 49))
        width, height = draw(st.floats(0.1, 100 - left)), draw(st.floats(0.1, 50 - top))
        box = {"left": left, "top": top, "width": width, "height": height}
        found.append({**box, "label": label})
    return found


@pytest.mark.parametrize("form", [Format.LABEL_STUDIO, Format.COCO])
@given(drawn=drawn_boxes())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_boxes_come_back_to_a_thousandth_of_a_pixel(
    form: Format, drawn: list[dict[str, Any]]
) -> None:
    """As pixels, and as percents of the picture."""
    line = {"source-ref": "s3://bucket/a b/\U0001f600%20.png"}
    found = as_they_were(came_back(line, {"b": boxes(*drawn)}, form), "boxes")
    assert len(found) == len(drawn)
    for one, other in zip(_sorted(found), _sorted(drawn), strict=True):
        assert one == {
            key: value if key == "label" else pytest.approx(value, abs=1e-3)
            for key, value in other.items()
        }


@given(TEXTS, LABELS, st.lists(LABELS, unique=True, min_size=1, max_size=3))
def test_choices_come_back(text: str, one: str, several: list[str]) -> None:
    """Each to its field, whatever the labels are."""
    fields = {"c": field("choice", one), "m": field("choices", several)}
    found = came_back({"source": text}, fields, Format.LABEL_STUDIO)
    assert as_they_were(found, "choice") == one
    assert sorted(as_they_were(found, "choices")) == sorted(several)


def _sorted(parts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(parts, key=lambda part: (part["label"], json.dumps(part)))
