import hashlib
import json
from typing import Any

import pytest

import post_labeling
from labelwright.errors import (
    LabelwrightError,
    MethodError,
    ObjectNotFound,
    PayloadError,
    StorageAccessDenied,
    StorageUnavailable,
    TaskDefinitionError,
)
from tests.fakes import FakeStorage

Json = Any
PAYLOAD = (
    "s3://out/Job/annotations/consolidated-annotation/consolidation-request/iteration-1/a.json"
)
TASK = "s3://input/task.toml"
TEXT = "s3://input/texts/a.txt"
WORDS = "ab 😀 cd"


def annotation(worker: str, content: Json) -> Json:
    """Return one worker's inline annotation."""
    return {"workerId": worker, "annotationData": {"content": json.dumps(content)}}


def item(name: str, *annotations: Json, source: Json = None) -> Json:
    """Return a data object of a request file."""
    data = {"s3Uri": "s3://input/a.png"} if source is None else {"content": source}
    return {"datasetObjectId": name, "dataObject": data, "annotations": list(annotations)}


def consolidate(payload: Json, storage: FakeStorage | None = None, **chosen: Json) -> Json:
    """Return the labels by id for a payload."""
    storage = storage or FakeStorage()
    storage.put(PAYLOAD, json.dumps(payload))
    event = {"labelingJobArn": "arn", "labelAttributeName": "Job", "payload": {"s3Uri": PAYLOAD}}
    response = post_labeling.handle(event, storage, post_labeling.Settings(**chosen))
    return {
        entry["datasetObjectId"]: entry["consolidatedAnnotation"]["content"]["Job"]
        for entry in response
    }


def page(spans: Json, uri: str | None = TEXT, **echo: Json) -> Json:
    """Return an answer of our page that says which text it showed."""
    value = [{"start": a, "end": b, "label": "a", **more} for a, b, more in spans]
    return {"annotations": json.dumps({"value": value, "text": {"uri": uri, **echo}})}


def ends(label: Json, field: str = "annotations.value") -> list[tuple[int, int]]:
    """Return start and end of each span that was kept."""
    return [(span["start"], span["end"]) for span in label["fields"][field]["value"]]


def theirs(storage: FakeStorage) -> list[str]:
    """Return what was read of others' files; our own snapshot of votes is not of interest here."""
    return [uri for uri in storage.reads if "/labelwright/" not in uri]


def test_texts_are_read_below_the_prefix_only() -> None:
    """The address of a text comes from workers: outside the prefix nothing is read."""
    payload = [item("1", annotation("w", page([(0, 99, {})])))]
    for prefix in (None, "s3://input/other/", "s3://elsewhere/"):
        storage = FakeStorage({TEXT: WORDS})
        assert ends(consolidate(payload, storage, text_prefix=prefix)["1"]) == [(0, 99)]
        assert theirs(storage) == [PAYLOAD]
    storage = FakeStorage({TEXT: WORDS})
    label = consolidate(payload, storage, text_prefix=("s3://else/", "s3://input/texts/"))["1"]
    assert label["fields"]["annotations.value"]["value"] is None
    assert theirs(storage) == [PAYLOAD, TEXT]


def test_text_of_several_objects_is_read_once() -> None:
    """Objects that share a text share its reading."""
    payload = [item(name, annotation("w", page([(0, 2, {})]))) for name in "123"]
    storage = FakeStorage({TEXT: WORDS})
    consolidate(payload, storage, text_prefix="s3://input/")
    assert theirs(storage) == [PAYLOAD, TEXT]


@pytest.mark.parametrize(
    "storage",
    [
        FakeStorage(),
        FakeStorage({TEXT: b"\xff"}),
        FakeStorage({TEXT: b"x" * 1_000_001}),
        FakeStorage().fail(StorageAccessDenied(TEXT, "denied")),
    ],
)
def test_text_that_cannot_be_read_leaves_offsets_unchecked(storage: FakeStorage) -> None:
    """A text under an address from a worker's answer never stops a batch."""
    payload = [item("1", annotation("w", page([(0, 99, {})])))]
    assert ends(consolidate(payload, storage, text_prefix="s3://input/")["1"]) == [(0, 99)]


@pytest.mark.parametrize(
    "uri", ["s3://input/\ud800", "s3://input/../x", "s3://input/", "s3://input/" + "x" * 2000]
)
def test_hostile_text_address_leaves_offsets_unchecked(uri: str) -> None:
    """An address that is none, or of nothing, costs no more than the check."""
    payload = [item("1", annotation("w", page([(0, 99, {})], uri)))]
    assert ends(consolidate(payload, text_prefix="s3://input/")["1"]) == [(0, 99)]


