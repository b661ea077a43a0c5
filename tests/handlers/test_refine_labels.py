"""A whole job consolidated anew: every label from the same model, the service's files untouched."""

import json
import random
from typing import Any

import pytest

import post_labeling
import refine_labels
from labelwright.errors import EventError, ObjectNotFound, PayloadError
from tests.fakes import FakeStorage

Json = Any

JOB = "s3://out/Birds"
REQUESTS = f"{JOB}/annotations/consolidated-annotation/consolidation-request"
OUTPUT = f"{JOB}/manifests/output/output.manifest"
REFINED = f"{JOB}/labelwright/refined.manifest"
TASK = "s3://input/task.toml"
DEFINITION = (
    'name = "birds"\n[[fields]]\nname = "species"\npath = "bird.label"\nkind = "choice"\n'
    'labels = ["owl", "falcon"]\n'
)
EVENT = {"jobPrefix": JOB, "labelAttributeName": "birds"}
METADATA = {"type": "groundtruth/custom", "job-name": "labeling-job/birds"}


def entry(task: int, answers: dict[str, str]) -> Json:
    """Make an object of a request from what each worker said."""
    return {
        "datasetObjectId": str(task),
        "dataObject": {"s3Uri": f"s3://input/{task}.jpg"},
        "annotations": [
            {
                "workerId": worker,
                "annotationData": {"content": json.dumps({"bird": {"label": label}})},
            }
            for worker, label in answers.items()
        ],
    }


def crowd(seed: int, tasks: int) -> list[dict[str, str]]:
    """Let three good workers and two who guess answer so many tasks."""
    rng = random.Random(seed)
    made = []
    for _ in range(tasks):
        true, other = rng.sample(["owl", "falcon"], 2)
        made.append(
            {f"w{w}": true if rng.random() < (0.95 if w < 3 else 0.5) else other for w in range(5)}
        )
    return made


class Job:
    """A job that has ended: its requests, post-labeling's labels, its output manifest."""

    def __init__(self, *batches: list[Json], definition: str | None = DEFINITION) -> None:
        self.storage = FakeStorage({TASK: definition} if definition else {})
        self.settings = post_labeling.Settings(task_definition=TASK if definition else None)
        self.lines: dict[int, Json] = {}
        for number, objects in enumerate(batches):
            uri = f"{REQUESTS}/iteration-{min(number, 1) + 1}/2026-01-02_03:{number:02d}:00.json"
            self.storage.put(uri, json.dumps(objects))
            event = {"labelingJobArn": "arn:x", "payload": {"s3Uri": uri}}
            for made in post_labeling.handle(
                {**event, "labelAttributeName": "birds"}, self.storage, self.settings
            ):
                task = int(made["datasetObjectId"])
                content = made["consolidatedAnnotation"]["content"]
                line = {"source-ref": f"s3://input/{task}.jpg", "note": "é"}
                self.lines[task] = line | content | {"birds-metadata": METADATA}
        self.write_output()

    def write_output(self) -> None:
        """Let the service write the output manifest."""
        lines = [json.dumps(self.lines[task]) + "\n" for task in sorted(self.lines)]
        self.storage.put(OUTPUT, "".join(lines))

    def refine(self, most_at_once: int = 10**9) -> Json:
        """Refine it; return the answer."""
        return refine_labels.handle(EVENT, self.storage, self.settings, most_at_once)

    def refined(self) -> list[Json]:
        """Return the lines of the refined manifest."""
        return [json.loads(line) for line in self.storage.objects[REFINED].splitlines()]


def batches(answers: list[dict[str, str]], first: int = 10, size: int = 50) -> list[list[Json]]:
    """Split answers as the service does: ten objects first, then fifty at a time."""
    objects = [entry(task, given) for task, given in enumerate(answers)]
    rest = objects[first:]
    return [objects[:first], *(rest[at : at + size] for at in range(0, len(rest), size))]


def confidence(line: Json) -> float:
    """Return how sure a line's label is."""
    return float(line["birds"]["fields"]["species"]["confidence"])


def test_the_same_votes_get_the_same_confidence_wherever_they_stand_in_the_job() -> None:
    """Whether an object was in the first batch or in the last one, the same model judges it."""
    given = crowd(1, 160)
    same = {f"w{w}": "owl" for w in range(5)}
    given[0] = given[159] = same
    job = Job(*batches(given))
    assert confidence(job.lines[0]) < confidence(job.lines[159])
    job.refine()
    lines = job.refined()
    assert confidence(lines[0]) == confidence(lines[159])
    assert {line["birds"]["scope"] for line in lines} == {"job"}


def test_what_the_service_wrote_stays_and_every_other_key_of_a_line_too() -> None:
    """Refining writes among our own files alone."""
    job = Job(*batches(crowd(2, 30)))
    before = dict(job.storage.objects)
    job.storage.writes.clear()
    job.refine()
    assert all(uri.startswith(f"{JOB}/labelwright/") for uri in job.storage.writes)
    unchanged = {uri: data for uri, data in before.items() if "/labelwright/" not in uri}
    assert unchanged.items() <= job.storage.objects.items()
    for old, new in zip(job.lines.values(), job.refined(), strict=True):
        assert {**old, "birds": None} == {**new, "birds": None}


def test_refining_twice_gives_the_same_bytes() -> None:
    """The event may come more than once."""
    job = Job(*batches(crowd(3, 40)))
    first = job.refine()
    written = job.storage.objects[REFINED]
    assert job.refine() == first
    assert job.storage.objects[REFINED] == written


