import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

import post_labeling
from tests import strategies
from tests.fakes import FakeStorage

Json = Any
PAYLOAD = (
    "s3://out-bucket/Job/annotations/consolidated-annotation/consolidation-request/iteration-1/"
    "2026-01-02_03:04:05.json"
)
DEFINITION = "s3://in-bucket/task.toml"
TASK = """
name = "everything"
fields = [
    {name = "spans", path = "annotations.value", kind = "spans", labels = ["a", "b"]},
    {name = "claim", path = "annotations.claimResult", kind = "choice", labels = ["yes", "no"]},
    {name = "notes", path = "annotations.notes", kind = "text"},
    {name = "kind", path = "kind", kind = "choice", method = "dawid-skene"},
    {name = "kinds", path = "kinds", kind = "choices", labels = ["a"], threshold = 0.4},
    {name = "names", path = "names", kind = "spans", offsets = "utf16"},
    {name = "boxes", path = "boxes", kind = "boxes", labels = ["a"]},
    {name = "number", path = "value", kind = "number"},
]
"""
TEXT = "ab😀cdé fgh"


def consolidate(
    payload: Json, *, definition: bool = False, categories: Json = None
) -> tuple[list[dict[str, Json]], FakeStorage]:
    """Send a payload through the handler."""
    storage = FakeStorage(
        {
            PAYLOAD: json.dumps(payload),
            DEFINITION: TASK,
            "s3://texts-bucket/a.txt": TEXT,
            "s3://answers/1.json": '{"kind": {"label": "a"}}',
        }
    )
    event = {
        "version": "2018-10-06",
        "labelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/job",
        "labelAttributeName": "Job",
        "labelCategories": categories,
        "payload": {"s3Uri": PAYLOAD},
    }
    chosen = post_labeling.Settings(
        task_definition=DEFINITION if definition else None, text_prefix="s3://texts-bucket/"
    )
    return post_labeling.handle(event, storage, chosen), storage


