"""What all commands that draw on the terminal share: consoles, errors, warnings from the log."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from labelwright.errors import LabelwrightError
from labelwright_local.printable import show

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

#: What Python puts into every log record; all else is what the message is about.
_STANDARD = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


def tell(word: str, text: str, style: str = "yellow") -> None:
    """Print a message to standard error, on one line however wide the terminal is."""
    errors.print(Text.assemble((word, style), " ", show(text, None)), soft_wrap=True)


def tell_error(error: LabelwrightError) -> None:
    """Print an error with the code that logs and labels call it by."""
    tell("error", f"[{error.code}] {error}", "bold red")


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
