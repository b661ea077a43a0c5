"""``labelwright run`` as a newcomer calls it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from labelwright_cli.main import app
from tests.local.jobs import TASK, SmallJob, answer

ROOT = Path(__file__).parents[2]
DATASETS = ROOT.parent / "shared" / "datasets"


def run(*arguments: str | Path) -> tuple[int, str]:
    """Call the command; return exit status and all it printed."""
    result = CliRunner().invoke(app, ["run", *map(str, arguments)], env={"COLUMNS": "200"})
    return result.exit_code, result.output


def small(tmp_path: Path) -> list[str | Path]:
    """Write a job of two objects, one unanswered; return the options that run it."""
    made = SmallJob(
        tmp_path, [{"source": "a"}, {"source": "b"}], [answer(0, "w", "owl"), answer(9, "w", "owl")]
    )
    return [
        "--task",
        tmp_path,
        "--manifest",
        made.manifest,
        "--answers",
        made.answers,
        "--workspace",
        tmp_path / "w",
    ]


def test_the_samples_run_without_another_option(tmp_path: Path) -> None:
    """Task and workspace are enough; the result is shown."""
    for task in (
        "abstract-entities", "image-classification", "text-classification", "response-comparison",
    ):  # fmt: skip
        status, output = run("--task", ROOT / "templates" / task, "--workspace", tmp_path / task)
        assert status == 0, output
        assert "accuracy of" in output
        assert "output manifest" in output


def test_the_sample_of_boxes_runs_without_another_option(tmp_path: Path) -> None:
    """Of its objects no label is known to be true, as a CSV file could tell it."""
    status, output = run("--task", "image-boxes", "--workspace", tmp_path)
    assert status == 0, output
    assert "14" in output
    assert "matched" in output


def test_labels_failures_and_files_are_shown(tmp_path: Path) -> None:
    """Counts by reason, the first labels, and where everything is."""
    status, output = run(*small(tmp_path))
    assert status == 0
    assert "Annotation tasks expired" in output
    assert "owl" in output
    assert str(tmp_path / "w") in output


MISCOUNTED = """
name = "who"
fields = [{name = "who", path = "who", kind = "spans", offsets = "codepoint"}]
"""
ELEMENT = '<crowd-form><crowd-entity-annotation name="who"></crowd-entity-annotation></crowd-form>'


def test_offsets_that_the_page_counts_otherwise_are_told_at_the_start(tmp_path: Path) -> None:
    """The job runs all the same: its labels would be wrong only after an emoji."""
    options = small(tmp_path)
    (tmp_path / "task.toml").write_text(MISCOUNTED, encoding="utf-8")
    (tmp_path / "template.liquid.html").write_text(ELEMENT, encoding="utf-8")
    status, output = run(*options)
    assert status == 0
    assert "warning: spans after an emoji would lie elsewhere" in output


def test_strict_makes_failed_objects_a_failure(tmp_path: Path) -> None:
    """For scripts that must not go on."""
    assert run(*small(tmp_path), "--strict")[0] == 1


def test_a_label_whose_file_is_missing_is_told(tmp_path: Path) -> None:
    """What is left of it is shown, with the reason, and strict takes it for a failure."""
    large = answer(0, "w", "owl")
    large["answerContent"]["notes"] = "x" * 30_000
    made = SmallJob(tmp_path, [{"source": "a"}], [large])
    options: list[str | Path] = [
        "--task", tmp_path, "--manifest", made.manifest, "--answers", made.answers,
        "--workspace", tmp_path / "w", "--strict",
    ]  # fmt: skip
    status, output = run(*options)
    assert (status, "damaged" in output) == (0, False), output
    for file in tmp_path.rglob("labels/refined/*.json"):
        file.unlink()
    status, output = run(*options)
    assert status == 1
    assert re.search(r"damaged +│ 1 │ s3://\S+/0.json: there is no such object", output), output
    assert "owl" in output


def test_mistakes_are_one_line_and_status_two(tmp_path: Path) -> None:
    """No traceback; the message says what to do."""
    status, output = run("--task", tmp_path)
    assert status == 2
    assert "task.toml" in output
    assert "Traceback" not in output
    status, output = run(*small(tmp_path), "--method", "guess")
    assert status == 2
    assert "dawid-skene" in output
    status, output = run("--manifest", tmp_path / "none", "--answers", tmp_path)
    assert status == 2
    assert "no such file" in output


@pytest.mark.parametrize("left_out", ["--manifest", "--answers"])
def test_the_sample_is_run_whole_or_not_at_all(tmp_path: Path, left_out: str) -> None:
    """Answers of one manifest are nothing to the lines of another."""
    task = ROOT / "templates" / "abstract-entities"
    sample = {"--manifest": "manifest.jsonl", "--answers": "answers.jsonl"}
    del sample[left_out]
    ((option, name),) = sample.items()
    status, output = run("--task", task, option, task / "sample" / name, "--workspace", tmp_path)
    assert status == 2
    assert f"error: {option} is named without {left_out}" in output
    assert "--browser N" in output
    assert not list(tmp_path.iterdir())


def test_mistakes_are_told_on_one_line(tmp_path: Path) -> None:
    """However long the paths in it are, and whatever brackets."""
    options = small(tmp_path)
    folder = tmp_path / "[bold]" / ("x" * 200)
    for mistake in (["--data", folder], ["--truth", folder], ["--job-name", "a_b"]):
        status, output = run(*options, *map(str, mistake))
        assert status == 2
        assert output.startswith("error: ")
        assert output.count("\n") == 1
        assert str(mistake[1]) in output
    assert not (tmp_path / "w").exists()


def test_a_workspace_that_is_a_file_is_told(tmp_path: Path) -> None:
    """No traceback."""
    (tmp_path / "file").write_text("")
    status, output = run(*small(tmp_path), "--workspace", tmp_path / "file")
    assert status == 2
    assert "can't be written (Not a directory)" in output
    assert "Traceback" not in output


def many(tmp_path: Path) -> list[str | Path]:
    """Write a job in which much goes wrong; return the options that run it."""
    text = [{"source": "a", "text-file-s3-uri": f"s3://texts/{n}.txt"} for n in range(300)]
    made = SmallJob(
        tmp_path,
        [*text, *({"source": str(n)} for n in range(3))],
        [
            *("nonsense" for _ in range(40)),
            answer(300, "w1", "owl"),
            {**answer(300, "w2", "owl"), "answerContent": {"bird": {"label": [1]}}},
            {**answer(301, "w1", ""), "answerContent": "no object"},
            answer(302, "w1", "heron"),
            answer(302, "w2", "owl"),
            answer(999, "w1", "owl"),
        ],
    )
    (tmp_path / "s3").mkdir()
    return [
        "--task", tmp_path, "--manifest", made.manifest, "--answers", made.answers,
        "--workspace", tmp_path / "w",
    ]  # fmt: skip


def test_what_went_wrong_is_told_by_reason_with_one_example_each(tmp_path: Path) -> None:
    """Three hundred missing texts are one row, not three hundred."""
    status, output = run(*many(tmp_path))
    assert status == 0
    words = " ".join(re.sub("[│┃]", " ", output).split())
    assert words.count("[object-not-found]") == 1
    assert "failed 300 ClientError: pre-labeling failed: [object-not-found]" in words
    assert "with --data (line 1, the first of them)" in words
    assert "with error 1 [no-answers]" in words
    assert "problems 1 [value-damaged] in 'species'" in words
    assert "problems 1 [annotation-damaged]" in words
    assert "1 recorded answer not used: the manifest has no object 999" in words
    assert "(40 like it)" in words
    assert "1 object has labels that the task does not declare: heron" in words


def test_strict_looks_at_everything_that_was_lost(tmp_path: Path) -> None:
    """Labels that hold only an error, and answers that could not be read."""
    whole: list[dict[str, Any] | str] = [answer(0, "w", "owl")]
    for name, answers, status in (
        ("good", whole, 0),
        ("error", [{**answer(0, "w", "owl"), "answerContent": "x"}], 1),
        ("unread", [*whole, "nonsense"], 1),
    ):
        folder = tmp_path / name
        folder.mkdir()
        made = SmallJob(folder, [{"source": "a"}], answers)
        options: list[str | Path] = [
            "--task",
            folder,
            "--manifest",
            made.manifest,
            "--answers",
            made.answers,
        ]
        assert run(*options, "--workspace", folder / "w", "--strict")[0] == status, name


@pytest.mark.parametrize("columns", [60, 200])
def test_names_are_never_cut(tmp_path: Path, columns: int) -> None:
    """Also where the terminal is narrow; and without labels to show there is no empty table."""
    task = TASK.replace("species", "species-of-bird").replace("birds", "a-job-of-birds")
    made = SmallJob(tmp_path, [{"source": "a"}], [answer(0, "w", "owl")], task)
    arguments = [
        "run", "--task", tmp_path, "--manifest", made.manifest, "--answers", made.answers,
        "--workspace", tmp_path / "w", "--show", "0",
    ]  # fmt: skip
    program = [sys.executable, "-c", "from labelwright_cli.main import main; main()"]
    environment = {**os.environ, "COLUMNS": str(columns)}
    found = subprocess.run(
        [*program, *map(str, arguments)],
        capture_output=True, text=True, check=True, env=environment,
    ).stdout  # fmt: skip
    for word in ("species-of-bird", "choice", "skill"):
        assert word in found
    assert "Labeling job a-job-of-birds\n" in found
    assert "The first" not in found


def truth(tmp_path: Path, *rows: str) -> Path:
    """Write true labels."""
    path = tmp_path / "truth.csv"
    path.write_text("task,label\n" + "".join(f"{row}\n" for row in rows))
    return path


def test_the_share_of_right_labels_is_told_with_and_without_ties(tmp_path: Path) -> None:
    """Two objects of which one is a tie; where there is none, nothing is said of ties."""
    answers = [answer(0, "a", "owl"), answer(1, "a", "owl"), answer(1, "b", "falcon")]
    made = SmallJob(tmp_path, [{"source": "a"}, {"source": "b"}], answers)
    options: list[str | Path] = [
        "--task", tmp_path, "--manifest", made.manifest, "--answers", made.answers,
        "--workspace", tmp_path / "w", "--method", "majority", "--truth",
    ]  # fmt: skip
    path = truth(tmp_path, "0,owl", "1,owl")
    told = f"accuracy of 'species' against {path}: "
    tie = "100.0% (2 of 2); 75.0% with its 1 tie broken at random\n"
    assert run(*options, path)[1].endswith(told + tie)
    path = truth(tmp_path, "0,owl", "1,falcon")
    tie = "50.0% (1 of 2); 75.0% with its 1 tie broken at random\n"
    assert run(*options, path)[1].endswith(told + tie)
    path = truth(tmp_path, "0,falcon")
    assert run(*options, path)[1].endswith(f"{told}0.0% (0 of 1)\n")


def test_a_truth_about_other_objects_is_refused_after_the_files_are_told(tmp_path: Path) -> None:
    """The job is done all the same."""
    status, output = run(*small(tmp_path), "--truth", truth(tmp_path, "a.jpg,owl"))
    assert status == 2
    assert "the line's number, counted from 0" in output
    assert output.index("output manifest") < output.index("counted from 0")


def test_a_truth_that_lacks_its_columns_is_refused(tmp_path: Path) -> None:
    """The needed columns are named."""
    (tmp_path / "truth.csv").write_text("a,b\n")
    status, output = run(*small(tmp_path), "--truth", tmp_path / "truth.csv")
    assert status == 2
    assert "'task' and 'label'" in output
    assert not (tmp_path / "w").exists()


@pytest.mark.skipif(not DATASETS.is_dir(), reason="the real data sets are not beside the project")
def test_a_real_finished_job_gives_the_published_accuracy(tmp_path: Path) -> None:
    """302 birds by five MTurk workers each: 90.2 % with ties broken at random."""
    job = DATASETS / "aws_birds_job"
    status, output = run(
        "--task", ROOT / "templates" / "image-classification",
        "--manifest", job / "output.manifest",
        "--answers", job / "worker-response",
        "--truth", DATASETS / "aws_birds" / "truth.csv",
        "--method", "majority", "--workspace", tmp_path,
    )  # fmt: skip
    assert status == 0, output
    assert "90.2% with its 3 ties broken at random" in output
    assert "302 objects have labels that the task does not declare: " in output
    (manifest,) = tmp_path.rglob("output.manifest")
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    assert len(lines) == 302
    for line in lines:
        assert "birds-open-images-clone" in line
        label = line["image-classification"]
        assert label["fields"]["species"]["undeclared"]
        assert len(label["annotationsFromAllWorkers"]) == 5


def test_nobody_is_asked_in_a_browser_what_can_not_be_answered(tmp_path: Path) -> None:
    """As before ``serve``, the manifest, its files and the page are looked at."""
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text('{"source": "a"}\nnot JSON\n', "utf-8")
    task = ("--task", "abstract-entities", "--manifest", manifest, "--browser", "1")
    status, output = run(*task, "--workspace", tmp_path / "w")
    assert status == 2
    assert f"{manifest}:2: error: not JSON" in output
    assert "the job is not started: 1 error" in output


def test_a_renamed_label_is_compared_by_its_present_name(tmp_path: Path) -> None:
    """The file with the truth may still have the old one."""
    call: list[str | Path] = [
        "--task", ROOT / "templates" / "image-classification", "--workspace", tmp_path,
    ]  # fmt: skip
    _, before = run(*call)
    renamed = CliRunner().invoke(
        app, ["rename-label", str(tmp_path / "image-classification"), "Rowan", "Mountain ash"]
    )
    assert "24 labels will be made anew" in renamed.output
    _, after = run(*call)
    told = re.compile(r"accuracy of .*: ([\d.]+)%")
    assert told.findall(after) == told.findall(before) != []