def identifier(entry: Json) -> str | None:
    """Return the id of an entry as the contract has it, or None where there is none."""
    value = entry.get("datasetObjectId") if isinstance(entry, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        return None
    return value if value.encode("utf-8", "replace").decode() == value else None


def received(payload: Json) -> dict[str, list[Json]]:
    """Return what must come back: the annotations by id, ids in order."""
    found: dict[str, list[Json]] = {}
    for entry in payload:
        name = identifier(entry)
        if name is not None:
            raw = entry.get("annotations")
            kept = found.setdefault(name, [])
            kept += raw if isinstance(raw, list) else [] if raw is None else [raw]
    return found


def all_annotations(label: dict[str, Json], storage: FakeStorage) -> Json:
    """Return a label's annotations, from its file when they moved there."""
    if "annotationsRef" in label:
        label = json.loads(storage.objects[label["annotationsRef"]])
    return label["annotationsFromAllWorkers"]


def assert_nothing_lost(payload: Json, response: Json, storage: FakeStorage) -> None:
    """Check a response against the payload it answers."""
    expected = received(payload)
    assert [entry["datasetObjectId"] for entry in response] == list(expected)
    # Both ways in which Lambda's runtime writes a response, by Python version.
    json.dumps(response, allow_nan=False, ensure_ascii=True)
    json.dumps(response, allow_nan=False, ensure_ascii=False).encode()
    for entry in response:
        (label,) = entry["consolidatedAnnotation"]["content"].values()
        assert all_annotations(label, storage) == expected[entry["datasetObjectId"]]
        assert len(json.dumps(label)) <= 20_000


#: A span that ends beyond what any number but an integer can say, in a text that is not known.
far_away = {
    "workerId": strategies.WORKERS[0],
    "annotationData": {
        "content": json.dumps(
            {"names": {"entities": [{"startOffset": 0, "endOffset": 10**400, "label": "a"}]}}
        )
    },
}


@settings(max_examples=400)
@given(
    payload=strategies.payloads,
    definition=st.booleans(),
    categories=st.one_of(st.none(), st.just(["b", "a"]), strategies.json_values),
)
@example([{"datasetObjectId": "1", "annotations": ["\ud800"]}], False, None)
@example([{"datasetObjectId": "\ud800", "annotations": [1]}], False, None)
@example([{"datasetObjectId": "中" * 500, "annotations": ["x" * 30_000]}], False, None)
@example([{"datasetObjectId": "1", "annotations": [far_away]}], True, None)
def test_damage_never_loses_an_object_or_an_annotation(
    payload: Json, definition: bool, categories: Json
) -> None:
    """Each identified object comes back once, in order, with every annotation as received."""
    response, storage = consolidate(payload, definition=definition, categories=categories)
    assert_nothing_lost(payload, response, storage)


def sound(label: str, number: int) -> Json:
    """Return an undamaged annotation of one of the workers."""
    content = json.dumps({"kind": {"label": label}})
    return {"workerId": strategies.WORKERS[number], "annotationData": {"content": content}}


@settings(max_examples=150)
@given(hostile=strategies.contents, definition=st.booleans())
@example('{"kind": "a"}', False)
@example('{"kind": {"labels": ["a"]}}', False)
@example('{"kind": {"label": ' + "9" * 4000 + "}}", True)
@example('{"kind": 1}', False)
@example(json.dumps({f"field {number}": "x" for number in range(5_000)}), False)
@example(json.dumps({"x" * 1_000_000: "x"}), False)
def test_one_hostile_answer_does_not_change_how_others_are_read(
    hostile: Json, definition: bool
) -> None:
    """Whatever one of five workers sends, the label that the four others give stands."""
    bad = {"workerId": strategies.WORKERS[4], "annotationData": {"content": hostile}}
    payload = [
        {"datasetObjectId": "1", "dataObject": {"content": "t"}, "annotations": [
            bad, *(sound("good", number) for number in range(4))
        ]},
        {"datasetObjectId": "2", "dataObject": {"content": "t"}, "annotations": [
            sound("good", number) for number in range(4)
        ]},
    ]  # fmt: skip
    response, storage = consolidate(payload, definition=definition)
    assert_nothing_lost(payload, response, storage)
    for entry in response:
        label = entry["consolidatedAnnotation"]["content"]["Job"]
        assert label["error"] is None
        assert label["fields"]["kind"]["value"] == "good"
        assert label["fields"]["kind"]["kind"] == "choice"
    untouched = response[1]["consolidatedAnnotation"]["content"]["Job"]
    assert "annotationsFromAllWorkers" in untouched


def test_long_texts_of_a_whole_batch_are_consolidated_in_seconds() -> None:
    """Texts of a megabyte from every worker do not use up a batch's time."""
    texts = ["a " * 500_000, "b " * 500_000, "c d " * 250_000]
    payload = [
        {
            "datasetObjectId": str(number),
            "dataObject": {"content": "t"},
            "annotations": [
                {
                    "workerId": strategies.WORKERS[worker],
                    "annotationData": {"content": json.dumps({"notes": text})},
                }
                for worker, text in enumerate(texts)
            ],
        }
        for number in range(3)
    ]
    response, storage = consolidate(payload)
    assert_nothing_lost(payload, response, storage)


ADDRESSES = ["s3://texts-bucket/a.txt", "s3://texts-bucket/none.txt", "s3://out-bucket/x", ""]
echoes = st.fixed_dictionaries(
    {"uri": st.sampled_from(ADDRESSES) | strategies.json_values},
    optional={"length": st.integers() | strategies.json_values, "sha256": strategies.json_values},
)


@settings(deadline=None)
@given(
    st.sampled_from(["inline", "echoed", "not echoed"]),
    st.integers(3, 8),
    echoes | strategies.json_values,
    st.lists(
        st.fixed_dictionaries(
            {"start": st.integers(-2, 12) | strategies.json_values, "end": st.integers(-2, 12)},
            optional={"label": st.sampled_from("ab") | strategies.json_values},
        )
    )
    | strategies.json_values,
)
def test_no_text_that_one_worker_names_takes_the_others_spans(
    shown: str, honest: int, echo: Json, spans: Json
) -> None:
    """Whatever it says it saw, and whatever it marks there: what three or more agree on stands."""
    inner: dict[str, Json] = {"value": [{"start": 2, "end": 6, "label": "a"}]}
    if shown == "echoed":
        inner["text"] = {"uri": ADDRESSES[0]}
    answers = [{"annotations": inner}] * honest + [{"annotations": {"value": spans, "text": echo}}]
    entry = {
        "datasetObjectId": "0",
        "dataObject": {"content": TEXT} if shown == "inline" else {"s3Uri": "s3://pages/1.png"},
        "annotations": [
            {"workerId": f"w{n}", "annotationData": {"content": json.dumps(answer)}}
            for n, answer in enumerate(answers)
        ],
    }
    response, _ = consolidate([entry], definition=True)
    label = response[0]["consolidatedAnnotation"]["content"]["Job"]
    value = label["fields"]["spans"]["value"]
    assert (2, 6, "a") in {(span["start"], span["end"], span["label"]) for span in value}
    assert "offsets" not in label["fields"]["spans"]
