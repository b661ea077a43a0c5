"""A whole labeling job on this machine."""

import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from labelwright.contract.manifest import EXPIRED, labels_of
from labelwright.errors import MethodError, StorageUnavailable, UsageError
from labelwright_lambda.whole_job.answers import Requests
from labelwright_local.finished_job.report import labels_by_id, summarise_fields
from labelwright_local.finished_job.ties import tied_labels
from labelwright_local.finished_job.truth import compare_labels
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.texts import job_storage
from tests.local.jobs import NOW, TASK, SmallJob, answer, run

SKIPPING = TASK + '[[skip]]\nwhen = "key-equals"\nkey = "kind"\nvalue = "easy"\n'


def line(number: int) -> dict[str, object]:
    """Make a data object: a picture that nobody has to have."""
    return {"source-ref": f"s3://pictures/{number}.jpg", "row": number}


def job(tmp_path: Path, objects: int = 3, workers: int = 3) -> SmallJob:
    """Make a job in which all workers say owl."""
    answers = recorded(objects, workers)
    return SmallJob(tmp_path, [line(n) for n in range(objects)], answers)


def recorded(objects: int, workers: int = 3) -> list[dict[str, Any]]:
    """Return the answers of workers who all say owl."""
    return [answer(n, f"w{w}", "owl") for n in range(objects) for w in range(workers)]


def test_every_object_comes_out_labeled_and_its_other_keys_stay(tmp_path: Path) -> None:
    """The label and the service's metadata are added to the line."""
    small = job(tmp_path)
    assert [outcome.outcome for outcome in small.run()] == ["labeled"] * 3
    for number, found in enumerate(small.output()):
        assert found["source-ref"] == f"s3://pictures/{number}.jpg"
        assert found["row"] == number
        assert found["birds-job"]["fields"]["species"]["value"] == "owl"
        assert found["birds-job-metadata"] == {
            "type": "groundtruth/custom",
            "job-name": "birds-job",
            "human-annotated": "yes",
            "creation-date": "2026-01-02T03:04:05.000000",
        }


def test_the_workspace_holds_the_services_own_files(tmp_path: Path) -> None:
    """Under the names and in the folders that Ground Truth uses."""
    small = job(tmp_path, objects=1)
    small.run()
    below = {uri.removeprefix(small.files.layout.prefix + "/") for uri in small.all_files()}
    assert below == {
        "annotation-tool/data.json",
        "annotations/intermediate/1/annotations.manifest",
        "annotations/worker-response/iteration-1/0/2026-01-02_03:04:05.json",
        "annotations/consolidated-annotation/consolidation-request/iteration-1/"
        "2026-01-02_03:04:05.json",
        "annotations/consolidated-annotation/consolidation-response/iteration-1/"
        "2026-01-02_03:04:05.json",
        "manifests/output/output.manifest",
        "labelwright/job.json",
        "labelwright/refined.json",
        "labelwright/refined.manifest",
        "labelwright/votes",
        "labelwright/run.lock",
        "labelwright/history.jsonl",
        "labelwright/renames.json",
        "labelwright/skipped.jsonl",
        "labelwright/unreadable.jsonl",
    }


def test_answers_are_objects_in_worker_responses_and_strings_in_requests(tmp_path: Path) -> None:
    """As the service has it in the two places."""
    small = job(tmp_path, objects=1, workers=1)
    small.run()
    files = small.all_files()
    (response,) = [json.loads(data) for uri, data in files.items() if "worker-response" in uri]
    (request,) = [json.loads(data) for uri, data in files.items() if "consolidation-request" in uri]
    assert response["answers"][0]["answerContent"] == {"bird": {"label": "owl"}}
    content = request[0]["annotations"][0]["annotationData"]["content"]
    assert json.loads(content) == {"bird": {"label": "owl"}}


def test_the_first_iteration_has_ten_objects_and_batches_at_most_fifty(tmp_path: Path) -> None:
    """As the service hands them over."""
    small = job(tmp_path, objects=120, workers=1)
    small.run()
    requests = Requests(small.files.layout, small.storage)
    sizes = [
        (name.iteration, len(requests.read(uri).objects))
        for name, uri in sorted(requests.named().items())
    ]
    assert sizes == [(1, 10), (2, 50), (2, 50), (2, 10)]


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    """Same workspace, same files, byte for byte."""
    small = job(tmp_path, objects=12)
    first = small.run()
    before = small.all_files()
    assert small.run() == first
    assert small.all_files() == before


