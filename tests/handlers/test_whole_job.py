"""Post-labeling that knows the whole job: every earlier batch informs the next."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import post_labeling
from labelwright.errors import StorageAccessDenied, TaskDefinitionError
from tests.fakes import FakeStorage

JOB = "s3://out/Birds"
REQUESTS = f"{JOB}/annotations/consolidated-annotation/consolidation-request"
SNAPSHOT = f"{JOB}/labelwright/votes"
TASK = "s3://input/task.toml"
DEFINITION = (
    'name = "birds"\n[[fields]]\nname = "species"\npath = "bird.label"\nkind = "choice"\n'
    'labels = ["owl", "falcon"]\n'
)

Json = Any


def uri(number: int) -> str:
    """Return where the service puts the request of a batch."""
    iteration = 1 if number == 0 else 2
    return (
        f"{REQUESTS}/iteration-{iteration}/2026-01-02_{number // 60:02d}:{number % 60:02d}:00.json"
    )


def batch(answers: dict[str, dict[str, str]]) -> bytes:
    """Make a request file from what each worker said of each object."""
    return json.dumps(
        [
            {
                "datasetObjectId": task,
                "dataObject": {"s3Uri": f"s3://input/{task}.jpg"},
                "annotations": [
                    {
                        "workerId": worker,
                        "annotationData": {"content": json.dumps({"bird": {"label": label}})},
                    }
                    for worker, label in given.items()
                ],
            }
            for task, given in answers.items()
        ]
    ).encode()


def crowd(seed: int, tasks: int, first: int = 0) -> dict[str, dict[str, str]]:
    """Let three good workers and two who guess answer so many tasks."""
    rng = random.Random(seed)
    made = {}
    for task in range(first, first + tasks):
        true, other = rng.sample(["owl", "falcon"], 2)
        made[str(task)] = {
            f"w{w}": true if rng.random() < (0.95 if w < 3 else 0.5) else other for w in range(5)
        }
    return made


class Job:
    """A job whose batches come one after the other."""

    def __init__(self, definition: str = DEFINITION) -> None:
        self.storage = FakeStorage({TASK: definition})

    def request(self, number: int, answers: dict[str, dict[str, str]]) -> None:
        """Let the service write a request."""
        self.storage.put(uri(number), batch(answers))

    def answer(self, number: int, remaining: Callable[[], int] | None = None) -> list[Json]:
        """Let post-labeling answer a batch; return the labels in order."""
        event = {
            "labelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/birds",
            "labelAttributeName": "birds",
            "payload": {"s3Uri": uri(number)},
        }
        settings = post_labeling.Settings(task_definition=TASK)
        response = post_labeling.handle(event, self.storage, settings, remaining)
        return [item["consolidatedAnnotation"]["content"]["birds"] for item in response]

    def run(self, batches: Sequence[dict[str, dict[str, str]]]) -> list[list[Json]]:
        """Let batches come and be answered in order."""
        made = []
        for number, answers in enumerate(batches):
            self.request(number, answers)
            made.append(self.answer(number))
        return made


def batches(count: int, size: int = 4) -> list[dict[str, dict[str, str]]]:
    """Make small batches of one crowd."""
    return [crowd(number, size, number * size) for number in range(count)]


def values(labels: Sequence[Json]) -> list[Json]:
    """Return value and confidence of each label."""
    return [(label["fields"]["species"]["value"], label["fields"]["species"]["confidence"])
            for label in labels]  # fmt: skip


def test_the_first_batch_stands_alone_and_later_ones_know_the_job() -> None:
    """Scope says what informed a label."""
    made = Job().run(batches(3))
    assert [labels[0]["scope"] for labels in made] == ["batch", "job", "job"]


def test_skill_learnt_in_earlier_batches_decides_a_later_tie() -> None:
    """A worker who was right forty times outweighs one who guessed."""
    disputed = {"99": {"w3": "falcon", "w0": "owl"}}
    (alone,) = Job().run([disputed])[0]
    (informed,) = Job().run([*batches(10), disputed])[-1]
    assert alone["fields"]["species"]["tie"]
    assert informed["fields"]["species"]["value"] == "owl"
    assert not informed["fields"]["species"]["tie"]


def test_the_last_batch_is_labeled_as_the_whole_job_at_once() -> None:
    """In batches or in one: the same votes give the same labels."""
    parts = batches(6)
    at_once = Job().run([{task: given for part in parts for task, given in part.items()}])[0]
    in_batches = Job().run(parts)[-1]
    for (value, confidence), (other, sure) in zip(
        values(in_batches), values(at_once[-4:]), strict=True
    ):
        assert value == other
        assert confidence == pytest.approx(sure, abs=1e-5)


def test_a_retry_of_an_old_batch_gives_its_old_labels() -> None:
    """What came later does not change it."""
    job = Job()
    made = job.run(batches(5))
    assert job.answer(2) == made[2]
    assert job.answer(0) == made[0]


def test_a_request_that_comes_twice_counts_once() -> None:
    """The same answers under another name are the same votes."""
    parts = batches(4)
    job = Job()
    job.run(parts)
    job.request(4, parts[1])
    job.request(5, parts[3])
    once = Job()
    once.run([*parts[:3]])
    once.request(5, parts[3])
    assert values(job.answer(5)) == values(once.answer(5))


def test_batches_answered_in_any_order_agree() -> None:
    """Concurrent batches: a label depends on the requests that are there, not on who ran first."""
    parts = batches(6)
    forward, backward = Job(), Job()
    for number, part in enumerate(parts):
        forward.request(number, part)
        backward.request(number, part)
    first = [forward.answer(number) for number in range(6)]
    second = [backward.answer(number) for number in reversed(range(6))]
    assert first == second[::-1]


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"{}", None])
def test_a_lost_or_damaged_snapshot_changes_nothing_but_time(damage: bytes | None) -> None:
    """It is made anew from the requests."""
    parts = batches(20)
    job, other = Job(), Job()
    job.run(parts[:-1])
    other.run(parts[:-1])
    assert SNAPSHOT in job.storage.objects
    if damage is None:
        del job.storage.objects[SNAPSHOT]
    else:
        job.storage.put(SNAPSHOT, damage)
    for each in (job, other):
        each.request(19, parts[19])
    assert job.answer(19) == other.answer(19)


def test_a_snapshot_of_another_definition_is_not_used() -> None:
    """The same answers have other values under another path."""
    job = Job()
    job.run(batches(20))
    job.storage.put(TASK, DEFINITION.replace("bird.label", "elsewhere"))
    assert job.answer(19)[0]["fields"]["species"]["value"] is None


def test_a_snapshot_of_other_labels_is_not_used() -> None:
    """A switch that is on says "yes" or "true", whichever label there is."""

    def switched(task: str) -> bytes:
        content = json.dumps({"bird": {"label": True}})
        answers = [{"workerId": w, "annotationData": {"content": content}} for w in "uvw"]
        return json.dumps([{"datasetObjectId": task, "annotations": answers}]).encode()

    job = Job(DEFINITION.replace('"owl", "falcon"', '"yes", "no"'))
    lost = Job(DEFINITION.replace('"owl", "falcon"', '"true", "false"'))
    for number in range(21):
        for each in (job, lost):
            each.storage.put(uri(number), switched(str(number)))
    job.answer(19)
    assert SNAPSHOT in job.storage.objects
    job.storage.put(TASK, lost.storage.objects[TASK])
    assert job.answer(20) == lost.answer(20)


class _Listing(FakeStorage):
    """Storage whose listing is denied."""

    def keys(self, uri: str) -> list[str]:
        raise StorageAccessDenied(uri, "access denied; allow s3:ListBucket")


def test_a_denied_listing_leaves_the_batch_alone() -> None:
    """It is labeled all the same, and says so."""
    job = Job()
    job.run(batches(3))
    job.storage = _Listing(job.storage.objects)
    assert {label["scope"] for label in job.answer(2)} == {"batch"}


def test_too_little_time_leaves_the_batch_alone() -> None:
    """Reading a job takes time that the answer needs."""
    job = Job()
    for number, part in enumerate(batches(3)):
        job.request(number, part)
    assert {label["scope"] for label in job.answer(2, lambda: 10_000)} == {"batch"}
    assert {label["scope"] for label in job.answer(2, lambda: 200_000)} == {"job"}


def test_what_was_read_when_time_ran_out_need_not_be_read_again() -> None:
    """A job too long to be read at once is known after a few batches."""
    job = Job()
    for number in range(40):
        job.request(number, crowd(number, 1, number))
    scopes = []
    for _ in range(4):
        left = iter([200_000] * 15 + [10_000] * 40)
        scopes += [label["scope"] for label in job.answer(39, lambda left=left: next(left))]  # type: ignore[misc]
    assert scopes == ["batch", "batch", "job", "job"]


def test_an_unknown_payload_path_leaves_the_batch_alone() -> None:
    """Where a request lies elsewhere, there is no job to know of."""
    storage = FakeStorage({TASK: DEFINITION, "s3://out/x.json": batch(crowd(1, 2))})
    event = {
        "labelingJobArn": "arn",
        "labelAttributeName": "birds",
        "payload": {"s3Uri": "s3://out/x.json"},
    }
    settings = post_labeling.Settings(task_definition=TASK)
    (first, _) = post_labeling.handle(event, storage, settings)
    assert first["consolidatedAnnotation"]["content"]["birds"]["scope"] == "batch"


def test_a_damaged_request_of_another_batch_costs_only_itself() -> None:
    """Its own batch has told of it."""
    job = Job()
    job.run(batches(3))
    job.storage.put(uri(1), b"nonsense")
    job.storage.objects.pop(SNAPSHOT, None)
    assert {label["scope"] for label in job.answer(2)} == {"job"}


@pytest.mark.parametrize("earlier", [20, 200, 2_000])
def test_reads_of_a_batch_grow_with_what_is_new_not_with_the_job(earlier: int) -> None:
    """With a snapshot in place, a batch reads it and the few requests that came since."""
    job = Job()
    for number in range(earlier):
        job.request(number, crowd(number, 1, number))
    job.answer(earlier - 1)
    job.request(earlier, crowd(earlier, 1, earlier))
    job.storage.reads.clear()
    job.answer(earlier)
    assert set(job.storage.reads) == {TASK, uri(earlier), SNAPSHOT}


def test_a_snapshot_is_written_when_enough_is_new() -> None:
    """Not at every batch, and never so late that much has to be read again."""
    job = Job()
    job.run(batches(60))
    writes = job.storage.writes.count(SNAPSHOT)
    assert 60 / 16 <= writes < 40
    job.storage.reads.clear()
    job.answer(59)
    assert len(job.storage.reads) <= 3 + 16


GOLD = "s3://input/gold.jsonl"
WITH_GOLD = DEFINITION.replace("[[fields]]", f'gold = "{GOLD}"\n[[fields]]', 1)


def test_gold_pins_its_object_and_teaches_skill() -> None:
    """Named by source or by id; what all workers say of it does not count against it."""
    lines = [
        {"source-ref": "s3://input/0.jpg", "labels": {"species": "falcon"}},
        {"datasetObjectId": "1", "labels": {"species": "owl"}},
    ]
    answers = {"0": dict.fromkeys("abc", "owl"), "1": dict.fromkeys("abc", "falcon")}
    job = Job(WITH_GOLD)
    job.storage.put(GOLD, "".join(json.dumps(line) + "\n" for line in lines))
    (labels,) = job.run([answers])
    assert values(labels) == [("falcon", 1.0), ("owl", 1.0)]


def test_gold_of_an_earlier_batch_is_still_known() -> None:
    """A worker who failed it weighs less in later batches."""
    known = {str(n): {"good": "owl", "bad": "falcon"} for n in range(20)}
    gold = "".join(
        json.dumps({"source-ref": f"s3://input/{n}.jpg", "labels": {"species": "owl"}}) + "\n"
        for n in range(20)
    )
    job = Job(WITH_GOLD)
    job.storage.put(GOLD, gold)
    last = job.run([known, {"77": {"good": "falcon", "bad": "owl"}}])[-1]
    assert values(last)[0][0] == "falcon"


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ("nonsense", "gold.jsonl:1: gold: not JSON"),
        ('\n{"labels": {}}', "gold.jsonl:2: gold: none of"),
        ('{"source": "x"}', "gold.jsonl:1: gold: no object of 'labels'"),
        ('{"datasetObjectId": "0", "labels": {"species": [1]}}', "field 'species'"),
        (None, "gold can't be read .object-not-found."),
    ],
)
def test_gold_that_cannot_be_read_is_an_error(gold: str | None, message: str) -> None:
    """A set gold file is meant: nothing goes on without it."""
    job = Job(WITH_GOLD)
    if gold is not None:
        job.storage.put(GOLD, gold)
    with pytest.raises(TaskDefinitionError, match=message):
        job.run([crowd(1, 1)])


SPANS = (
    f'name = "words"\ngold = "{GOLD}"\n[[fields]]\nname = "words"\npath = "words"\n'
    'kind = "spans"\noffsets = "utf16"\n'
)


def test_gold_spans_are_pinned_in_code_points_and_teach_later_batches() -> None:
    """Written in the unit of the field's answers; who had the ends right is followed later."""
    text = "\U0001f33f peat burns"
    good = [{"start": 3, "end": 7, "label": "A"}]
    bad = [{"start": 3, "end": 13, "label": "A"}]

    def request(first: int, count: int) -> bytes:
        return json.dumps(
            [
                {
                    "datasetObjectId": str(number),
                    "dataObject": {"content": text},
                    "annotations": [
                        {
                            "workerId": worker,
                            "annotationData": {"content": json.dumps({"words": spans})},
                        }
                        for worker, spans in (("bad", bad), ("good", good))
                    ],
                }
                for number in range(first, first + count)
            ]
        ).encode()

    job = Job(SPANS)
    lines = [{"datasetObjectId": str(n), "labels": {"words": good}} for n in range(10)]
    job.storage.put(GOLD, "".join(json.dumps(line) + "\n" for line in lines))
    made = []
    for number in range(2):
        job.storage.put(uri(number), request(10 * number, 10))
        made += job.answer(number)
    pinned, learnt = made[0]["fields"]["words"], made[-1]["fields"]["words"]
    assert pinned["value"] == [{"start": 2, "end": 6, "label": "A", "confidence": 1.0, "votes": 1}]
    assert [(span["start"], span["end"]) for span in learnt["value"]] == [(2, 6)]
    assert job.answer(1) + job.answer(0) == made[10:] + made[:10]
