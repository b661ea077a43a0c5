"""``labelwright consolidate``: labels from votes."""

import csv
import json
import shutil
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from labelwright_cli.main import app
from tests.consolidation.test_together import crowd
from tests.local.jobs import SmallJob, answer

VOTES = """task,worker,label
0,a,owl
0,b,owl
0,c,falcon
1,a,falcon
1,b,falcon
1,c,owl
2,a,owl
2,c,falcon
"""


def consolidate(*arguments: str | Path) -> tuple[int, str]:
    """Call the command; return exit status and all it printed."""
    found = CliRunner().invoke(app, ["consolidate", *map(str, arguments)], env={"COLUMNS": "200"})
    return found.exit_code, found.output


def rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    """Write eight votes of three workers."""
    path = tmp_path / "votes.csv"
    path.write_text(VOTES)
    return path


def test_every_task_gets_a_label_with_its_confidence(votes: Path, tmp_path: Path) -> None:
    """In the order of the file."""
    status, output = consolidate(votes, "--method", "majority", "--out", tmp_path / "labels.csv")
    assert status == 0, output
    assert [(row["task"], row["label"]) for row in rows(tmp_path / "labels.csv")] == [
        ("0", "owl"), ("1", "falcon"), ("2", "falcon"),
    ]  # fmt: skip
    assert float(rows(tmp_path / "labels.csv")[0]["confidence"]) == pytest.approx(2 / 3, abs=1e-6)
    assert "Krippendorff" in output


def test_what_one_more_answer_is_worth_is_told(votes: Path) -> None:
    """On the least sure tenth: here one object of three."""
    _, output = consolidate(votes)
    (line,) = [line for line in output.splitlines() if line.startswith("expected accuracy: ")]
    assert "with one more answer on the least sure object" in line


def test_the_least_file_is_told_in_the_singular(tmp_path: Path) -> None:
    """And what the numbers mean stands beside them."""
    path = tmp_path / "votes.csv"
    path.write_text("task,worker,label\n0,a,owl\n")
    _, output = consolidate(path)
    assert "1 vote of 1 worker on 1 task, 1 label; method skill" in output
    assert "1 is always, 0 as often as by chance" in output


def test_numbers_of_workers_are_explained(votes: Path) -> None:
    """Nobody knows by heart which agreement a column means."""
    _, output = consolidate(votes)
    assert "accuracy: estimated share of right answers" in output
    assert "kappa: agreement beyond chance" in output


def test_by_default_workers_are_weighed_by_skill(votes: Path, tmp_path: Path) -> None:
    """The one who is always against the others loses the tie."""
    consolidate(votes, "--out", tmp_path / "labels.csv")
    assert rows(tmp_path / "labels.csv")[2]["label"] == "owl"


def test_truth_tells_accuracy_ties_and_calibration(votes: Path, tmp_path: Path) -> None:
    """The tie counts half with random breaking."""
    truth = tmp_path / "truth.csv"
    truth.write_text("task,label\n0,owl\n1,falcon\n2,owl\n")
    _, output = consolidate(votes, "--method", "majority", "--truth", truth)
    assert "66.7% (2 of 3); 83.3% with 1 tie broken at random" in output
    assert "expected calibration error" in output


def test_gold_pins_a_task_and_counts_for_its_workers(votes: Path, tmp_path: Path) -> None:
    """Known labels are no test of themselves: accuracy leaves them out."""
    gold = tmp_path / "gold.csv"
    gold.write_text("task,label\n0,falcon\n")
    consolidate(votes, "--gold", gold, "--out", tmp_path / "l.csv", "--workers", tmp_path / "w.csv")
    assert rows(tmp_path / "l.csv")[0]["label"] == "falcon"
    known = [(r["worker"], r["gold_answers"], r["gold_right"]) for r in rows(tmp_path / "w.csv")]
    assert known == [("a", "1", "0"), ("b", "1", "0"), ("c", "1", "1")]


def test_bad_rows_are_named_and_the_others_count(tmp_path: Path) -> None:
    """By line, as an editor counts."""
    path = tmp_path / "votes.csv"
    path.write_text("task,worker,label\n0,a,owl\n0,b\n1,,owl\n1,b,owl\n")
    status, output = consolidate(path, "--out", tmp_path / "labels.csv")
    assert status == 0
    assert f"{path}:3:" in output
    assert f"{path}:4:" in output
    assert [row["task"] for row in rows(tmp_path / "labels.csv")] == ["0", "1"]


def test_bytes_that_are_not_utf_8_cost_their_row(tmp_path: Path) -> None:
    """Not the file."""
    path = tmp_path / "votes.csv"
    path.write_bytes(b"task,worker,label\n0,a,owl\n1,a,\xe9\n")
    status, output = consolidate(path)
    assert status == 0
    assert f"{path}:3: not UTF-8" in output


