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


FILE = "s3://input/texts/short.txt"


@pytest.mark.parametrize("workers", [2, 3, 9])
def test_one_worker_who_names_a_text_changes_nothing_for_the_others(workers: int) -> None:
    """Their spans stay as they came, and the label says that a text was named."""
    entities = {"names": {"entities": [{"startOffset": 600, "endOffset": 608, "label": "a"}]}}
    honest = [annotation(f"w{n}", entities) for n in range(workers - 1)]
    liar = annotation("x", {**entities, "text": {"uri": FILE}})
    storage = FakeStorage({FILE: "short"})
    label = consolidate([item("1", *honest, liar)], storage, text_prefix="s3://input/")["1"]
    alone = consolidate([item("1", *honest, annotation("x", entities))])["1"]
    assert label["fields"]["names"] == alone["fields"]["names"]
    assert label["fields"]["names"]["offsets"] == "utf16"
    assert FILE not in storage.reads
    [problem] = label["problems"]
    assert (problem["annotation"], problem["code"]) == (None, "text-unknown")


def test_two_workers_who_name_different_texts_are_not_believed() -> None:
    """Nobody can say whose spans lie in which text: all stay, and it is told."""
    storage = FakeStorage({FILE: "short", TEXT: WORDS})
    answers = [annotation("v", page([(0, 99, {})])), annotation("w", page([(0, 99, {})], FILE))]
    label = consolidate([item("1", *answers)], storage, text_prefix="s3://input/")["1"]
    assert ends(label) == [(0, 99)]
    assert [problem["code"] for problem in label["problems"]] == ["text-unknown"]
    assert theirs(storage) == [PAYLOAD]


def entity(start: Json, end: Json, *, crowd: bool = True) -> Json:
    """Return a span as crowd-entity-annotation gives it, or as our page does."""
    names = ("startOffset", "endOffset") if crowd else ("start", "end")
    return {names[0]: start, names[1]: end, "label": "a"}


EMOJI = "Siemens opened an office in Oslo 😀 and Bergen."
TOLD = 'name = "t"\n[[fields]]\nname = "names"\npath = "names"\nkind = "spans"\n'


@pytest.mark.parametrize("definition", [None, TOLD, TOLD + 'offsets = "utf16"'])
def test_spans_after_an_emoji_are_where_the_worker_marked_them(definition: str | None) -> None:
    """No definition has to say what crowd-entity-annotation counts."""
    storage = FakeStorage({TASK: definition or ""})
    answers = [annotation(w, {"names": {"entities": [entity(40, 46)]}}) for w in "uvw"]
    chosen = {"task_definition": TASK} if definition else {}
    label = consolidate([item("1", *answers, source=EMOJI)], storage, **chosen)["1"]
    [(start, end)] = ends(label, "names")
    assert EMOJI[start:end] == "Bergen"
    assert label["problems"] == []


def test_answers_that_count_differently_lie_in_one_text() -> None:
    """The element's and our page's offsets of the same words are the same vote."""
    crowd = annotation("u", {"names": {"entities": [entity(40, 46)]}})
    ours = annotation("v", {"names": [entity(39, 45, crowd=False)]})
    storage = FakeStorage({TASK: TOLD})
    label = consolidate([item("1", crowd, ours, source=EMOJI)], storage, task_definition=TASK)["1"]
    [span] = label["fields"]["names"]["value"]
    assert (span["start"], span["end"], span["votes"]) == (39, 45, 2)


def test_answers_that_count_differently_are_told_where_the_text_is_not_known() -> None:
    """Most answers decide what the label's offsets are; of as many, code points."""
    crowd = [annotation(w, {"names": {"entities": [entity(40, 46)]}}) for w in "tuv"]
    ours = annotation("w", {"names": [entity(39, 45, crowd=False)]})
    storage = FakeStorage({TASK: TOLD})
    label = consolidate([item("1", *crowd, ours)], storage, task_definition=TASK)["1"]
    assert label["fields"]["names"]["offsets"] == "utf16"
    assert [problem["code"] for problem in label["problems"]] == ["offsets-differ"]
    label = consolidate([item("1", crowd[0], ours)], storage, task_definition=TASK)["1"]
    assert "offsets" not in label["fields"]["names"]


def test_line_ends_are_one_character_to_the_element() -> None:
    """An HTML parser makes one of CR LF; the label's offsets are those of the source."""
    text = "Line one.\r\nLine two.\r\nTARGET three."
    answers = [annotation(w, {"names": {"entities": [entity(20, 26)]}}) for w in "uv"]
    label = consolidate([item("1", *answers, source=text)])["1"]
    [(start, end)] = ends(label, "names")
    assert text[start:end] == "TARGET"


@pytest.mark.parametrize(
    "wrong", [entity(100, 112), entity("x", 12), entity(12, 12), entity(True, 12), {}, 5]
)
def test_answers_of_which_nothing_can_be_read_outvote_nobody(wrong: Json) -> None:
    """Two of them, and one good: they are silent, and who marked nothing is not."""
    good = annotation("u", {"names": {"entities": [entity(0, 12)]}})
    lost = [annotation(w, {"names": {"entities": [wrong]}}) for w in "vw"]
    storage = FakeStorage({TASK: TOLD})
    payload = [item("1", good, *lost, source="Ada Lovelace met Charles.")]
    label = consolidate(payload, storage, task_definition=TASK)["1"]
    assert ends(label, "names") == [(0, 12)]
    assert label["fields"]["names"]["workers"] == 1
    assert [problem["annotation"] for problem in label["problems"]] == [1, 2]


@pytest.mark.parametrize("path", ["boxes", "boxes.boundingBoxes"])
def test_boxes_keep_the_size_of_their_image(path: str) -> None:
    """Also where the path leads into the element's answer; a picture of 0 x 0 was not seen."""
    box = {"left": 1, "top": 2, "width": 3, "height": 4, "label": "a"}

    def drawn(size: int, *boxes: Json) -> Json:
        image = {"width": size, "height": size}
        return {"boxes": {"boundingBoxes": list(boxes), "inputImageProperties": image}}

    unseen = [annotation(w, drawn(0)) for w in "vw"]
    fields = f'name = "t"\nfields = [{{name = "b", path = "{path}", kind = "boxes"}}]'
    storage = FakeStorage({TASK: fields})
    payload = [item("1", annotation("u", drawn(9, box)), *unseen)]
    label = consolidate(payload, storage, task_definition=TASK)["1"]
    assert label["fields"]["b"]["value"]["inputImageProperties"] == {"width": 9, "height": 9}
    assert len(label["fields"]["b"]["value"]["boundingBoxes"]) == 1
    assert label["fields"]["b"]["workers"] == 1
    assert all("no picture" in problem["reason"] for problem in label["problems"])
    assert len(label["problems"]) == 2


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
