"""``labelwright run`` as a newcomer calls it."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labelwright_local.cli import app
from tests.local.jobs import SmallJob, answer

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
    for task in ("abstract-entities", "image-classification"):
        status, output = run("--task", ROOT / "templates" / task, "--workspace", tmp_path / task)
        assert status == 0, output
        assert "accuracy of" in output
        assert "output manifest" in output


def test_labels_failures_and_files_are_shown(tmp_path: Path) -> None:
    """Counts by reason, the first labels, and where everything is."""
    status, output = run(*small(tmp_path))
    assert status == 0
    assert "Annotation tasks expired" in output
    assert "owl" in output
    assert str(tmp_path / "w") in output


def test_strict_makes_failed_objects_a_failure(tmp_path: Path) -> None:
    """For scripts that must not go on."""
    assert run(*small(tmp_path), "--strict")[0] == 1


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


def test_a_truth_that_lacks_its_columns_is_refused(tmp_path: Path) -> None:
    """The needed columns are named."""
    (tmp_path / "truth.csv").write_text("a,b\n")
    status, output = run(*small(tmp_path), "--truth", tmp_path / "truth.csv")
    assert status == 2
    assert "'task' and 'label'" in output


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
    (manifest,) = tmp_path.rglob("output.manifest")
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    assert len(lines) == 302
    for line in lines:
        assert "birds-open-images-clone" in line
        label = line["image-classification"]
        assert label["fields"]["species"]["undeclared"]
        assert len(label["annotationsFromAllWorkers"]) == 5


def test_the_wheel_and_the_source_tree_hold_the_same_modules(tmp_path: Path) -> None:
    """What `pip install` gives is what the tests ran on."""
    import subprocess
    import sys
    import zipfile

    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "wheel")
    packed = {
        path.relative_to(tmp_path / "wheel").as_posix()
        for path in (tmp_path / "wheel").rglob("*.py")
    }
    source = {
        path.relative_to(tree).as_posix()
        for tree in (ROOT / "functions", ROOT / "infra" / "local")
        for path in tree.rglob("*.py")
    }
    assert packed == source
    console = shutil.which("labelwright", path=str(Path(sys.executable).parent))
    assert console, "the console script is not installed"
    answered = subprocess.run([console, "--help"], check=True, capture_output=True, text=True)
    assert "replay" in answered.stdout