def test_a_run_that_was_cut_short_is_taken_up(tmp_path: Path) -> None:
    """What lacks is done, what is there stays."""
    small = job(tmp_path, objects=12)
    expected = small.run()
    before = small.all_files()
    lost = [
        uri for uri in before if re.search("consolidation-response/iteration-2|output.man", uri)
    ]
    for uri in lost:
        small.storage.path(uri).unlink()
    assert small.run() == expected
    assert small.all_files() == before


def test_another_job_of_the_same_name_is_refused(tmp_path: Path) -> None:
    """The message says what differs and what to do."""
    small = job(tmp_path)
    small.run()
    with pytest.raises(UsageError, match=r"different: method.*--job-name"):
        small.run(method="dawid-skene")


def test_an_object_that_nobody_answered_fails_in_the_services_words(tmp_path: Path) -> None:
    """There is no label, only metadata with the reason."""
    small = SmallJob(tmp_path, [line(0), line(1)], [answer(0, "w", "owl")])
    small.run()
    failed = small.output()[1]
    assert "birds-job" not in failed
    assert failed["birds-job-metadata"] == {
        "retry-count": 1,
        "failure-reason": EXPIRED,
        "human-annotated": "true",
    }


def test_a_skipped_object_keeps_its_line_and_its_reason_is_told(tmp_path: Path) -> None:
    """Nobody saw it, nobody labeled it."""
    easy = {**line(0), "kind": "easy"}
    small = SmallJob(tmp_path, [easy, line(1)], [answer(1, "w", "owl")], SKIPPING)
    small.run()
    assert small.output()[0] == easy
    told = json.loads(small.storage.read(small.files.layout.own("skipped.jsonl")))
    assert told["datasetObjectId"] == "0"
    assert told["reason"].startswith("key-equals:")


def test_an_object_that_has_the_label_already_is_not_sent_again(tmp_path: Path) -> None:
    """Chaining a job to its own output labels only what is missing."""
    small = job(tmp_path, objects=2)
    small.run()
    chained = tmp_path / "chained"
    chained.mkdir()
    lines = [small.output()[0], line(1)]
    again = SmallJob(chained, lines, [answer(0, "w", "falcon"), answer(1, "w", "falcon")])
    assert [outcome.outcome for outcome in again.run()] == ["skipped", "labeled"]
    assert again.output()[0] == lines[0]


def test_an_earlier_jobs_labels_stay_beside_the_new_ones(tmp_path: Path) -> None:
    """A chained job adds, it takes nothing away."""
    old = {**line(0), "old": 3, "old-metadata": {"job-name": "labeling-job/old", "type": "x"}}
    small = SmallJob(tmp_path, [old], [answer(0, "w", "owl")])
    small.run()
    (found,) = small.output()
    assert found["old"] == 3
    assert {label.attribute for label in labels_of(found)} == {"old", "birds-job"}


def test_a_line_that_is_no_json_costs_only_itself(tmp_path: Path) -> None:
    """It is told with its number; the others keep theirs as ids."""
    small = SmallJob(
        tmp_path,
        [line(0), "{'source-ref': 's3://x/y'}", line(2)],
        [answer(0, "w", "owl"), answer(2, "w", "falcon")],
    )
    outcomes = small.run()
    assert [o.outcome for o in outcomes] == ["labeled", "unreadable", "labeled"]
    told = json.loads(small.storage.read(small.files.layout.own("unreadable.jsonl")))
    assert (told["line"], told["datasetObjectId"]) == (2, "1")
    assert told["reason"].startswith("not JSON")
    assert small.output()[1]["birds-job"]["fields"]["species"]["value"] == "falcon"


def test_an_object_that_pre_labeling_fails_on_is_failed_with_the_reason(tmp_path: Path) -> None:
    """A text that is not there is an error where no rule skips it."""
    broken = {**line(0), "text-file-s3-uri": "s3://texts/none.txt"}
    small = SmallJob(tmp_path, [broken, line(1)], [answer(0, "w", "owl"), answer(1, "w", "owl")])
    assert [outcome.outcome for outcome in small.run()] == ["failed", "labeled"]
    reason = small.output()[0]["birds-job-metadata"]["failure-reason"]
    assert "[object-not-found] s3://texts/none.txt" in reason


class _FullDisk(FolderStorage):
    """A folder in which labels that moved out find no room."""

    def write(self, uri: str, data: bytes) -> None:
        if "/labelwright/labels/" in uri:
            raise StorageUnavailable(uri, "no room")
        super().write(uri, data)


