"""Every command, given what is not there, a folder, nothing, or something else entirely."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from labelwright_cli.displays.serve import counts
from labelwright_cli.main import app
from labelwright_local.engine.model import JobProgress
from labelwright_local.printable import counted
from tests.samples.rendering import TEMPLATES

TASK = TEMPLATES / "image-classification"
SAMPLE = TASK / "sample"
#: Commands by how they are called; WRONG is the wrong file.
COMMANDS = {
    "manifest check": ("manifest", "check", "WRONG"),
    "manifest filter": ("manifest", "filter", "WRONG", "--task", TASK),
    "manifest failed": ("manifest", "failed", "WRONG"),
    "consolidate": ("consolidate", "WRONG"),
    "consolidate --job": ("consolidate", "--job", "WRONG"),
    "replay": ("replay", "WRONG"),
    "preview": ("preview", "WRONG", "--check"),
    "preview --input": ("preview", TASK / "template.liquid.html", "--check", "--input", "WRONG"),
    "preview --task": ("preview", TASK / "template.liquid.html", "--check", "--task", "WRONG"),
    "run --task": ("run", "--task", "WRONG"),
    "run --manifest": ("run", "--manifest", "WRONG", "--answers", SAMPLE / "answers.jsonl"),
    "run --answers": ("run", "--manifest", SAMPLE / "manifest.jsonl", "--answers", "WRONG"),
    "run --truth": ("run", "--task", TASK, "--truth", "WRONG"),
    "serve --task": ("serve", "--task", "WRONG"),
    "serve --manifest": ("serve", "--task", TASK, "--manifest", "WRONG"),
    "serve --template": ("serve", "--task", TASK, "--template", "WRONG"),
}


def call(command: str, wrong: Path, workspace: Path) -> Result:
    """Call a command with a wrong file."""
    arguments = [str(wrong) if part == "WRONG" else str(part) for part in COMMANDS[command]]
    if command.startswith(("run", "serve")):
        arguments += ["--workspace", str(workspace)]
    if command == "manifest filter":
        arguments += ["--skipped", str(workspace)]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_that_no_file_can_have_is_one_line(command: str, tmp_path: Path) -> None:
    """The system refuses to look for it."""
    result = call(command, tmp_path / ("x" * 300), tmp_path / "w")
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert line.startswith("error: ")
    assert "too long" in line


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("what", ["missing", "a folder"])
def test_what_can_not_be_read_is_one_line_with_a_remedy(
    command: str, what: str, tmp_path: Path
) -> None:
    """Which file, what is wrong with it, and after a semicolon what the command takes."""
    wrong = tmp_path / "wrong"
    if what == "a folder":
        wrong.mkdir()
    result = call(command, wrong, tmp_path / "w")
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    [line] = result.stderr.splitlines()
    assert line.startswith("error")
    assert str(wrong) in line
    assert "; " in line or "there " in line


#: With these a manifest or page whose content is bad starts a job or a server: bad lines are
#: told in the job's result, and a page's faults in preview.
STARTS = {"serve --manifest", "serve --template", "run --manifest"}


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - STARTS))
@pytest.mark.parametrize("content", [b"", b"{not JSON", b"hello\nworld\n", b"\xff\xfe\x00"])
def test_other_content_is_told_without_a_traceback(
    command: str, content: bytes, tmp_path: Path
) -> None:
    """Where it is, at least; an empty list of objects is no fault when nothing is to be done."""
    wrong = tmp_path / "wrong"
    wrong.write_bytes(content)
    result = call(command, wrong, tmp_path / "w")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert str(wrong) in result.output
    nothing_to_do = content == b"" and command in ("manifest filter", "manifest failed")
    assert result.exit_code in ((0,) if nothing_to_do else (1, 2))


@pytest.mark.parametrize("command", ["run --manifest", "serve --manifest"])
def test_a_job_without_objects_does_not_start(command: str, tmp_path: Path) -> None:
    """It would seem to have succeeded."""
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"\n\n")
    result = call(command, wrong, tmp_path / "w")
    assert result.exit_code == 2
    assert "no objects in it; write a line for each" in result.stderr


def test_answers_of_which_none_can_be_read_are_told_with_the_first_reason(tmp_path: Path) -> None:
    """Else every object would seem to have expired."""
    wrong = tmp_path / "wrong"
    wrong.write_text('{"datasetObjectId": "0", "workerId": "w", "answer": {}}\n')
    result = call("run --answers", wrong, tmp_path / "w")
    assert result.exit_code == 2
    assert f"{wrong}: no recorded answers in it" in result.stderr
    assert f"{wrong}:1: not a recorded answer: answerContent: is needed" in result.stderr


def test_numbers_agree_with_their_nouns() -> None:
    """In all that commands print."""
    assert [counted(count, "vote") for count in (0, 1, 2_000)] == [
        "0 votes",
        "1 vote",
        "2,000 votes",
    ]


def test_a_served_job_tells_what_ended_otherwise_than_labeled() -> None:
    """A line of the manifest that could not be read is not simply done."""
    progress = JobProgress(
        waiting=1, open=0, answered=0, labeled=2, failed=1, skipped=0, unreadable=3,
        without_label=0, answers=1, workers=1, workers_per_object=3,
        paused=False, stopped=False, finished=False, version=0,
    )  # fmt: skip
    assert counts(progress) == (
        "7 objects: 2 labeled, 1 failed, 3 unreadable, 1 not done yet; 1 answer of 1 worker; "
        "3 workers for each object"
    )