def write_csv(path: Path, header: str, given: list[tuple[object, ...]]) -> Path:
    """Write rows, whose last value becomes JSON unless it is a text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        for *first, last in given:
            writer.writerow([*first, last if isinstance(last, str) else json.dumps(last)])
    return path


SPAN = {"start": 0, "end": 3, "label": "A"}
OTHER = {"start": 4, "end": 7, "label": "B"}
BOX = {"left": 0, "top": 0, "width": 10, "height": 10, "label": "A"}
NEAR = {**BOX, "left": 1}
FAR = {**BOX, "left": 50}


@pytest.mark.parametrize(
    ("kind", "answers", "true", "told"),
    [
        ("number", [3, 3, 100], 4, "exactly right: 0.0% of 1; off by 1 on average"),
        ("text", ["yes", "yes", "no"], "yes", "exactly right: 100.0% of 1"),
        ("choices", [["a", "b"], ["a", "b"], ["a"]], ["a"],
         "exactly right: 0.0% of 1; F1 0.667 (1 right of 2 given and 1 true)"),
        ("choices", ["a", ["a"], []], ["a"], "exactly right: 100.0% of 1; F1 1.000"),
        ("spans", [[SPAN], [SPAN], [SPAN, OTHER]], [SPAN], "exactly right: 100.0% of 1"),
        ("spans", [{"entities": [SPAN]}, [SPAN]], [SPAN, OTHER],
         "F1 0.667 (1 right of 1 given and 2 true)"),
        ("boxes", [[BOX], [BOX], [NEAR]], {"boundingBoxes": [NEAR, FAR]},
         "F1 0.667 (1 right of 1 given and 2 true, hits overlap by half)"),
    ],
)  # fmt: skip
def test_every_kind_comes_from_csv_and_is_compared_with_truth(
    tmp_path: Path, kind: str, answers: list[object], true: object, told: str
) -> None:
    """A label is what the field's answer would be: JSON where it is more than a text."""
    votes = [("0", worker, value) for worker, value in zip("abc", answers, strict=False)]
    path = write_csv(tmp_path / "votes.csv", "task,worker,label", [*votes])
    truth = write_csv(tmp_path / "truth.csv", "task,label", [("0", true)])
    status, output = consolidate(
        path, "--kind", kind, "--truth", truth, "--out", tmp_path / "labels.csv"
    )
    assert status == 0, output
    assert told in output
    assert [row["task"] for row in rows(tmp_path / "labels.csv")] == ["0"]


def test_labels_of_several_are_also_judged_one_by_one(tmp_path: Path) -> None:
    """By the F1 of each."""
    given = [("0", w, ["a", "b"]) for w in "xyz"] + [("1", w, ["b"]) for w in "xyz"]
    path = write_csv(tmp_path / "votes.csv", "task,worker,label", [*given])
    truth = write_csv(tmp_path / "truth.csv", "task,label", [("0", ["a"]), ("1", ["b"])])
    _, output = consolidate(path, "--kind", "choices", "--truth", truth)
    assert "a: F1 1.000" in output
    assert "b: F1 0.667" in output


def test_a_label_that_is_not_of_its_kind_is_named_by_line(tmp_path: Path) -> None:
    """The others count."""
    path = write_csv(
        tmp_path / "votes.csv",
        "task,worker,label",
        [("0", "a", "3"), ("0", "b", "three"), ("1", "a", "4")],
    )
    status, output = consolidate(path, "--kind", "number", "--out", tmp_path / "labels.csv")
    assert status == 0
    assert f"{path}:3: not a number" in output
    assert [row["label"] for row in rows(tmp_path / "labels.csv")] == ["3.0", "4.0"]


def test_a_label_with_a_bad_part_is_named_by_line_and_the_rest_counts(tmp_path: Path) -> None:
    """One of two spans is damaged: the other is a vote."""
    damaged = {"start": 3, "end": 1, "label": "A"}
    given: list[tuple[object, ...]] = [("t", "a", [SPAN]), ("t", "b", [SPAN, damaged])]
    path = write_csv(tmp_path / "votes.csv", "task,worker,label", given)
    status, output = consolidate(path, "--kind", "spans", "--out", tmp_path / "labels.csv")
    assert status == 0, output
    assert f"in part {path}:3: " in output
    [row] = rows(tmp_path / "labels.csv")
    assert [span["label"] for span in json.loads(row["label"])] == [SPAN["label"]]