def test_a_batch_that_post_labeling_fails_on_costs_its_objects_only(tmp_path: Path) -> None:
    """Each has the reason, the other batches are labeled, and the next run makes up for it."""
    answers = [answer(n, "w", "owl") for n in range(11)]
    answers[10]["answerContent"]["notes"] = "x" * 30_000
    small = SmallJob(tmp_path, [line(n) for n in range(11)], answers)
    outcomes = run(small.spec(), _FullDisk(small.storage.root))
    assert [outcome.outcome for outcome in outcomes] == ["labeled"] * 10 + ["failed"]
    assert "[storage-unavailable]" in (outcomes[10].reason or "")
    assert {outcome.outcome for outcome in small.run()} == {"labeled"}


def test_a_method_that_does_not_exist_is_told_before_any_work(tmp_path: Path) -> None:
    """Whether the task names it or the command."""
    wrong = SmallJob(tmp_path, [line(0)], [], TASK + 'method = "nonsense"\n')
    with pytest.raises(MethodError, match="field 'species'"):
        wrong.run()
    with pytest.raises(MethodError, match="dawid-skene"):
        job(tmp_path).run(method="nonsense")
    assert not (tmp_path / "workspace").exists()


def test_a_label_attribute_that_the_service_refuses_is_refused_here(tmp_path: Path) -> None:
    """The reason is told before anything is written."""
    small = job(tmp_path)
    with pytest.raises(UsageError, match=r"without underscores.*--job-name"):
        run(replace(small.spec(), label_attribute="a_b"), small.storage)
    assert not (tmp_path / "workspace").exists()


@pytest.mark.parametrize("name", ["a_b", "x" * 64, "-a", ""])
def test_a_name_that_the_service_refuses_is_refused_here(tmp_path: Path, name: str) -> None:
    """Told with the option that names a job."""
    with pytest.raises(UsageError, match=r"1 to 63 letters.*--job-name"):
        run(replace(job(tmp_path).spec(), name=name), job(tmp_path).storage)
    assert not (tmp_path / "workspace").exists()


def test_a_method_that_no_field_of_the_job_has_is_refused(tmp_path: Path) -> None:
    """It would change nothing, and nobody would notice."""
    with pytest.raises(MethodError, match="median"):
        job(tmp_path).run(method="median")


@pytest.mark.parametrize("held", ["[]", "{", '"x"'])
def test_a_damaged_description_of_the_job_is_told(tmp_path: Path, held: str) -> None:
    """With the file, and what to delete."""
    small = job(tmp_path)
    small.run()
    small.storage.write(small.files.layout.own("job.json"), held.encode())
    with pytest.raises(UsageError, match=r"job\.json: .* is damaged"):
        small.run()


def test_a_run_keeps_another_one_out(tmp_path: Path) -> None:
    """Two at a time would ask for the same labels twice."""
    small = job(tmp_path)
    with (
        JobOnDisk(small.storage, small.files.layout).alone(),
        pytest.raises(UsageError, match="another run is working"),
    ):
        small.run()
    assert {outcome.outcome for outcome in small.run()} == {"labeled"}


def test_batches_have_names_of_their_own_and_none_lies_in_the_future(tmp_path: Path) -> None:
    """Also where a run was cut short and is taken up in the same second."""
    small = job(tmp_path, objects=220, workers=1)
    small.run()
    batches = small.files.batches()
    moments = [batch.moment for batch in batches]
    assert moments == sorted(set(moments))
    assert moments[-1] == NOW
    for batch in batches[3:]:
        small.storage.path(batch.request_uri).unlink()
        small.storage.path(batch.response_uri).unlink()
    assert {outcome.outcome for outcome in small.run()} == {"labeled"}
    again = [batch.moment for batch in small.files.batches()]
    assert again == sorted(set(again))
    assert max(again) == NOW
    assert all(found["birds-job-metadata"]["creation-date"] <= "2026-01-02T03:04:05.000000"
               for found in small.output())  # fmt: skip


def test_a_batch_that_comes_later_is_named_later(tmp_path: Path) -> None:
    """What informs what is told by the order of names."""
    small = job(tmp_path, objects=1)
    small.run()
    there = small.files.batches()
    named = small.files.new_batches([1, 2], there, NOW)
    assert [batch.name for batch in [*there, *named]] == [
        "2026-01-02_03:04:05", "2026-01-02_03:04:06", "2026-01-02_03:04:07",
    ]  # fmt: skip


