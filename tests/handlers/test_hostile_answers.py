"""What hostile answers cost a batch and those after it: their own field, and nobody anything."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

import post_labeling
from labelwright.answers.shape import given_by_few, recognise_fields
from labelwright.answers.weight import values_at_most, without_too_heavy
from labelwright.contract.base import load_json
from labelwright.contract.job_layout import batch_place
from labelwright.contract.post_labeling import (
    MOST_REQUEST_BYTES,
    read_request_file,
)
from labelwright.errors import ObjectNotFound, PayloadError
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_lambda.whole_job.reading import TooMuchError, fetch_all, read_in_order
from labelwright_lambda.whole_job.votes import earlier_votes, request_votes
from tests.fakes import FakeStorage

Json = Any
JOB = "s3://output/job"
REQUESTS = f"{JOB}/annotations/consolidated-annotation/consolidation-request/iteration-1"
TASK = "s3://input/task.toml"
DEFINITION = (
    'name = "job"\n'
    '[[fields]]\nname = "parts"\npath = "parts"\nkind = "spans"\n'
    '[[fields]]\nname = "boxes"\npath = "boxes"\nkind = "boxes"\n'
    '[[fields]]\nname = "species"\npath = "species"\nkind = "choice"\nlabels = ["owl", "kea"]\n'
)
BOXES = {"boundingBoxes": [{"left": 1, "top": 2, "width": 30, "height": 40, "label": "owl"}]}
HONEST = {"parts": [{"start": 4, "end": 9, "label": "A"}], "boxes": BOXES, "species": "owl"}
#: As many spans and boxes, side by side, as nobody gives where others give one.
FLOOD = {
    "parts": [{"start": 10 * n, "end": 10 * n + 5, "label": f"{n}"} for n in range(600)],
    "boxes": {
        "boundingBoxes": [
            {"left": n, "top": 0, "width": 300, "height": 300, "label": "kea"} for n in range(500)
        ]
    },
    "species": "kea",
}
#: On top of each other: nobody's spans.
TANGLE = [{"start": n, "end": 1_000 - n, "label": "A"} for n in range(100)]


def uri(number: int) -> str:
    """Return the address of a request."""
    return f"{REQUESTS}/2026-01-01_00:{number // 60:02}:{number % 60:02}.json"


def request(objects: Mapping[str, Mapping[str, Json]]) -> bytes:
    """Return a request; an answer that is a text is sent as it is."""
    return json.dumps(
        [
            {
                "datasetObjectId": name,
                "dataObject": {"s3Uri": f"s3://input/{name}.png"},
                "annotations": [
                    {
                        "workerId": worker,
                        "annotationData": {
                            "content": answer if isinstance(answer, str) else json.dumps(answer)
                        },
                    }
                    for worker, answer in answers.items()
                ],
            }
            for name, answers in objects.items()
        ]
    ).encode()


def answer(
    storage: FakeStorage,
    number: int,
    task: str | None = TASK,
    remaining: Callable[[], int] | None = None,
    prefix: str | None = None,
) -> dict[str, Json]:
    """Let post-labeling answer a batch; return the labels by object."""
    event = {
        "labelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/job",
        "labelAttributeName": "label",
        "payload": {"s3Uri": uri(number)},
    }
    settings = post_labeling.Settings(task_definition=task, text_prefix=prefix)
    response = post_labeling.handle(event, storage, settings, remaining)
    labels = {}
    for item in response:
        label = item["consolidatedAnnotation"]["content"]["label"]
        if (reference := label.get("annotationsRef")) is not None:
            label = load_json(storage.objects[reference])
        labels[item["datasetObjectId"]] = label
    return labels


def answered(
    objects: Mapping[str, Mapping[str, Json]], remaining: Callable[[], int] | None = None
) -> dict[str, Json]:
    """Let post-labeling answer a batch of its own."""
    storage = FakeStorage({TASK: DEFINITION, uri(0): request(objects)})
    return answer(storage, 0, TASK, remaining)


def crowd(*hostile: Json) -> dict[str, Json]:
    """Return three honest workers' answers and hostile ones'."""
    honest = {f"a{n}": HONEST for n in range(3)}
    return {**honest, **{f"z{n}": given for n, given in enumerate(hostile)}}


def values(label: Json) -> dict[str, Json]:
    """Return what a label says, field by field, without how sure it is."""
    found = {}
    for name, field in label["fields"].items():
        value = field["value"]
        if isinstance(value, dict):
            value = value["boundingBoxes"]
        if isinstance(value, list):
            value = [
                {k: v for k, v in item.items() if k not in ("confidence", "votes")}
                for item in value
            ]
        found[name] = value
    return found


def codes(label: Json) -> set[tuple[int | None, str | None, str]]:
    """Return a label's problems."""
    return {(item["annotation"], item["field"], item["code"]) for item in label["problems"]}


