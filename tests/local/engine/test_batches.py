"""Batches, handlers that fail, and labels."""

import json
from pathlib import Path

from labelwright.contract.base import MAX_DEPTH, Json
from labelwright.contract.own_label import SCHEMA
from labelwright.errors import ObjectNotFound
from labelwright_local.engine.engine import Engine
from labelwright_local.engine.labeling.disagreement import confidences, disagreement
from labelwright_local.engine.settings import JobSettings, Retries
from labelwright_local.engine.troubles import Trouble
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from tests.local.engine.small_jobs import NAME, Counting, SmallJob, answer, take, work


def own(fields: Json) -> Json:
    """Return a label of ours with these fields."""
    return {"schema": SCHEMA, "fields": fields}


class MovedOut(Counting):
    """Handlers whose labels lie in files, that of object 1 in one that is missing."""

    def post(self, event: Json) -> Json:
        """Return references, and write the file of object 0."""
        file = f"{event['outputConfig']}/0.json"
        self.storage.write(file, json.dumps(own({"kind": {"confidence": 0.75}})).encode())
        labels = {
            n: own({}) | {"annotationsRef": file.replace("0.json", f"{n}.json")} for n in "01"
        }
        return [
            {"datasetObjectId": n, "consolidatedAnnotation": {"content": {NAME: label}}}
            for n, label in labels.items()
        ]


def no_file(uri: str) -> bytes:
    """Find no file."""
    raise ObjectNotFound(uri, "there is no such object")


def answers(engine: Engine, count: int) -> None:
    """Let one worker answer so many objects, and the engine do its work."""
    ann = engine.sign_in("Ann")
    for _ in range(count):
        answer(engine, ann)
    work(engine)


def test_ten_objects_are_the_first_batch_and_then_fifty_each(tmp_path: Path) -> None:
    """As they are completed, without waiting for the job's end."""
    job = SmallJob(tmp_path, 130)
    with job.open() as engine:
        answers(engine, 9)
        assert job.requests() == []
        answers(engine, 1)
        assert job.requests() == [(1, [str(n) for n in range(10)])]
        answers(engine, 49)
        assert len(job.requests()) == 1
        answers(engine, 1)
        assert [(k, len(ids)) for k, ids in job.requests()] == [(1, 10), (2, 50)]
        answers(engine, 70)
        assert [(k, len(ids)) for k, ids in job.requests()] == [(1, 10), (2, 50), (2, 50), (2, 20)]
        assert engine.progress().finished


def test_complete_objects_do_not_wait_forever(tmp_path: Path) -> None:
    """Five minutes while others work, a quarter of a minute when nobody does."""
    job = SmallJob(tmp_path, 40)
    with job.open() as engine:
        answers(engine, 3)
        job.clock.passes(14)
        work(engine)
        assert job.requests() == []
        job.clock.passes(1)
        work(engine)
        assert job.requests() == [(1, ["0", "1", "2"])]
        answers(engine, 1)
        take(engine, engine.sign_in("Ben"))
        job.clock.passes(299)
        work(engine)
        assert len(job.requests()) == 1
        job.clock.passes(1)
        work(engine)
        assert job.requests()[1:] == [(1, ["3"])]


def test_the_output_manifest_follows_the_job(tmp_path: Path) -> None:
    """Objects without a label keep their lines until they have one."""
    job = SmallJob(tmp_path, 12)
    with job.open() as engine:
        answers(engine, 10)
        engine.write_output()
        lines = job.output()
        assert len(lines) == 12
        assert ["pictures" in line for line in lines] == [True] * 10 + [False] * 2
        assert lines[10] == {"source": "picture 10"}
        assert not engine.progress().finished
        answers(engine, 2)
        assert all("pictures" in line for line in job.output())
        assert engine.progress().finished


def test_the_events_are_those_of_the_service(tmp_path: Path) -> None:
    """With the keys that real events have."""
    job = SmallJob(tmp_path, 1, JobSettings(workers_per_object=1))
    with job.open() as engine:
        answers(engine, 1)
    arn = "arn:aws:sagemaker:us-east-1:000000000000:labeling-job/pictures"
    assert job.handlers.pre_calls == [
        {"version": "2018-10-16", "labelingJobArn": arn, "dataObject": {"source": "picture 0"}}
    ]
    (event,) = job.handlers.post_calls
    (batch,) = job.files.batches()
    assert event["payload"] == {"s3Uri": batch.request_uri}
    assert event["maxHumanWorkersPerDataObject"] == 1
    assert event["labelAttributeName"] == "pictures"