def test_what_a_label_in_a_file_has_lost_is_no_vote_against_others(tmp_path: Path) -> None:
    """As in a job: two of three lack the first span, and of both something was lost."""
    elsewhere = {"start": 90, "end": 95, "label": "A"}
    given = [("t", "u", [SPAN]), ("t", "v", [elsewhere, 5]), ("t", "w", [elsewhere, 6])]
    path = write_csv(tmp_path / "votes.csv", "task,worker,label", [*given])
    out = tmp_path / "labels.csv"
    assert consolidate(path, "--kind", "spans", "--method", "majority", "--out", out)[0] == 0
    [row] = rows(out)
    assert [span["confidence"] for span in json.loads(row["label"])] == [1.0, 2 / 3]


def test_texts_that_are_taken_for_choices_are_an_error_and_no_crash(tmp_path: Path) -> None:
    """As many labels as rows on as many tasks would take gigabytes."""
    path = write_csv(
        tmp_path / "texts.csv", "task,worker,label", [(n, "w", f"text {n}") for n in range(16_000)]
    )
    status, output = consolidate(path)
    assert status == 2
    assert "16,000 labels on 16,000 tasks" in output
    assert "--kind text" in output


def test_a_truth_that_is_not_of_its_kind_is_an_error(tmp_path: Path) -> None:
    """Half a truth would be mistaken for the whole."""
    path = write_csv(tmp_path / "votes.csv", "task,worker,label", [("0", "a", "3")])
    truth = write_csv(tmp_path / "truth.csv", "task,label", [("0", "three")])
    status, output = consolidate(path, "--kind", "number", "--truth", truth)
    assert (status, "--truth: task 0: not a number" in output) == (2, True)


def test_pairs_and_workers_are_shown_and_written(votes: Path, tmp_path: Path) -> None:
    """The pair that agrees the least first; all of them in the file."""
    status, output = consolidate(votes, "--pairs", tmp_path / "p.csv")
    assert status == 0, output
    found = {
        (r["worker"], r["other"]): (r["tasks"], r["agreement"]) for r in rows(tmp_path / "p.csv")
    }
    assert found == {("a", "b"): ("2", "1.0"), ("a", "c"): ("3", "0.0"), ("b", "c"): ("2", "0.0")}
    assert "pairs that agree the least, of 3" in output
    assert output.index("│ a      │ c") < output.index("│ a      │ b")
    assert "workers who are the least right" in output


def test_workers_of_every_kind_are_measured_on_gold(tmp_path: Path) -> None:
    """How many of the known values they gave, and how far they agree with others."""
    votes = [(str(task), worker, [SPAN]) for task in range(2) for worker in "ab"]
    path = write_csv(tmp_path / "votes.csv", "task,worker,label", [*votes, ("0", "c", [OTHER])])
    gold = write_csv(tmp_path / "gold.csv", "task,label", [("0", [SPAN])])
    status, output = consolidate(
        path, "--kind", "spans", "--gold", gold, "--workers", tmp_path / "w.csv"
    )
    assert status == 0, output
    known = [
        (r["worker"], r["agreement"], r["gold_answers"], r["gold_right"])
        for r in rows(tmp_path / "w.csv")
    ]
    assert known == [("a", "0.6667", "1", "1"), ("b", "0.6667", "1", "1"), ("c", "0.0", "1", "0")]
    assert "0 of 1" in output


def finished(tmp_path: Path) -> tuple[SmallJob, Path]:
    """Run a small job; return it and its folder."""
    answers = [answer(n, w, "owl") for n in range(3) for w in "abc"]
    small = SmallJob(tmp_path, [{"source": str(n)} for n in range(3)], answers)
    small.run()
    return small, small.storage.path(small.files.layout.prefix)


def test_a_finished_job_is_consolidated_again(tmp_path: Path) -> None:
    """From its worker responses, with or without its task."""
    _, folder = finished(tmp_path)
    choices: list[list[str | Path]] = [[], ["--task", tmp_path]]
    for options in choices:
        status, output = consolidate("--job", folder, *options, "--out", tmp_path / "l.csv")
        assert status == 0, output
        assert [row["label"] for row in rows(tmp_path / "l.csv")] == ["owl"] * 3


def test_a_finished_job_in_s3_is_read_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker responses are read where they are."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    small, _ = finished(tmp_path)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="out")
        for uri, data in small.all_files().items():
            client.put_object(Bucket="out", Key=uri.removeprefix("s3://"), Body=data)
        prefix = f"s3://out/{small.files.layout.prefix.removeprefix('s3://')}"
        status, output = consolidate("--job", prefix, "--out", tmp_path / "l.csv")
    assert status == 0, output
    assert len(rows(tmp_path / "l.csv")) == 3


