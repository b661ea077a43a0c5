"""The door: what is loaded for a call, how errors end, and what the table of commands says."""

import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

import labelwright_cli.commands
from labelwright.errors import StorageError, UsageError
from labelwright_cli.lazy import LazyCommand, full_command
from labelwright_cli.main import app
from tests.cli import bare_app

ROOT = Path(__file__).parents[2]
_LOADED = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
from {module} import main
main()
"""


def loaded(*arguments: str, module: str = "labelwright_cli.main") -> set[str]:
    """Return the modules that a process of its own has loaded for a call."""
    code = _LOADED.format(module=module)
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return set(json.loads(process.stderr))


def table(group: TyperGroup | None = None) -> Iterator[LazyCommand]:
    """Yield the commands of the table, those of groups too."""
    found = group or typer.main.get_command(app)
    assert isinstance(found, TyperGroup)
    for command in found.commands.values():
        if isinstance(command, LazyCommand):
            yield command
        else:
            assert isinstance(command, TyperGroup)
            yield from table(command)


COMMANDS = list(table())


def test_help_loads_no_more_than_typer_and_the_table() -> None:
    """Whoever looks for a command waits for none of them."""
    bare = loaded("--help", module="tests.cli.bare_app")
    ours = loaded("--help") - bare
    assert ours == {
        "gc",  # Python's own, no file.
        "labelwright",
        "labelwright.errors",
        "labelwright_cli",
        "labelwright_cli.lazy",
        "labelwright_cli.main",
    }


def test_the_bare_app_has_as_many_commands() -> None:
    """Else the comparison, and that of the benchmark, would not be fair."""
    bare = typer.main.get_command(bare_app.app)
    ours = typer.main.get_command(app)
    assert isinstance(bare, TyperGroup)
    assert isinstance(ours, TyperGroup)
    assert bare.commands.keys() == ours.commands.keys()
    groups = (bare.commands["manifest"], ours.commands["manifest"])
    assert groups[0].commands.keys() == groups[1].commands.keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.module)
def test_a_commands_help_loads_that_command_alone(command: LazyCommand) -> None:
    """And no server, no browser and no AWS before one is needed."""
    modules = loaded(*command.module.rstrip("_").replace("_", "-").split("."), "--help")
    prefix = "labelwright_cli.commands."
    of_commands = {name.removeprefix(prefix) for name in modules if name.startswith(prefix)}
    assert of_commands - {"manifest"} == {command.module}
    heavy = {"boto3", "playwright"}
    if command.module != "serve":
        heavy |= {"uvicorn", "starlette", "jinja2"}
    if command.module.startswith(("manifest", "preview")):
        heavy |= {"numpy"}
    assert not heavy & modules


def test_every_module_of_commands_is_in_the_table_once() -> None:
    """No command is written that nobody can call."""
    package = labelwright_cli.commands
    found = {
        module.name.removeprefix(f"{package.__name__}.")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not module.ispkg
    }
    assert sorted(command.module for command in COMMANDS) == sorted(found)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.module)
def test_the_table_says_of_a_command_what_its_docstring_says(command: LazyCommand) -> None:
    """The summary is its first paragraph."""
    paragraph = (command.load().help or "").split("\n\n")[0]
    assert command.help == " ".join(paragraph.split())


def test_the_version_is_that_of_the_package() -> None:
    """Said in one line, without a command."""
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, "labelwright 0.1.0\n")


def test_no_command_is_answered_with_help() -> None:
    """A newcomer sees what there is."""
    told = CliRunner().invoke(app, []).output
    assert all(f" {name} " in told for name in ("run", "serve", "manifest"))


def test_a_mistyped_command_is_answered_with_the_one_that_was_meant() -> None:
    """Also among those of manifests."""
    assert "'consolidate'" in CliRunner().invoke(app, ["consolidat"]).stderr
    assert "'filter'" in CliRunner().invoke(app, ["manifest", "filtr"]).stderr


def test_a_command_that_is_like_none_is_answered_with_all_of_them() -> None:
    """Status 2, as for every call that can't be understood."""
    result = CliRunner().invoke(app, ["labell"])
    told = " ".join(result.stderr.replace("│", " ").split())
    assert result.exit_code == 2
    assert "No such command 'labell'. The commands are init, run, serve, rename-label, " in told


def failing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Let ``run`` raise an error."""

    def run() -> None:
        raise error

    monkeypatch.setattr(LazyCommand, "load", lambda command: full_command(command.name, run))
    return CliRunner()


@pytest.mark.parametrize("arguments", [["run"], ["manifest", "check"]])
@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UsageError("name a [bold]\x1b[2J file"), "error: name a [bold]\\x1b[2J file\n"),
        (StorageError("s3://b/k", "gone"), "error: [storage] s3://b/k: gone\n"),
        (PermissionError(13, "Permission denied", "d/x"), "error: d/x: Permission denied\n"),
    ],
)
def test_an_error_that_was_foreseen_is_one_line_and_status_two(
    arguments: list[str], error: Exception, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever command raises it; with a code where there is something to look up."""
    result = failing(error, monkeypatch).invoke(app, arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", line)


def test_an_error_that_nobody_foresaw_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a fault of ours, and whoever reports it needs to say where."""
    error = ZeroDivisionError("never")
    assert failing(error, monkeypatch).invoke(app, ["run"]).exception is error


@pytest.mark.parametrize("columns", ["12", "80"])
def test_help_is_written_to_a_terminal_that_knows_ascii_only(columns: str) -> None:
    """Its frames have characters of their own."""
    process = subprocess.run(
        [sys.executable, "-c", "from labelwright_cli.main import main; main()", "--help"],
        capture_output=True, check=False,
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "COLUMNS": columns},
    )  # fmt: skip
    assert (process.returncode, process.stderr) == (0, b"")


def test_characters_that_the_terminal_lacks_are_escaped(tmp_path: Path) -> None:
    """A terminal that knows ASCII only still gets its line."""
    process = subprocess.run(
        [sys.executable, "-c", "from labelwright_cli.main import main; main()",
         "manifest", "check", str(tmp_path / "é.jsonl")],
        capture_output=True, check=False, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert process.returncode == 2
    assert process.stderr.startswith(b"error: ")
    assert b"\\xe9.jsonl" in process.stderr