@pytest.mark.parametrize("most", [1, 20_000])
def test_a_job_too_large_for_memory_gets_the_same_labels_in_parts(most: int) -> None:
    """Each part knows the votes of all others."""
    whole, parts = (Job(*batches(crowd(4, 150))) for _ in range(2))
    assert whole.refine() == parts.refine(most)
    assert whole.refined() == parts.refined()


def test_an_object_asked_for_again_has_all_its_votes_once() -> None:
    """Of one worker's answers the last one counts, the first is kept; nothing counts twice."""
    again = entry(0, {"w0": "falcon", "w1": "falcon", "w9": "falcon"})
    job = Job([entry(0, {"w0": "owl", "w1": "falcon"}), entry(1, {"w0": "owl"})], [again])
    for most in (10**9, 1):
        job.refine(most)
        label = job.refined()[0]["birds"]
        assert label["fields"]["species"]["votes"] == {"falcon": 3}
        assert len(label["annotationsFromAllWorkers"]) == 4


def test_a_line_without_a_label_keeps_what_it_has() -> None:
    """A failed object does not become a labeled one behind the requester's back; it is counted."""
    job = Job(*batches(crowd(5, 12)))
    failed = {"source-ref": "s3://input/3.jpg", "birds-metadata": {"failure-reason": "expired"}}
    job.lines[3] = failed
    job.lines[12] = {"source-ref": "s3://input/12.jpg"}
    job.write_output()
    told = job.refine()
    assert (told["objects"], told["labels"], told["withoutLabel"]) == (12, 11, 1)
    assert job.refined()[3] == failed
    assert job.refined()[12] == job.lines[12]


def test_lines_that_have_no_place_in_a_manifest_shift_no_label() -> None:
    """The laptop's manifest has no line of what could not be read; the ids then tell which is."""
    job = Job([entry(task, {"w": "owl" if task else "falcon"}) for task in (0, 2, 5)])
    job.storage.put(f"{JOB}/labelwright/object-ids.txt", "0\n2\n5\n")
    assert job.refine()["labels"] == 3
    values = [line["birds"]["fields"]["species"]["value"] for line in job.refined()]
    assert values == ["falcon", "owl", "owl"]


def test_a_request_that_can_not_be_read_is_told_and_costs_nothing_else() -> None:
    """Its objects keep the labels they have."""
    job = Job(*batches(crowd(6, 80)))
    broken = f"{REQUESTS}/iteration-2/2026-01-02_03:01:00.json"
    job.storage.put(broken, "[{")
    told = job.refine()
    assert [found["request"] for found in told["unread"]] == [broken]
    assert told["labels"] == 30
    assert job.refined()[20] == job.lines[20]


def test_without_a_task_definition_fields_are_recognised_in_all_answers_at_once() -> None:
    """However large the job is: what a field is must not depend on the part."""
    job = Job(*batches(crowd(7, 70)), definition=None)
    assert job.refine(most_at_once=1)["labels"] == 70
    assert {tuple(line["birds"]["fields"]) for line in job.refined()} == {("bird",)}


def test_a_label_too_large_for_a_manifest_moves_into_a_file_among_ours() -> None:
    """As post-labeling does it; the response's limit is no matter here."""
    long = {f"w{w}": "owl" + "x" * 9_000 for w in range(4)}
    job = Job([entry(0, long)])
    job.refine()
    label = job.refined()[0]["birds"]
    assert label["annotationsRef"] == f"{JOB}/labelwright/labels/refined/0.json"
    assert len(json.loads(job.storage.objects[label["annotationsRef"]])["fields"]) == 1


@pytest.mark.parametrize(
    "event",
    [None, {}, {"jobPrefix": JOB}, {**EVENT, "jobPrefix": "out"}, {**EVENT, "jobPrefix": 3}],
)
def test_an_event_that_names_no_job_is_refused(event: Json) -> None:
    """Saying which keys it must have."""
    with pytest.raises(EventError, match="jobPrefix"):
        refine_labels.handle(event, FakeStorage(), post_labeling.Settings())


def test_a_job_without_an_output_manifest_can_not_be_refined() -> None:
    """Nothing is written then."""
    storage = FakeStorage()
    with pytest.raises(ObjectNotFound, match=r"output\.manifest"):
        refine_labels.handle(EVENT, storage, post_labeling.Settings())
    assert storage.writes == []


def test_a_damaged_line_is_named() -> None:
    """Half a manifest would be mistaken for the whole."""
    job = Job(*batches(crowd(8, 3)))
    job.storage.put(OUTPUT, job.storage.objects[OUTPUT].replace(b'{"source-ref"', b"{", 1))
    with pytest.raises(PayloadError, match=r"output\.manifest:1"):
        job.refine()


def test_a_provisional_label_learns_from_the_job_and_teaches_it_nothing() -> None:
    """Two who guess do not outvote one whom the job knows as good."""
    job = Job(*batches(crowd(9, 160)))
    votes = f"{JOB}/labelwright/votes"
    before = job.storage.objects[votes]
    objects = [entry(900, {"w0": "owl", "w1": "owl", "w3": "falcon", "w4": "falcon"})]
    made = refine_labels.provisional({**EVENT, "objects": objects}, job.storage, job.settings)
    assert made["900"]["fields"]["species"]["value"] == "owl"
    assert job.storage.objects[votes] == before
    assert refine_labels.handle(EVENT, job.storage, job.settings)["objects"] == 160