def test_without_the_folder_of_texts_no_text_counts_as_missing(tmp_path: Path) -> None:
    """The job stops before workers are told that there is nothing to label."""
    skipping = TASK + '[[skip]]\nwhen = "text-empty"\n'
    named = {**line(0), "text-file-s3-uri": "s3://texts/none.txt"}
    small = SmallJob(tmp_path, [named], [answer(0, "w", "owl")], skipping)
    storage = job_storage(tmp_path / "workspace", None, small.manifest)
    with pytest.raises(UsageError, match=r"there is no folder .*s3 with them; --data names"):
        run(small.spec(), storage)
    (tmp_path / "s3").mkdir()
    storage = job_storage(tmp_path / "workspace", None, small.manifest)
    assert [o.outcome for o in run(small.spec(), storage)] == ["skipped"]


def test_a_job_without_texts_needs_no_folder_of_them(tmp_path: Path) -> None:
    """Pictures need not be here either."""
    small = job(tmp_path)
    storage = job_storage(tmp_path / "workspace", None, small.manifest)
    assert {o.outcome for o in run(small.spec(), storage)} == {"labeled"}


def test_damaged_recorded_answers_are_named_and_cost_nothing_else(tmp_path: Path) -> None:
    """File and line are told."""
    small = SmallJob(tmp_path, [line(0)], ["nonsense", {"workerId": "w"}, answer(0, "w", "owl")])
    faults = small.recorded().faults
    assert [fault.place.rsplit("answers.jsonl", 1)[1] for fault in faults] == [":1", ":2"]
    assert all(fault.reason.startswith("not a recorded answer") for fault in faults)
    assert small.run()[0].outcome == "labeled"


def test_a_folder_of_worker_responses_is_as_good_as_recorded_answers(tmp_path: Path) -> None:
    """What one job stored, another can run on."""
    small = job(tmp_path)
    small.run()
    small.answers = small.storage.path(small.files.layout.worker_responses)
    small.storage = type(small.storage)(tmp_path / "second")
    small.files.storage = small.storage
    assert [outcome.outcome for outcome in small.run()] == ["labeled"] * 3


def test_without_a_task_fields_are_recognised_by_shape(tmp_path: Path) -> None:
    """Any template's answers run."""
    small = SmallJob(tmp_path, [line(0)], [answer(0, "w", "owl")], task=None)
    (outcome,) = small.run()
    assert outcome.label["fields"]["bird"]["value"] == "owl"


def test_accuracy_counts_ties_as_decided_and_as_broken_at_random(tmp_path: Path) -> None:
    """One tie of two among three objects: half a point of difference."""
    answers = [answer(0, "a", "owl"), answer(1, "a", "owl"), answer(1, "b", "falcon")]
    small = SmallJob(tmp_path, [line(0), line(1), line(2)], answers)
    labels = labels_by_id(small.run(method="majority"), small.storage.read)
    ties = partial(tied_labels, small.spec("majority"), small.files)
    found = compare_labels(labels, {"0": "owl", "1": "owl", "2": "owl"}, None, "012", ties)
    assert found.compared is not None
    assert (found.compared.compared, found.compared.exact, found.compared.expected) == (2, 2, 1.5)
    assert (found.compared.ties, found.without_label) == (1, 1)


def test_the_summary_tells_agreement_and_ties_of_each_field(tmp_path: Path) -> None:
    """Two who agree and two who do not."""
    answers = [answer(n, w, "owl") for n in (0, 1) for w in "ab"]
    answers[-1] = answer(1, "b", "falcon")
    small = SmallJob(tmp_path, [line(0), line(1)], answers)
    labels = labels_by_id(small.run(method="majority"), small.storage.read)
    (summary,) = summarise_fields(small.spec("majority"), small.files, labels)
    assert (summary.answered, summary.ties, summary.agreement) == (2, 1, 0.5)


def test_a_manifest_and_its_recorded_answers_grow_together(tmp_path: Path) -> None:
    """What is new is labeled; the labels that are there stay."""
    small = job(tmp_path, objects=2)
    small.run()
    before = small.output()
    lines = [line(number) for number in range(3)]
    grown = SmallJob(tmp_path, lines, [*recorded(2), *recorded(3, 12)[24:]])
    assert [outcome.outcome for outcome in grown.run()] == ["labeled"] * 3
    assert grown.output()[:2] == before
    assert grown.output()[2]["birds-job"]["fields"]["species"]["votes"] == {"owl": 12}


def test_recorded_answers_that_the_job_has_must_stay(tmp_path: Path) -> None:
    """They are named by their line."""
    small = job(tmp_path, objects=2)
    small.run()
    changed = SmallJob(tmp_path, [line(0), line(1)], recorded(2)[:-1])
    with pytest.raises(UsageError, match="answers to line 2 are not those"):
        changed.run()
