"""``labelwright preview``, above all its ``--check``."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from labelwright_cli.main import app
from labelwright_local.http.listening import LOOPBACK, listen
from tests.samples.rendering import TEMPLATES

GOOD = (
    '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
    "<crowd-form>{{ task.input.text }}</crowd-form>"
)


def check(template: Path, *options: str) -> Result:
    """Run the check."""
    return CliRunner().invoke(app, ["preview", str(template), "--check", *options])


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Write a good template."""
    path = tmp_path / "t.html"
    path.write_text(GOOD, "utf-8")
    return path


def test_a_good_template_passes(template: Path) -> None:
    """Also strictly."""
    result = check(template, "--strict")
    assert result.exit_code == 0
    assert result.stdout == ""


def test_an_error_fails_with_its_place(template: Path) -> None:
    """As compilers tell it."""
    template.write_text(f"{GOOD}\n{{{{ 1 | nope }}}}", "utf-8")
    result = check(template)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{template}:2:8: error: unknown filter 'nope'")
    assert "1 error, 0 warnings" in result.stderr


def test_a_warning_fails_strictly_only(template: Path, tmp_path: Path) -> None:
    """Such as a variable that the input lacks."""
    (tmp_path / "input.json").write_text("{}", "utf-8")
    options = ("--input", str(tmp_path / "input.json"))
    assert check(template, *options).exit_code == 0
    assert check(template, *options, "--strict").exit_code == 1
    assert "missing-variable" in check(template, *options).stdout


def test_a_page_that_answers_none_of_the_tasks_fields_is_told(template: Path) -> None:
    """Before a job runs for nothing: fields and controls are both named."""
    template.write_text(f'{GOOD}<input name="remarks">', "utf-8")
    result = check(template, "--task", str(TEMPLATES / "abstract-entities"))
    assert result.exit_code == 0
    assert "no field of the task definition can be answered" in result.stdout
    assert "'notes' (path annotations.notes)" in result.stdout
    assert "the page's controls are 'remarks'" in result.stdout


@pytest.mark.parametrize("task", sorted(path.parent.name for path in TEMPLATES.glob("*/task.toml")))
def test_a_task_that_comes_along_passes_strictly(task: str) -> None:
    """By its name alone: its page, with the first object of its sample."""
    result = CliRunner().invoke(app, ["preview", "--task", task, "--check", "--strict"])
    assert result.exit_code == 0
    assert result.stdout == ""


def test_neither_page_nor_task_is_an_error() -> None:
    """It says what may be named."""
    result = CliRunner().invoke(app, ["preview", "--check"])
    assert result.exit_code == 2
    assert "name a template, or a task's folder with --task" in result.stderr


def test_a_task_without_a_sample_is_checked_with_an_input(template: Path, tmp_path: Path) -> None:
    """As the message without one says: the fields are the task's, the task input is the file's."""
    task = tmp_path / "task"
    task.mkdir()
    (task / "task.toml").write_bytes((TEMPLATES / "abstract-entities/task.toml").read_bytes())
    result = check(template, "--task", str(task))
    assert result.exit_code == 2
    assert "name a manifest with --manifest, or a task input with --input" in result.stderr
    (tmp_path / "input.json").write_text('{"text": "x"}', "utf-8")
    result = check(template, "--task", str(task), "--input", str(tmp_path / "input.json"))
    assert result.exit_code == 0
    assert "the page has no control with a name" in result.stdout


def test_an_object_of_ones_own_manifest_is_prepared(template: Path, tmp_path: Path) -> None:
    """By pre-labeling with the task's definition; objects are beside the manifest."""
    template.write_text(f"{GOOD}{{{{ task.input.nope }}}}", "utf-8")
    (tmp_path / "mine.jsonl").write_text(
        '{"source": "a"}\n{"source-ref": "s3://bucket/a.png", "text-file-s3-uri": "s3://bucket/a"}\n'
    )
    (tmp_path / "s3" / "bucket").mkdir(parents=True)
    (tmp_path / "s3" / "bucket" / "a").write_text("Some text.", "utf-8")
    task = ("--task", str(TEMPLATES / "abstract-entities"))
    options = (*task, "--manifest", str(tmp_path / "mine.jsonl"), "--object", "1")
    result = check(template, *options)
    assert result.exit_code == 0, result.output
    assert "'task.input.nope' is not in the task input" in result.stdout
    assert "'task.input.text'" not in result.stdout
    assert check(template, *task, "--manifest", "none").exit_code == 2


def test_without_a_task_the_input_is_the_whole_line(template: Path, tmp_path: Path) -> None:
    """As ``serve`` gives it to pages that know nothing of ours."""
    template.write_text(f"{GOOD}{{{{ task.input.header }}}}{{{{ task.input.nope }}}}", "utf-8")
    manifest = tmp_path / "mine.jsonl"
    manifest.write_text('{"source": "a", "header": "Which?"}\n', "utf-8")
    result = check(template, "--manifest", str(manifest))
    assert result.exit_code == 0, result.output
    assert "'task.input.nope' is not in the task input" in result.stdout
    assert "'task.input.header'" not in result.stdout
    both = check(template, "--manifest", str(manifest), "--input", str(manifest))
    assert both.exit_code == 2
    assert "two ways to a task input" in both.stderr


def test_a_page_of_a_batch_is_checked_with_one_of_its_rows(tmp_path: Path) -> None:
    """Columns are its variables, also those that only the second row has a value for."""
    page, batch = tmp_path / "page.html", tmp_path / "batch.csv"
    page.write_text("<p>${a} ${b}</p><input name='x'>", "utf-8")
    batch.write_text("a,b\n1,\n2,3\n", "utf-8")
    result = check(page, "--input", str(batch), "--object", "1")
    assert (result.exit_code, "0 warnings" in result.output) == (0, True)
    batch.write_text("a\n1\n", "utf-8")
    result = check(page, "--input", str(batch))
    assert "'${b}' is no column of the batch" in result.output
    assert check(page, "--input", str(batch), "--object", "1").exit_code == 2


def test_control_characters_of_a_template_do_not_reach_the_terminal(template: Path) -> None:
    """They are shown instead."""
    template.write_text(f'{GOOD}<input name="a.\x1b[31m">', "utf-8")
    output = check(template).stdout
    assert "\x1b" not in output
    assert "\\x1b" in output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--input", "none.json"), "none.json: No such file"),
        (("--task", "none"), "none/task.toml: No such file"),
        (("--data", "none"), "there is no such folder"),
    ],
)
def test_what_can_not_be_read_ends_with_status_2(
    template: Path, options: tuple[str, ...], says: str
) -> None:
    """And the reason."""
    result = check(template, *options)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_template_that_is_no_text_is_told(template: Path) -> None:
    """With the place."""
    template.write_bytes(b"<p>\xff")
    result = check(template)
    assert result.exit_code == 2
    assert "not UTF-8 at byte 3" in result.stderr


def test_a_port_that_is_taken_is_told(template: Path) -> None:
    """With the option that names another, and before an address is printed."""
    with listen(LOOPBACK, 0) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["preview", str(template), "--port", port])
    assert result.exit_code == 2
    assert f"port {port} can't be taken" in result.stderr
    assert "--port" in result.stderr
    assert result.stdout == ""