def test_a_flood_costs_its_worker_the_field_and_the_others_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is told in the label, and counted; the other objects know nothing of it."""
    with caplog.at_level(logging.WARNING):
        made = answered({"1": crowd(FLOOD), "2": crowd()})
    assert values(made["1"]) == values(made["2"])
    assert codes(made["1"]) == {
        (3, "parts", "answer-out-of-proportion"),
        (3, "boxes", "answer-out-of-proportion"),
    }
    assert made["1"]["fields"]["species"]["votes"] == {"kea": 1, "owl": 3}
    assert made["1"]["fields"]["parts"] == made["2"]["fields"]["parts"]
    assert made["2"]["problems"] == []
    [told] = [record for record in caplog.records if hasattr(record, "metric")]
    assert (vars(told)["metric"], vars(told)["times"]) == ("AnswersLeftOut", 2)


def test_a_costly_object_falls_back_in_its_field_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Where all are tangled there is nobody to compare with: what they gave alike stands."""
    hostile = {f"z{n}": {**HONEST, "parts": TANGLE} for n in range(3)}
    with caplog.at_level(logging.WARNING):
        made = answered({"1": hostile, "2": crowd()})
    assert codes(made["1"]) == {(None, "parts", "field-simplified")}
    assert len(values(made["1"])["parts"]) == len(TANGLE)
    assert made["1"]["fields"]["boxes"]["value"] == made["2"]["fields"]["boxes"]["value"]
    assert made["2"]["problems"] == []
    assert "FieldsSimplified" in [getattr(record, "metric", None) for record in caplog.records]


def test_time_decides_only_when_it_runs_out_between_fields() -> None:
    """Then the fields that are left are simple, and say so; else the clock changes nothing."""
    objects = {"1": crowd(), "2": crowd(FLOOD)}
    left = [100_000]
    plenty = answered(objects, remaining=lambda: 100_000)
    assert plenty == answered(objects)
    made = answered(objects, remaining=lambda: left.pop() if left else 19_000)
    assert made["1"]["fields"]["parts"] == plenty["1"]["fields"]["parts"]
    assert codes(made["1"]) == {(None, "boxes", "field-simplified")}
    assert values(made["2"]) == values(plenty["2"])


def test_labels_are_the_same_in_any_order_and_however_often() -> None:
    """What falls back is decided by what is in the batch."""
    objects = {"1": crowd(FLOOD), "2": crowd({**HONEST, "parts": TANGLE}), "3": crowd()}
    turned = {name: dict(reversed(answers.items())) for name, answers in reversed(objects.items())}
    one, other = answered(objects), answered(turned)
    assert {name: label["fields"] for name, label in one.items()} == {
        name: label["fields"] for name, label in other.items()
    }


def test_fields_that_one_worker_invents_learn_nothing() -> None:
    """Without a definition: their values stand as they were given, the others' field is learnt."""
    invented = {f"x{n}": FLOOD["parts"] for n in range(10)}
    batches = [{f"{n} {i}": crowd(invented) for i in range(2)} for n in range(3)]
    storage = FakeStorage({uri(n): request(batch) for n, batch in enumerate(batches)})
    plain = FakeStorage(
        {uri(n): request({name: crowd({}) for name in batch}) for n, batch in enumerate(batches)}
    )
    for number in range(3):
        made, clean = answer(storage, number, None), answer(plain, number, None)
        for name, label in made.items():
            told = codes(label)
            assert {(None, f"x{n}", "field-simplified") for n in range(10)} == told
            assert {k: v for k, v in label["fields"].items() if k[0] != "x"} == {
                **clean[name]["fields"]
            }
    snapshot = storage.objects[f"{JOB}/labelwright/votes"]
    assert len(snapshot) < 3_000


