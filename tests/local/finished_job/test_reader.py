"""Any job is read whole: ours or the service's own, done or half done, wherever it was copied."""

import json
import shutil
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from labelwright.answers.values import Span
from labelwright.errors import UsageError
from labelwright.task.definition import Kind
from labelwright_local.finished_job.model import LabelledBox, LabelledSpan
from labelwright_local.finished_job.reader import read_job
from tests.local.finished_job.builtin import (
    TEXT,
    box_job,
    classes,
    entity_job,
    line,
    several_job,
    write_job,
)
from tests.local.jobs import SmallJob, answer

DATASETS = Path(__file__).parents[4] / "shared" / "datasets"
BIRDS, OLD = DATASETS / "aws_birds_job", DATASETS / "workspace-0.1.0"


def small_job(folder: Path) -> tuple[SmallJob, Path]:
    """Run a small job; return it and its folder."""
    answers = [answer(n, worker, "owl") for n in range(3) for worker in ("w1", "w2")]
    small = SmallJob(folder, [{"source": f"call {n}"} for n in range(3)], answers)
    small.run()
    return small, small.storage.path(small.files.layout.prefix)


def test_a_job_of_ours_has_labels_and_answers(tmp_path: Path) -> None:
    """Every line has its label, every worker's answer with its time."""
    small_job(tmp_path)
    job = read_job(str(tmp_path))
    assert (job.name, job.attribute, job.built_in) == ("birds-job", "birds-job", False)
    assert [field.name for field in job.fields] == ["species"]
    assert [item.text for item in job.objects] == ["call 0", "call 1", "call 2"]
    for item in job.objects:
        label = item.label("species")
        assert label is not None
        assert (label.kind, label.value) == (Kind.CHOICE, "owl")
        assert label.confidence is not None
        assert [each.worker for each in item.answers] == ["w1", "w2"]
        assert {each.values["species"] for each in item.answers} == {"owl"}
        assert {each.seconds for each in item.answers} == {4.5}
    assert job.faults == ()


@pytest.mark.parametrize("inside", ["", "workspace", "workspace/s3/labelwright-local/output"])
def test_a_job_is_found_in_whatever_holds_it(inside: str, tmp_path: Path) -> None:
    """The job's folder as init makes it, its workspace, a bucket's folder: all are the same job."""
    small_job(tmp_path)
    job = read_job(str(tmp_path / inside))
    assert [field.path for field in job.fields] == ["bird.label"]
    assert len(job.objects) == 3


def test_several_jobs_are_named_and_none_is_taken(tmp_path: Path) -> None:
    """Whoever asks has to say which."""
    _, folder = small_job(tmp_path)
    shutil.copytree(folder, folder.parent / "other")
    with pytest.raises(UsageError, match=r"several jobs below it, name one: .*birds-job, .*other"):
        read_job(str(tmp_path))
    assert len(read_job(str(folder.parent / "other")).objects) == 3


def test_of_a_job_served_and_simulated_the_served_one_is_read(tmp_path: Path) -> None:
    """Its folder alone names it: what simulated workers answered is a trial."""
    small_job(tmp_path)
    (tmp_path / "task.toml").write_text('name = "birds-job"', encoding="utf-8")
    shutil.copytree(tmp_path / "workspace", tmp_path / "simulated")
    shutil.rmtree(tmp_path / "workspace/s3/labelwright-local/output/birds-job/annotations")
    read = read_job(str(tmp_path))
    assert read.place.startswith(str(tmp_path / "workspace"))
    assert read_job(str(tmp_path / "simulated")).objects


def test_labels_of_the_whole_job_come_first(tmp_path: Path) -> None:
    """They are in a manifest of their own; the output manifest stays what the service has."""
    small, folder = small_job(tmp_path)
    lines = small.output()
    for each in lines:
        each["birds-job"]["fields"]["species"]["value"] = "falcon"
    refined = folder / "labelwright" / "refined.manifest"
    refined.write_text("".join(json.dumps(each) + "\n" for each in lines))
    labels = [item.label("species") for item in read_job(str(folder)).objects]
    assert [label.value for label in labels if label] == ["falcon"] * 3


