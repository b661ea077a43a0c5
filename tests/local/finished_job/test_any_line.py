"""Whatever stands in an output manifest, a job is read and exported, or it is one error of ours."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from labelwright.errors import UsageError
from labelwright_local.export.formats import FORMATS, write
from labelwright_local.export.prepare import Settings, prepare
from labelwright_local.finished_job.reader import read_job
from labelwright_local.load import load_job
from tests.local.finished_job.builtin import ENTITIES, TEXT

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-3, 10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.sampled_from(["9" * 5000, "0", "labelwright/1", "\ud800", "a\udfffb"])
)
KEYS = st.sampled_from(
    [
        "annotations", "entities", "label", "startOffset", "endOffset", "image_size", "width",
        "height", "left", "top", "class_id", "class-map", "confidence", "confidence-map", "objects",
        "class-name", "schema", "fields", "kind", "value", "start", "end", "boundingBoxes",
        "inputImageProperties", "annotationsFromAllWorkers", "annotationsRef", "error", "0", "x",
        "job-name", "failure-reason",
    ]
)  # fmt: skip
ANYTHING = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)

#: Labels that can be read, of which parts are replaced by anything.
WHOLE: tuple[tuple[Any, Any], ...] = (
    (3, {"class-name": "a", "confidence": 0.5}),
    ([0, 1], {"class-map": {"0": "a", "1": "b"}, "confidence-map": {"0": 0.5, "1": 1}}),
    (
        {
            "image_size": [{"width": 20, "height": 10, "depth": 3}],
            "annotations": [{"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}],
        },
        {"class-map": {"0": "a"}, "objects": [{"confidence": 0.5}]},
    ),
    ({"annotations": {"entities": ENTITIES}}, {"entities": [{"confidence": 1}, {}]}),
    (
        {
            "schema": "labelwright/1",
            "fields": {
                "x": {"kind": "spans", "value": [{"start": 0, "end": 2, "label": "a"}]},
                "y": {"kind": "choice", "value": "b", "confidence": 0.5},
                "z": {
                    "kind": "boxes",
                    "value": {
                        "boundingBoxes": [
                            {"left": 0, "top": 0, "width": 1, "height": 1, "label": "c"}
                        ],
                        "inputImageProperties": {"width": 10, "height": 10},
                    },
                },
                "n": {"kind": "number", "value": 1.5},
            },
            "annotationsFromAllWorkers": [
                {"workerId": "w", "annotationData": {"content": '{"x": [], "y": {"label": "b"}}'}}
            ],
        },
        {},
    ),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all parts of a JSON value."""
    yield path
    if not isinstance(value, dict | list):
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from places(inner, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    """Return a value with the part at a path replaced."""
    if not path:
        return part
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], part)
    return copy


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a line whose label, or metadata, is damaged in one place, or is anything."""
    label, metadata = draw(st.sampled_from(WHOLE))
    whole = {"label": label, "metadata": metadata}
    path = draw(st.sampled_from(list(places(whole))))
    damaged = replaced(whole, path or ("label",), draw(ANYTHING))
    return {"source": TEXT, "l": damaged["label"], "l-metadata": damaged["metadata"]}


@settings(max_examples=60)
@given(st.lists(lines(), min_size=1, max_size=3))
def test_no_label_stops_the_others(found: list[dict[str, Any]]) -> None:
    """A good line beside them has its label always; every format writes, or says why not."""
    good = {"source": "good", "l": 1, "l-metadata": {"class-name": "fine", "job-name": "j"}}
    with TemporaryDirectory() as name:
        manifest = Path(name, "output.manifest")
        manifest.write_text("".join(json.dumps(line) + "\n" for line in [*found, good]))
        job = read_job(str(manifest), attribute="l")
        assert len(job.objects) == len(found) + 1
        assert job.objects[-1].labels[0].value == "fine"
        prepared = prepare(job, Settings())
        for number, (format_name, made) in enumerate(FORMATS.items()):
            if made.needs == "spacy":
                continue
            # A job may have no field of the kind that a format takes, or several.
            with suppress(UsageError):
                assert write(prepared, format_name, Path(name, str(number)))
        load_job(str(manifest), backend="pyarrow", attribute="l")
