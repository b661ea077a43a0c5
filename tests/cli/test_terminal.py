"""What commands print beside their results."""

import logging

import typer
from typer.testing import CliRunner

from labelwright_cli.terminal import told_warnings

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