def test_a_label_that_moved_into_a_file_is_found_where_the_job_was_copied(tmp_path: Path) -> None:
    """Its address names the bucket where the job ran."""
    small, folder = small_job(tmp_path)
    lines = small.output()
    whole = lines[0]["birds-job"]
    moved = folder / "labelwright" / "labels" / "iteration-1" / "0.json"
    moved.parent.mkdir(parents=True)
    moved.write_text(json.dumps(whole))
    address = "s3://elsewhere/out/birds-job/labelwright/labels/iteration-1/0.json"
    lines[0]["birds-job"] = {"schema": "labelwright/1", "fields": {}, "annotationsRef": address}
    copy = tmp_path / "copied"
    shutil.copytree(folder, copy)
    (copy / "labelwright" / "refined.manifest").unlink()
    output = copy / "manifests" / "output" / "output.manifest"
    output.write_text("".join(json.dumps(each) + "\n" for each in lines))
    label = read_job(str(copy)).objects[0].label("species")
    assert label is not None
    assert label.value == "owl"


def test_a_label_leads_to_no_file_outside_of_its_job(tmp_path: Path) -> None:
    """Its address is from whoever's function made it; what it names elsewhere is a fault."""
    small, folder = small_job(tmp_path)
    lines = small.output()
    outside = tmp_path / "labelwright" / "secret.json"
    outside.parent.mkdir()
    outside.write_text(json.dumps(lines[0]["birds-job"]))
    address = "s3://x/birds-job/labelwright/../../../../../../labelwright/secret.json"
    lines[0]["birds-job"] = {"schema": "labelwright/1", "fields": {}, "annotationsRef": address}
    (folder / "labelwright" / "refined.manifest").unlink()
    output = folder / "manifests" / "output" / "output.manifest"
    output.write_text("".join(json.dumps(each) + "\n" for each in lines))
    job = read_job(str(folder))
    assert job.objects[0].labels == ()
    assert [fault.place.endswith("object 0") for fault in job.faults] == [True]
    assert len(job.objects[0].answers) == 2


def test_one_class_is_read_with_its_name(tmp_path: Path) -> None:
    """The index is a number in real files and a text in the documentation's."""
    made = [
        line({"source-ref": f"s3://b/{number}.jpg"}, label.pop("label"), **label)
        for number, label in enumerate([classes(9, "Canary"), classes("3", "Wren", 0.6)])
    ]
    write_job(tmp_path, made, [{"w1": {"crowd-image-classifier": {"label": "Canary"}}}])
    job = read_job(str(tmp_path))
    assert job.built_in
    labels = [item.label("crowd-image-classifier") for item in job.objects]
    assert [(each.value, each.confidence) for each in labels if each] == [
        ("Canary", 0.8),
        ("Wren", 0.6),
    ]
    assert job.objects[0].answers[0].values == {"crowd-image-classifier": "Canary"}
    assert job.objects[1].answers == ()


def test_several_classes_are_read_with_their_confidences(tmp_path: Path) -> None:
    """A label's own confidence is the least of them."""
    several_job(tmp_path)
    item = read_job(str(tmp_path)).objects[0]
    label = item.labels[0]
    assert (label.kind, label.value, label.confidence) == (Kind.CHOICES, ("rain", "sun"), 0.7)
    assert label.parts == {"rain": 0.9, "sun": 0.7}
    assert item.answers[0].values == {"crowd-classifier-multi-select": ("rain", "sun")}


def test_boxes_are_read_with_their_classes_and_the_picture_s_size(tmp_path: Path) -> None:
    """A picture without any box has a label, too."""
    box_job(tmp_path)
    job = read_job(str(tmp_path))
    first, _, empty = (item.labels[0] for item in job.objects)
    assert first.name == "boundingBox"
    assert list(first.image or ()) == [200, 100]
    assert first.value[0] == LabelledBox(10, 20, 30, 40, "nest", 0.6)
    assert empty.value == ()
    assert job.objects[1].answers[0].values["boundingBox"].boxes[0].label == "bird"


def test_entities_are_turned_into_code_points(tmp_path: Path) -> None:
    """The element counts UTF-16 units of the text as a page shows it: emoji and CR LF."""
    entity_job(tmp_path)
    job = read_job(str(tmp_path))
    item = job.objects[0]
    value = item.labels[0].value
    assert value == (LabelledSpan(2, 8, "PLACE", 0.9), LabelledSpan(14, 18, "PLACE", 0.7))
    assert [TEXT[span.start : span.end] for span in value] == ["Bergen", "Oslo"]
    answered = (Span(2, 8, "PLACE"), Span(14, 18, "PLACE"))
    assert [each.values["crowd-entity-annotation"] for each in item.answers] == [answered] * 2
    assert job.objects[1].labels == ()


