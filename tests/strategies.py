"""Generated inputs: JSON of any shape, manifest lines, and payloads with damage in them."""

import json
from typing import Any

from hypothesis import strategies as st

Json = Any

#: Characters on which encodings, offsets and parsers differ.
_ODD = '\x00\t\r\n"\\{}[]:,é中\u0301\u2028\ufeff😀🇩🇪'

#: Text without half surrogate pairs.
texts = st.text(st.one_of(st.sampled_from(_ODD), st.characters(exclude_categories=["Cs"])))

#: Text as JSON can escape it, half surrogate pairs included.
any_text = st.text(
    st.one_of(st.sampled_from(_ODD), st.characters(), st.sampled_from("\ud83d\udc00\udfff"))
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**63, 1e308]),
    st.floats(allow_nan=False, allow_infinity=False),
    any_text,
)


def _grow(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(any_text, st.sampled_from(_KEYS)), inner, max_size=4),
        # Controls of a form hold strings: JSON in JSON.
        inner.map(json.dumps),
    )


#: Keys that readers look for, so that they meet values of the wrong type below them.
_KEYS = [
    "label", "labels", "entities", "boundingBoxes", "inputImageProperties", "annotations", "value",
    "start", "end", "startOffset", "endOffset", "tag", "quote", "text", "uri", "length", "sha256",
    "claimResult", "notes", "", ".", "a.b",
]  # fmt: skip

json_values = st.recursive(scalars, _grow, max_leaves=8)


# ---------------------------------------------------------------------------------- manifest lines

EARLIER = "EARLIER-LABEL"

_label_names = st.from_regex(r"[a-z0-9](-?[a-z0-9]){0,8}", fullmatch=True).filter(
    lambda name: not name.endswith(("-metadata", "-ref")) and name != "source"
)
_label_metadata = st.sampled_from(
    [
        {"type": "groundtruth/custom", "job-name": EARLIER, "human-annotated": "yes"},
        {"class-name": EARLIER, "confidence": 0.5, "type": "groundtruth/text-classification"},
        {"failure-reason": EARLIER, "retry-count": 1, "human-annotated": "true"},
    ]
)


@st.composite
def chained_lines(draw: st.DrawFn) -> dict[str, Json]:
    """Return a manifest line with earlier labels, each of which holds ``EARLIER``."""
    line: dict[str, Json] = {
        draw(st.sampled_from(["source", "source-ref"])): draw(texts.filter(bool)),
    }
    if draw(st.booleans()):
        line["metadata"] = draw(st.dictionaries(texts, texts, max_size=3))
    for key in draw(st.lists(st.sampled_from(["shelf", "row"]), unique=True)):
        line[key] = draw(texts)
    for name in draw(st.lists(st.one_of(_label_names, st.just("metadata")), max_size=4)):
        value = {"schema": "labelwright/1", "fields": {"a": {"value": EARLIER}}}
        line[name] = draw(st.sampled_from([value, EARLIER, [EARLIER]]))
        line[f"{name}-metadata"] = draw(_label_metadata)
    return line


# ---------------------------------------------------------------------------------------- payloads

WORKERS = [f"private.eu-west-1.{number:016x}" for number in range(5)]

_labels = st.sampled_from(["a", "b", "", "\ud83d", "😀"])
_end = st.one_of(st.integers(-1, 12), st.sampled_from([2**53, 10**400]))
_span = st.fixed_dictionaries(
    {"start": st.integers(-1, 9), "end": _end, "label": _labels},
    optional={"quote": any_text, "tag": _labels},
)
_entity = st.fixed_dictionaries(
    {"startOffset": st.integers(-1, 9), "endOffset": _end, "label": _labels}
)
_side = st.one_of(
    st.integers(-5, 20), st.floats(1e-300, 1e9), st.sampled_from([-(10**9), 10**400, None])
)
_box = st.fixed_dictionaries(
    {"label": st.one_of(_labels, _labels, json_values), "left": _side, "top": _side}
    | {"width": _side, "height": _side}
)
_page = st.fixed_dictionaries(
    {
        "value": st.one_of(st.lists(_span, max_size=4), json_values),
        "claimResult": st.one_of(st.sampled_from(["yes", "no", True, False]), json_values),
        "notes": any_text,
    },
    optional={
        "text": st.fixed_dictionaries(
            {"uri": st.one_of(st.just("s3://texts-bucket/a.txt"), any_text)},
            optional={"length": json_values, "sha256": json_values},
        )
    },
)

#: Answers of forms, sound and damaged, before they are written as JSON.
answers = st.one_of(
    st.fixed_dictionaries({"kind": st.fixed_dictionaries({"label": _labels})}),
    st.fixed_dictionaries({"kinds": st.fixed_dictionaries({"labels": st.lists(_labels)})}),
    st.fixed_dictionaries(
        {"names": st.fixed_dictionaries({"entities": st.lists(_entity, max_size=4)})}
    ),
    st.fixed_dictionaries(
        {"boxes": st.fixed_dictionaries({"boundingBoxes": st.lists(_box, max_size=3)})}
    ),
    st.fixed_dictionaries({"annotations": _page.map(json.dumps)}),
    st.dictionaries(st.one_of(any_text, st.sampled_from(_KEYS)), json_values, max_size=4),
    st.just({}),
)

_hostile_contents = st.sampled_from(
    [
        "", " ", "{", "[]", "[{}]", "null", "NaN", '{"kind": NaN}', "1e999", "9" * 5000,
        '{"kind": {"label": ' + "9" * 4000 + "}}", '{"kind": ' + "9" * 5000 + "}",
        "[" * 100_000, '{"kind":' * 50_000, "[" * 150 + "]" * 150,
        '{"kind": {"label": "\\ud800"}}', '{"\\udfff": "x"}', '{"a": 1, "a": 2}',
        '{"kind": {"label": {"label": [1]}}}', "\ufeff{}", "\x00", '"{}"',
    ]
)  # fmt: skip

contents = st.one_of(answers.map(json.dumps), _hostile_contents, any_text, json_values)

_data = st.one_of(
    st.fixed_dictionaries({"content": contents}),
    st.fixed_dictionaries(
        {"s3Uri": st.one_of(st.sampled_from(["s3://answers/1.json", "s3://answers/2.json"]), texts)}
    ),
    json_values,
)

annotations = st.one_of(
    st.fixed_dictionaries(
        {"workerId": st.sampled_from(WORKERS), "annotationData": _data},
        optional={"extra": json_values},
    ),
    st.fixed_dictionaries({"workerId": json_values, "annotationData": _data}),
    st.fixed_dictionaries({"annotationData": _data}),
    json_values,
)

identifiers = st.one_of(
    st.integers(0, 4).map(str),
    st.integers(0, 4),
    texts.filter(bool),
    st.sampled_from(["中" * 200, "../..", "a/b c%2F"]),
)

objects = st.fixed_dictionaries(
    {"datasetObjectId": identifiers},
    optional={
        "dataObject": st.one_of(
            st.fixed_dictionaries({"content": any_text}),
            st.fixed_dictionaries({"s3Uri": texts}),
            json_values,
        ),
        "annotations": st.one_of(st.lists(annotations, max_size=6), json_values),
    },
)

#: What a consolidation-request file holds: mostly objects that can be identified.
payloads = st.lists(st.one_of(objects, objects, objects, json_values), max_size=5)