def test_a_job_without_worker_responses_is_read_from_its_requests(tmp_path: Path) -> None:
    """They hold the same answers."""
    _, folder = finished(tmp_path)
    consolidate("--job", folder, "--out", tmp_path / "before.csv")
    shutil.rmtree(folder / "annotations" / "worker-response")
    status, output = consolidate("--job", folder, "--out", tmp_path / "after.csv")
    assert status == 0, output
    assert rows(tmp_path / "after.csv") == rows(tmp_path / "before.csv")


def test_worker_responses_that_were_copied_out_of_a_job_are_read(tmp_path: Path) -> None:
    """Under any name; an object is told by the folder that holds its file."""
    _, folder = finished(tmp_path)
    copy = shutil.copytree(folder / "annotations" / "worker-response", tmp_path / "Copy of: them")
    status, output = consolidate("--job", copy, "--out", tmp_path / "l.csv")
    assert status == 0, output
    assert [row["task"] for row in rows(tmp_path / "l.csv")] == ["0", "1", "2"]


def test_a_damaged_worker_response_is_told_by_its_file(tmp_path: Path) -> None:
    """The others are consolidated; where the request is there, its answers are in that."""
    _, folder = finished(tmp_path)
    damaged = next((folder / "annotations" / "worker-response").rglob("*.json"))
    damaged.write_text("{")
    for labels in (3, 2):
        status, output = consolidate("--job", folder, "--out", tmp_path / "l.csv")
        assert status == 0, output
        assert f"{damaged}: not a worker-response file" in output.replace("\n", "")
        assert len(rows(tmp_path / "l.csv")) == labels
        shutil.rmtree(folder / "annotations" / "consolidated-annotation", ignore_errors=True)


@pytest.mark.parametrize(
    "inside", ["annotations/worker-response/iteration-1/0", "annotations/consolidated-annotation"]
)
def test_a_part_of_a_job_is_known_by_its_place(inside: str, tmp_path: Path) -> None:
    """One object's answers, or the requests."""
    _, folder = finished(tmp_path)
    status, output = consolidate("--job", folder / inside, "--out", tmp_path / "l.csv")
    assert status == 0, output
    assert rows(tmp_path / "l.csv")[0]["task"] == "0"


def test_of_several_jobs_one_has_to_be_named(tmp_path: Path) -> None:
    """Their objects have the same ids, and are others."""
    _, folder = finished(tmp_path)
    shutil.copytree(folder, folder.parent / "other")
    status, output = consolidate("--job", folder.parent)
    assert status == 2
    assert "there are several jobs below it, name one" in output
    assert f"{folder}, {folder.parent / 'other'}" in output.replace("\n", "")


def test_spans_of_a_job_are_written_as_json(tmp_path: Path) -> None:
    """With agreement by character."""
    spans = [{"start": 0, "end": 3, "label": "A", "quote": "abc"}]
    lines = [
        json.dumps(
            {
                "datasetObjectId": "0",
                "workerId": worker,
                "answerContent": {"annotations": json.dumps({"value": spans})},
            }
        )
        for worker in "xyz"
    ]
    small = SmallJob(tmp_path, [{"source": "abc def"}], lines, task=None)
    small.run()
    folder = small.storage.path(small.files.layout.prefix)
    status, output = consolidate("--job", folder, "--out", tmp_path / "l.csv")
    assert status == 0, output
    (span,) = json.loads(rows(tmp_path / "l.csv")[0]["label"])
    assert (span["start"], span["end"], span["label"]) == (0, 3, "A")
    # Recognised fields are called by their paths: a task definition has names of its own.
    status, output = consolidate("--job", folder, "--field", "quality")
    assert status == 2
    assert "no field 'quality'" in output
    assert "for the fields of a task definition, name --task" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name either INPUT.csv or --job"),
        (["none.csv"], "No such file"),
        (["votes.csv", "--method", "guess"], "skill"),
        (["votes.csv", "--kind", "sound"], "--kind is one of"),
        (["--job", "nowhere"], "no such folder"),
    ],
)
def test_mistakes_are_told_in_one_line(
    votes: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    """Exit status 2, and what to do."""
    monkeypatch.chdir(votes.parent)
    status, output = consolidate(*arguments)
    assert status == 2
    assert output.startswith("error: ")
    assert message in output


@pytest.mark.parametrize("hard", [0.0, 0.35])
def test_workers_who_err_together_are_told_of(hard: float, tmp_path: Path) -> None:
    """Where a third of the tasks misleads all of them alike, and not where each errs alone."""
    votes = crowd(3, 20, hard, seed=0)
    columns = zip(votes.task.tolist(), votes.worker.tolist(), votes.label.tolist(), strict=True)
    path = tmp_path / "votes.csv"
    path.write_text("\n".join(["task,worker,label", *(f"{t},w{w},l{g}" for t, w, g in columns)]))
    status, output = consolidate(path)
    assert status == 0, output
    assert ("workers err together" in output) == bool(hard)