def test_what_is_damaged_costs_nothing_else(tmp_path: Path) -> None:
    """A line, a file, one answer of a file: each is told with its place."""
    made = [line({"source": f"t{number}"}, 0, **{"class-name": "a"}) for number in range(4)]
    content = {"crowd-classifier": {"label": "a"}}
    folder = write_job(tmp_path, made, [{"w1": content, "w2": content}] * 4)
    output = folder / "manifests" / "output" / "output.manifest"
    lines = output.read_text().splitlines()
    lines[1] = '{"source": '
    output.write_text("\n".join(lines))
    files = sorted((folder / "annotations").rglob("*.json"))
    files[2].write_text("{")
    half = json.loads(files[3].read_text())
    del half["answers"][0]["workerId"]
    files[3].write_text(json.dumps(half))
    job = read_job(str(tmp_path))
    assert [len(item.answers) for item in job.objects] == [2, 2, 0, 1]
    assert [len(item.labels) for item in job.objects] == [1, 0, 1, 1]
    places = {fault.place: fault.reason for fault in job.faults}
    assert set(places) == {f"{output}:2", str(files[2]), str(files[3])}
    assert places[str(files[3])].startswith("answers[0]")


def test_a_label_has_to_be_named_where_lines_have_several(tmp_path: Path) -> None:
    """Of a chained job; the one that bears the job's name is its own."""
    earlier = {"earlier": 1, "earlier-metadata": {"job-name": "x", "class-name": "old"}}
    made = line({"source": "t", **earlier}, 0, **{"class-name": "new"})
    folder = write_job(tmp_path, [made])
    assert read_job(str(tmp_path)).objects[0].labels[0].value == "new"
    assert read_job(str(tmp_path), attribute="earlier").objects[0].labels[0].value == "old"
    renamed = folder.rename(folder.parent / "copy")
    with pytest.raises(UsageError, match="--attribute: city, earlier"):
        read_job(str(renamed))


def test_an_object_that_failed_says_why(tmp_path: Path) -> None:
    """It has no label, and its line is there."""
    metadata = {"failure-reason": "Annotation tasks expired", "job-name": "city-job"}
    write_job(tmp_path, [{"source": "t", "city-metadata": metadata}])
    item = read_job(str(tmp_path)).objects[0]
    assert (item.labels, item.error) == ((), "Annotation tasks expired")


def test_a_folder_without_a_job_is_refused(tmp_path: Path) -> None:
    """It says what a job would have."""
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UsageError, match="no output manifest, no worker-response files"):
        read_job(str(tmp_path))


def test_a_job_is_read_in_s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its prefix, or by its output manifest."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    folder = entity_job(tmp_path)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="out")
        for path in folder.rglob("*.*"):
            key = f"output/{path.relative_to(tmp_path).as_posix()}"
            client.put_object(Bucket="out", Key=key, Body=path.read_bytes())
        prefix = "s3://out/output/city-job"
        jobs = [read_job(prefix), read_job(f"{prefix}/manifests/output/output.manifest")]
    for job in jobs:
        assert [len(item.answers) for item in job.objects] == [2, 0]
        assert job.objects[0].labels[0].value[0][:2] == (2, 8)


@pytest.mark.skipif(not BIRDS.is_dir(), reason="the data set is not here")
def test_a_real_built_in_job_cut_in_half_keeps_every_answer(tmp_path: Path) -> None:
    """302 pictures by five workers; half of the labels and half of the answers are gone."""
    copy = shutil.copytree(BIRDS, tmp_path / "birds")
    lines = [json.loads(each) for each in (copy / "output.manifest").read_text().splitlines()]
    for number, each in enumerate(lines):
        if number % 2:
            kept = {"source-ref": each["source-ref"]}
            lines[number] = kept
            shutil.rmtree(next((copy / "worker-response").glob(f"*/{number}")))
    (copy / "output.manifest").write_text("".join(json.dumps(each) + "\n" for each in lines))
    job = read_job(str(copy))
    assert len(job.objects) == 302
    assert sum(len(item.answers) for item in job.objects) == 5 * 151
    assert sum(bool(item.labels) for item in job.objects) == 151
    assert job.objects[0].labels[0].value == "Canary"
    assert job.faults == ()


@pytest.mark.skipif(not OLD.is_dir(), reason="the data set is not here")
def test_a_half_done_workspace_has_the_answers_of_its_state_too(tmp_path: Path) -> None:
    """Answers that are in no batch yet are nowhere else; names are those that workers gave."""
    copy = shutil.copytree(OLD, tmp_path / "old")
    job = read_job(str(copy / "workspace"))
    accepted = json.loads((copy / "accepted.json").read_text())
    assert sum(len(item.answers) for item in job.objects) == len(accepted)
    assert len(job.objects) == 24
    assert sum(bool(item.labels) for item in job.objects) == 12
    assert set(job.names.values()) >= {"Ada", "Bram", "Chidi"}