def test_page_that_showed_another_text_than_the_inline_source() -> None:
    """Where pages name the text they showed, a short inline source is not taken for it."""
    sha = hashlib.sha256(WORDS.encode()).hexdigest()
    answer = page([(5, 7, {"quote": "cd"})], length=len(WORDS), sha256=sha)
    payload = [item("1", annotation("v", answer), annotation("w", answer), source="T")]
    storage = FakeStorage({TEXT: WORDS})
    assert ends(consolidate(payload, storage, text_prefix="s3://input/")["1"]) == [(5, 7)]
    assert ends(consolidate(payload, storage)["1"]) == [(5, 7)]


def test_one_worker_cannot_take_the_inline_text_from_the_others() -> None:
    """A single answer that claims another text does not stop the others' offsets being placed."""
    entities = {"names": {"entities": [{"startOffset": 6, "endOffset": 8, "label": "a"}]}}
    liar = {**entities, "text": {"uri": TEXT}}
    answers = [annotation("u", entities), annotation("v", entities), annotation("w", liar)]
    label = consolidate([item("1", *answers, source=WORDS)], text_prefix="s3://input/")["1"]
    assert ends(label, "names") == [(5, 7)]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (StorageAccessDenied("s3://answers/1", "denied"), StorageAccessDenied),
        (StorageUnavailable("s3://answers/1", "later"), StorageUnavailable),
    ],
)
def test_answers_out_of_reach_concern_the_whole_batch(
    error: LabelwrightError, raised: type[LabelwrightError]
) -> None:
    """A file that is there but can't be read is no damage: the batch must be tried again."""
    assert isinstance(error, StorageAccessDenied | StorageUnavailable)
    reference = {"workerId": "w", "annotationData": {"s3Uri": "s3://answers/1"}}
    with pytest.raises(raised, match="s3://answers/1"):
        consolidate([item("1", reference)], FakeStorage().fail(error))


def test_payload_out_of_reach_is_told() -> None:
    """A missing or damaged request file raises a named error with its address."""
    event = {"labelingJobArn": "arn", "labelAttributeName": "Job", "payload": {"s3Uri": PAYLOAD}}
    with pytest.raises(ObjectNotFound, match=PAYLOAD):
        post_labeling.handle(event, FakeStorage(), post_labeling.Settings())
    with pytest.raises(PayloadError, match=PAYLOAD):
        post_labeling.handle(event, FakeStorage({PAYLOAD: "{"}), post_labeling.Settings())


def test_method_that_the_kind_does_not_have_is_told() -> None:
    """A definition's method is checked before anything is written."""
    task = 'name="t"\nfields=[{name="n",path="n",kind="text",method="best"}]'
    storage = FakeStorage({TASK: task})
    with pytest.raises(MethodError, match=r"'n'.*'best'"):
        consolidate([item("1", annotation("w", {"n": "x"}))], storage, task_definition=TASK)
    assert storage.writes == []


def test_definition_that_is_set_but_missing_is_told() -> None:
    """Without its definition a batch is not consolidated by guesswork."""
    with pytest.raises(TaskDefinitionError, match=TASK):
        consolidate([], task_definition=TASK)


def test_nothing_is_written_for_small_labels() -> None:
    """Files are written only for what does not fit."""
    storage = FakeStorage()
    consolidate([item("1", annotation("w", {"n": "x"}))], storage)
    assert storage.writes == []


def test_same_batch_gives_the_same_answer_and_files() -> None:
    """A retry of the service changes nothing."""
    payload = [item("1", annotation("w", {"n": "x" * 30_000}), annotation("v", {"n": "y"}))]
    first, second = FakeStorage(), FakeStorage()
    assert consolidate(payload, first) == consolidate(payload, second)
    assert first.objects == second.objects
    again = consolidate(payload, first)
    assert again == consolidate(payload, second)
    assert len(first.objects) == 2


def test_settings_come_from_the_environment() -> None:
    """An unset or empty variable means the default."""
    read = post_labeling.Settings.from_environment
    assert read({}) == read({"TEXT_PREFIX": "", "ASSUME_JOB_ROLE": ""}) == post_labeling.Settings()
    chosen = read(
        {"TASK_DEFINITION": TASK, "TEXT_PREFIX": "s3://input/", "ASSUME_JOB_ROLE": "True"}
    )
    assert chosen == post_labeling.Settings(TASK, "s3://input/", True)