def test_a_field_that_one_worker_invents_hides_no_text_that_the_others_name() -> None:
    """Nor are others blamed for what lies in the way of it; its own damage is told."""
    text = "Siemens opened an office in Oslo 😀 and Bergen."
    first = text.index("Bergen") + 1  # In UTF-16 units.
    entity = {"startOffset": first, "endOffset": first + len("Bergen"), "label": "CITY"}
    claim = {"uri": "s3://texts/a.txt", "length": len(text)}
    honest = {"spans": {"entities": [entity]}, "text": claim, "words": "a city"}
    invented = {"0": {"x": [{"start": 1, "end": 2, "label": "A"}]}, "words": {"x": "a"}}
    given = {f"a{n}": honest for n in range(3)} | {"z": invented}
    storage = FakeStorage({uri(0): request({"1": given}), "s3://texts/a.txt": text})
    label = answer(storage, 0, None, prefix="s3://texts/")["1"]
    (span,) = label["fields"]["spans"]["value"]
    assert text[span["start"] : span["end"]] == "Bergen"
    assert label["fields"]["words"]["value"] == "a city"
    assert {item["annotation"] for item in label["problems"]} <= {3, None}


def test_a_control_that_most_leave_alone_is_no_invention() -> None:
    """What few have is counted by where the control is, not by whether it says something."""
    answers: Sequence[Json] = [
        {"parts": []},
        {"parts": [], "why": ""},
        {"parts": HONEST["parts"], "x": {"y": [{"start": 1, "end": 2, "label": "A"}]}},
    ]
    fields = recognise_fields(answers)
    assert [field.name for field in fields] == ["parts", "x.y"]
    assert given_by_few(fields, answers) == {"x.y"}


def test_poisoned_earlier_objects_change_nothing_in_later_batches() -> None:
    """One worker's flood in all of them: later labels are those of a job without that worker."""

    def job(last: Callable[[], dict[str, Json]]) -> FakeStorage:
        storage = FakeStorage({TASK: DEFINITION})
        for number in range(4):
            storage.put(uri(number), request({f"{number} {i}": last() for i in range(3)}))
            answer(storage, number)
        storage.put(uri(4), request({"own": crowd()}))
        return storage

    flooded = answer(job(lambda: crowd({**FLOOD, "species": "owl"})), 4)
    clean = answer(job(lambda: crowd({"species": "owl"})), 4)
    assert flooded["own"]["fields"] == clean["own"]["fields"]
    assert (flooded["own"]["scope"], flooded["own"]["problems"]) == ("job", [])


def test_answers_with_most_values_are_left_out_first() -> None:
    """They are marked as damaged and kept; lighter ones count, by whomever they are."""
    heavy = '{"x":[' + "{}," * 900 + "{}]}"
    objects = read_request_file(request({"1": crowd(heavy, heavy), "2": crowd()}), uri(0)).objects
    first, second = without_too_heavy(objects, most=1_000)
    assert [received.annotation is None for received in first.annotations] == [
        *[False] * 3, True, True
    ]  # fmt: skip
    assert first.annotations[3].raw == objects[0].annotations[3].raw
    assert "1,000" in str(first.annotations[3].damage)
    assert second == objects[1]


def test_what_is_too_heavy_is_told_in_its_label_and_kept() -> None:
    """Two million values are a batch's; the honest answers beside them make the label."""
    heavy = '{"x":[' + "{}," * 2_000_000 + "{}]}"
    made = answered({"1": crowd(heavy), "2": crowd()})
    assert codes(made["1"]) == {(3, None, "annotation-damaged")}
    assert values(made["1"]) == values(made["2"])
    kept = made["1"]["annotationsFromAllWorkers"][3]["annotationData"]["content"]
    assert kept == heavy


@pytest.mark.parametrize(
    ("text", "values_in_it"),
    [
        ('{"x":[{},{}]}', 4),
        ('{"x":"[{},{}]"}', 4),
        ('{"x":"\\u005b\\u007b\\u007d\\u002c\\u007b\\u007d\\u005d"}', 4),
        ('{"a":1,"b":2}', 2),
        ("", 0),
    ],
)
def test_values_are_counted_in_nested_strings_too(text: str, values_in_it: int) -> None:
    """Escaped or not; never fewer than there are."""
    assert values_at_most(text) >= values_in_it
    assert values_at_most(text.encode()) == values_at_most(text)


def test_a_batch_that_is_light_enough_stays_as_it_is() -> None:
    """Nothing is looked at twice."""
    objects = read_request_file(request({"1": crowd()}), uri(0)).objects
    assert without_too_heavy(objects) == list(objects)