def test_a_line_that_names_a_jobs_own_file_reaches_no_worker(tmp_path: Path) -> None:
    """Those hold the answers of all others; nobody is shown them as data."""
    secret = f"{JobFiles(FolderStorage(tmp_path), NAME).layout.worker_responses}/x.json"
    lines: list[dict[str, str]] = [
        {"source-ref": secret},
        {"source": "a", "text-file-s3-uri": secret},
        {"source": "b"},
    ]
    (tmp_path / "manifest.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    job = SmallJob(tmp_path)
    with job.open(Retries(tries=1)) as engine:
        assert (engine.progress().failed, engine.progress().open) == (2, 1)
        assert len(job.handlers.pre_calls) == 1
        assert "holds the jobs' files" in (engine.objects(0, 1)[0].reason or "")


def test_a_task_input_that_could_not_be_read_again_costs_its_object_only(tmp_path: Path) -> None:
    """Whoever was given it could do nothing else."""
    nested: Json = "x"
    for _ in range(MAX_DEPTH - 1):
        nested = [nested]
    line = json.dumps({"source": nested})
    (tmp_path / "manifest.jsonl").write_text(f'{line}\n{{"source": "picture"}}\n')
    job = SmallJob(tmp_path)
    job.handlers.wrapped = True
    with job.open(Retries(tries=1)) as engine:
        assert engine.progress().failed == 1
        assert answer(engine, engine.sign_in("Ann")) == "1"


def test_a_label_that_could_not_be_read_again_costs_its_object_only(tmp_path: Path) -> None:
    """The others of its batch have theirs, and the output manifest is written."""
    nested: Json = "x"
    for _ in range(MAX_DEPTH - 3):
        nested = [nested]
    job = SmallJob(tmp_path, 2)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = take(engine, ann)
        assert engine.submit(task.id, ann, "deep", {"label": nested}).accepted
        answer(engine, ann)
        work(engine)
        assert (engine.progress().failed, engine.progress().labeled) == (1, 1)
    assert [NAME in line for line in job.output()] == [False, True]


def test_an_object_that_needs_no_human_is_skipped(tmp_path: Path) -> None:
    """Its line stays; the flag may be the string of AWS's samples."""
    job = SmallJob(tmp_path, 2)
    job.handlers.unwanted = {"picture 0"}
    with job.open() as engine:
        answers(engine, 1)
        found = engine.objects(0, 1, "skipped")
        assert [(o.id, o.reason) for o in found] == [
            ("0", "pre-labeling says that no human has to annotate it")
        ]
    assert job.output()[0] == {"source": "picture 0"}


def test_a_handler_that_fails_is_called_again_later_each_time(tmp_path: Path) -> None:
    """Two seconds later, then eight; both handlers alike."""
    job = SmallJob(tmp_path, 1)
    job.handlers.pre_fails = job.handlers.post_fails = 2
    with job.open() as engine:
        for wait, calls in ((1.9, 1), (0.1, 2), (7.9, 2), (0.1, 3)):
            job.clock.passes(wait)
            work(engine)
            assert len(job.handlers.pre_calls) == calls
        answers(engine, 1)
        for wait, calls in ((1.9, 1), (0.1, 2), (7.9, 2), (0.1, 3)):
            job.clock.passes(wait)
            work(engine)
            assert len(job.handlers.post_calls) == calls
        assert engine.objects(0, 1)[0].state == "labeled"
        assert engine.objects(0, 1)[0].reason is None


def test_a_handler_that_keeps_failing_costs_its_objects_only(tmp_path: Path) -> None:
    """The reason is in the output manifest; the next start tries again."""
    job = SmallJob(tmp_path, 12)
    job.handlers.pre_fails = 1
    with job.open(Retries(tries=1)) as engine:
        answers(engine, 10)
        job.handlers.post_fails = 1
        answers(engine, 1)
        states = [(o.state, o.reason) for o in engine.objects(0, 20)]
        assert states[0] == (
            "failed", "ClientError: pre-labeling failed: RuntimeError: no task today"
        )  # fmt: skip
        assert states[1:11] == [("labeled", None)] * 10
        assert states[11] == (
            "failed", "ClientError: post-labeling failed: RuntimeError: no label today"
        )  # fmt: skip
        assert engine.progress().finished
        assert job.output()[11]["pictures-metadata"]["failure-reason"] == states[11][1]
    with job.open() as engine:
        assert engine.objects(11, 1)[0].state == "labeled"
        assert not engine.progress().finished
        answers(engine, 1)
        assert engine.progress().finished
    assert all("pictures" in line for line in job.output())


def test_a_label_without_confidence_is_judged_by_the_answers(tmp_path: Path) -> None:
    """The share of pairs of workers who said different things."""
    job = SmallJob(tmp_path, 1, JobSettings(workers_per_object=3))
    with job.open() as engine:
        for name, label in (("Ann", "owl"), ("Ben", "owl"), ("Cid", "falcon")):
            answer(engine, engine.sign_in(name), label)
        work(engine)
        assert engine.objects(0, 1)[0].disagreement == 2 / 3


def test_disagreement_is_that_of_the_least_sure_field() -> None:
    """Fields that tell no confidence say nothing."""
    label = own({"a": {"confidence": 0.75}, "b": {"confidence": 0.5}, "c": {}, "d": None})
    assert confidences(label, no_file) == [0.75, 0.5]
    assert disagreement([0.75, 0.5], [1, 2]) == 0.5
    assert disagreement([0.75, 0.5], [1]) is None
    assert confidences(own({"a": {"confidence": None}}), no_file) == []
    assert confidences("text", no_file) == []
    assert disagreement([], [{"x": 1}]) is None
    assert disagreement([], [1, 1]) == 0


def test_disagreement_is_known_of_a_label_that_lies_in_its_file(tmp_path: Path) -> None:
    """By the same rule as of any other; where the file is missing, nothing is known of it."""
    job = SmallJob(tmp_path, 2, JobSettings(workers_per_object=2))
    job.handlers = MovedOut(job.storage)
    with job.open() as engine:
        for name in ("Ann", "Ben"):
            worker = engine.sign_in(name)
            for _ in range(2):
                answer(engine, worker, name)
        work(engine)
        found = [view.disagreement for view in engine.objects(0, 2)]
    assert found == [0.25, None]


class Careless(Counting):
    """Post-labeling that answers each annotation, an attribute of its own, null, or nothing."""

    def post(self, event: Json) -> Json:
        """Return entries of each kind, for objects 0 to 3; none for object 4."""
        attribute = event["labelAttributeName"]
        contents: list[tuple[str, Json]] = [
            ("0", {attribute: {"of": "Ann"}}),
            ("0", {attribute: {"of": "Ben"}}),
            ("1", {"my-label": {}, "more": 1}),
            ("2", {attribute: None}),
        ]
        entries = [
            {"datasetObjectId": n, "consolidatedAnnotation": {"content": content}}
            for n, content in contents
        ]
        return [*entries, {"datasetObjectId": "3", "consolidatedAnnotation": []}]


def test_what_is_wrong_with_a_label_is_told_at_its_object(tmp_path: Path) -> None:
    """Several entries, of which the last stands; keys in the place of the label attribute."""
    job = SmallJob(tmp_path, 5)
    job.handlers = Careless(job.storage)
    with job.open(Retries(tries=1)) as engine:
        answers(engine, 5)
        views = {view.id: view for view in engine.objects(0, 10)}
        assert views["0"].label == {"of": "Ben"}
        [trouble] = views["0"].troubles
        assert "gave 2 entries for this object, and its label is the last one" in trouble
        assert engine.progress().troubled == 1
        assert engine.objects(0, 10, troubled=True) == [views["0"]]
        reasons = [views[n].reason for n in "1234"]
        assert reasons == [
            "ClientError: post-labeling gave no label: its content has 'my-label', 'more', and not "
            "the label attribute 'pictures' (labelAttributeName in the event)",
            "ClientError: post-labeling gave no label: its 'pictures' is null",
            "ClientError: post-labeling gave no label: its entry has no consolidatedAnnotation "
            "with a content",
            "ClientError: post-labeling gave no label",
        ]
        assert not any(views[n].troubles for n in "1234")
    job.handlers = Counting(job.storage)
    with job.open() as engine:
        assert engine.progress().troubled == 0
        assert engine.progress().labeled == 5


def test_what_is_wrong_with_an_object_is_kept_until_it_is_mended(tmp_path: Path) -> None:
    """The same twice changes nothing, so that no page is drawn anew for it."""
    with SmallJob(tmp_path, 2).open() as engine:
        engine.note_troubles("1", {Trouble.PAGE: "blank", Trouble.FILES: "none"})
        version = engine.version()
        engine.note_troubles("1", {Trouble.PAGE: "blank"})
        assert engine.version() == version
        assert engine.objects(1, 1)[0].troubles == ("none", "blank")
        assert engine.progress().troubled == 1
        engine.note_troubles("1", {Trouble.PAGE: None})
        assert engine.objects(1, 1)[0].troubles == ("none",)
        assert engine.version() > version
