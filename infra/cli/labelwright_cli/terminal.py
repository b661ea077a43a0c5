"""The one way to the terminal: what is printed from here is escaped, whatever is in it."""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment
from rich.text import Text

from labelwright.errors import LabelwrightError, UsageError
from labelwright_local.printable import LAID_OUT, printable


class _Visible:
    """Something to be printed, with whatever text comes of it escaped, styles left as they are."""

    def __init__(self, inner: ConsoleRenderable) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._inner, options):
            text, style, control = segment
            yield segment if control else Segment(printable(text, None, LAID_OUT), style)


class _AllVisible(RenderHook):
    """Whatever is handed to a console, by whichever display: it can't forget to escape."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Let nothing through but what can be seen."""
        return [_Visible(item) for item in renderables]


#: For tables and bars, whose cells are made by :func:`cell`, and for words of our own.
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)
for _console in (console, errors):
    _console.push_render_hook(_AllVisible())

#: What Python puts into every log record; all else is what the message is about.
_STANDARD = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


def cell(text: str, style: str = "") -> Text:
    """Make a text fit to be shown whole, in a table or elsewhere."""
    return Text(printable(text, None), style)


def say(text: str, style: str = "") -> None:
    """Print one line, however wide the terminal is."""
    console.print(cell(text, style), soft_wrap=True)


def remark(text: str) -> None:
    """Print one line to standard error: what is no result, but about it."""
    errors.print(cell(text), soft_wrap=True)


def tell(word: str, text: str, style: str = "yellow") -> None:
    """Print a message to standard error: a word in colour, and a text on the same line."""
    errors.print(Text.assemble((word, style), " ", printable(text, None)), soft_wrap=True)


def tell_error(error: LabelwrightError) -> None:
    """Print an error with the code that logs, labels and our documentation call it by.

    How a command was called wrongly is nothing to look up: such an error has no code here.
    """
    code = "" if isinstance(error, UsageError) else f"[{error.code}] "
    tell("error:", f"{code}{error}", "bold red")


def put(*parts: str | tuple[str, str], to_stderr: bool = False) -> None:
    """Print parts as one line, a pair being a text and its colour (``red``).

    For what comes by the hundred thousand: a rich console takes forty times as long.
    """
    line = "".join(
        printable(part, None)
        if isinstance(part, str)
        else typer.style(printable(part[0], None), fg=part[1], bold=True)
        for part in parts
    )
    # Without a terminal, typer leaves the colours out by itself.
    typer.echo(line, err=to_stderr, color=False if os.environ.get("NO_COLOR") else None)


def put_lines(text: str) -> None:
    """Print a text of several lines to standard output, as programs read it."""
    for line in text.split("\n"):
        put(line)


class _Warnings(logging.Handler):
    """Prints each warning of ours once, at once, and counts those that say the same."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Print a warning that was not there before."""
        extras = [
            f"{name}={value}" for name, value in record.__dict__.items() if name not in _STANDARD
        ]
        text = record.getMessage() + (f" ({', '.join(extras)})" if extras else "")
        self._counts[text] += 1
        if self._counts[text] == 1:
            tell(f"{record.levelname.lower()}:", text)

    def tell_counts(self) -> None:
        """Say how often the warnings were repeated."""
        for text, count in self._counts.items():
            if count > 1:
                tell("warning:", f"{text}: {count:,} times in all")


@contextmanager
def told_warnings() -> Iterator[None]:
    """Print what the handlers log as a warning, as long as this lasts.

    Through rich's own console, so that it does not tear a progress bar.
    """
    log = logging.getLogger("labelwright")
    handler = _Warnings()
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        handler.tell_counts()