def test_a_request_too_large_is_an_error_that_says_what_to_do() -> None:
    """It is not read; its answers lie elsewhere, too."""
    storage = FakeStorage({TASK: DEFINITION, uri(0): b" " * (MOST_REQUEST_BYTES + 1)})
    with pytest.raises(PayloadError, match=r"60,000,001 bytes.*worker responses.*--job"):
        answer(storage, 0)


def test_a_request_of_millions_of_values_is_an_error() -> None:
    """Outside of texts: in them any number may be, and each answer is weighed by itself."""
    flood = b'[{"datasetObjectId": "1", "annotations": [' + b"{}," * 1_000_001 + b"{}]}]"
    with pytest.raises(PayloadError, match="over 1,000,000 values"):
        read_request_file(flood, "place")
    inside = request({"1": crowd('{"x": "' + "[{}," * 500_000 + '"}')})
    assert len(read_request_file(inside, "place").objects) == 1


def test_what_must_be_read_anew_is_bounded_and_the_next_batch_reads_on() -> None:
    """Beyond it the batch is consolidated alone; no clock decides that."""
    storage = FakeStorage({uri(n): request({str(n): crowd()}) for n in range(6)})
    fields = [FieldDefinition(name="species", path="species", kind=Kind.CHOICE)]
    place = batch_place(uri(5))
    assert place.request is not None
    own = request_votes(
        place.request, read_request_file(storage.objects[uri(5)], uri(5)).objects, fields
    )
    most = 3 * len(storage.objects[uri(0)])
    known = []
    for _ in range(3):
        storage.reads.clear()
        ledger = earlier_votes(place.job, fields, own, storage, None, most)
        known.append(len(ledger.requests) if ledger else 0)
    assert known == [0, 6, 6]
    assert not any(name.startswith(REQUESTS) for name in storage.reads)


def test_answers_kept_in_files_are_not_read_for_their_votes() -> None:
    """Neither of earlier requests nor twice of the batch's own."""
    there = "s3://output/answer.json"
    by_reference = json.loads(request({"1": crowd()}))
    by_reference[0]["annotations"][0]["annotationData"] = {"s3Uri": there}
    storage = FakeStorage({TASK: DEFINITION, there: json.dumps(HONEST)})
    storage.put(uri(0), json.dumps(by_reference))
    storage.put(uri(1), request({"2": crowd()}))
    assert answer(storage, 1)["2"]["scope"] == "job"
    assert there not in storage.reads
    assert answer(storage, 0)["1"]["fields"]["species"]["workers"] == 3
    assert storage.reads.count(there) == 1


class Watched(FakeStorage):
    """Storage that knows how many bytes were read and not yet handed on."""

    waiting = most_waiting = 0

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes; see ``storage.Storage``."""
        data = super().read(uri, limit=limit)
        self.waiting += len(data)
        self.most_waiting = max(self.most_waiting, self.waiting)
        return data


def test_files_are_read_ahead_as_far_as_memory_allows() -> None:
    """Small ones sixteen at a time, a large one when its turn comes, all in order."""
    sizes = [1_000_000] * 30 + [5_000_000] * 3
    names = [f"s3://output/{number:02}" for number in range(len(sizes))]
    storage = Watched({name: b"x" * size for name, size in zip(names, sizes, strict=True)})
    found = []
    for body in read_in_order(names, storage, sum(sizes)):
        assert body is not None
        storage.waiting -= len(body)
        found.append(len(body))
    assert found == sizes
    assert storage.most_waiting <= 18_000_000
    with pytest.raises(TooMuchError):
        list(read_in_order(names, storage, sum(sizes) - 1))


def test_a_file_larger_than_any_request_is_passed_over() -> None:
    """It was an error when its batch came, and stays one."""
    storage = FakeStorage({"s3://output/a": b" " * (MOST_REQUEST_BYTES + 1), "s3://output/b": b"b"})
    assert list(read_in_order(["s3://output/a", "s3://output/b"], storage, 100)) == [None, b"b"]
    with pytest.raises(ObjectNotFound):
        list(read_in_order(["s3://output/c"], storage, 100))


def test_of_answers_in_files_the_largest_are_left_out_first() -> None:
    """The others are there, and what is missing is told by its code."""
    storage = FakeStorage({f"s3://output/{n}": b"x" * size for n, size in enumerate((9, 40, 60))})
    places = [f"s3://output/{n}" for n in range(4)]
    found = fetch_all(places, storage, 60)
    assert [found[place] for place in places] == [
        b"x" * 9, b"x" * 40, "object-too-large", "object-not-found"
    ]  # fmt: skip
