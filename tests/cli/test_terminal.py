"""What commands print beside their results."""

import logging
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import labelwright_cli
from labelwright_cli.terminal import put, put_lines, remark, say, tell, told_warnings

app = typer.Typer()


@app.command()
def warn() -> None:
    """Log what a handler might."""
    with told_warnings():
        log = logging.getLogger("labelwright")
        for _ in range(3):
            log.warning("a text could not be read", extra={"code": "text-encoding"})
        log.warning("another")
        log.info("nothing to tell")


def test_a_warning_is_told_once_with_what_it_is_about_and_counted() -> None:
    """Twenty thousand objects with the same fault do not fill the screen."""
    assert CliRunner().invoke(app).stderr.splitlines() == [
        "warning: a text could not be read (code=text-encoding)",
        "warning: another",
        "warning: a text could not be read (code=text-encoding): 3 times in all",
    ]


def test_nothing_is_left_behind() -> None:
    """The logger is the handlers' own again."""
    before = list(logging.getLogger("labelwright").handlers)
    with told_warnings():
        assert logging.getLogger("labelwright").handlers != before
    assert logging.getLogger("labelwright").handlers == before


WILD = "a\x1b[2J [bold]\u202e.jsonl"
TAMED = "a\\x1b[2J [bold]\\u202e.jsonl"


def test_whatever_is_printed_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    """A file's name moves no cursor, and square brackets are no markup."""
    say(WILD, "bold")
    put(WILD, (WILD, "red"))
    put_lines(f"{WILD}\n{WILD}")
    remark(WILD)
    tell("odd:", WILD)
    out, err = capsys.readouterr()
    assert out.splitlines() == [TAMED, TAMED * 2, TAMED, TAMED]
    assert err.splitlines() == [TAMED, f"odd: {TAMED}"]


def test_nothing_is_printed_past_the_terminal_module() -> None:
    """Commands and displays ask it, so that nothing is forgotten."""
    package = Path(labelwright_cli.__file__).parent
    printing = {
        path.name
        for path in package.rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in ("echo(", "secho(", "Console("))
    }
    assert printing == {"terminal.py"}
