"""Workers' labels in a CSV file, read piece by piece with a bar."""

from collections.abc import Callable, Iterator
from pathlib import Path

from labelwright.answers.columns import Column
from labelwright.answers.values import read_known
from labelwright.consolidation.choice_column import column_of
from labelwright.consolidation.votes import Votes
from labelwright.errors import UsageError
from labelwright.task.definition import FieldDefinition
from labelwright_cli.terminal import errors, tell
from labelwright_cli.votes_csv.lines import BadRow
from labelwright_cli.votes_csv.reading import RowFault, read_votes
from labelwright_local.printable import counted

#: Bytes at a time: what is made of them stays in the processor's cache.
_CHUNK = 1 << 18
#: Files as large as that take long enough for a bar.
_LARGE = 1 << 24
#: Bad rows that are named; of further ones only the number is told.
_MOST_NAMED = 1_000


def read_column(path: Path, field: FieldDefinition) -> Column:
    """Read a file whose labels are values of the field, as an answer has them.

    Bad rows are told and left out, or, where the rest of a label is good, told.

    Raises:
        UsageError: the file can't be read, or is none.
    """

    def fault(text: str) -> RowFault | None:
        reading = read_known(field, text)
        if reading.value is None:
            return RowFault("; ".join(reading.problems) or "no answer", whole=True)
        return RowFault("; ".join(reading.problems), whole=False) if reading.problems else None

    votes = _read(path, fault)
    read = [read_known(field, text) for text in votes.labels]
    partial = frozenset(number for number, reading in enumerate(read) if reading.partial)
    return column_of(field, votes, [reading.value for reading in read], partial)


def _read(path: Path, check: Callable[[str], RowFault | None]) -> Votes:
    try:
        votes, bad, partly = read_votes(_chunks(path), check)
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; INPUT.csv is a CSV file with the columns task, worker and "
            "label"
        ) from None
    except ValueError as error:
        raise UsageError(f"{path}:1: {error}; expected task,worker,label") from None
    _tell_bad(path, "left out", bad)
    _tell_bad(path, "in part", partly)
    return votes


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(_CHUNK), b"")
        size = path.stat().st_size
        yield from chunks if size < _LARGE else _with_bar(chunks, size)


def _with_bar(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        bar = progress.add_task("", total=size)
        for chunk in chunks:
            yield chunk
            progress.advance(bar, len(chunk))


def _tell_bad(path: Path, what: str, bad: tuple[BadRow, ...]) -> None:
    for row in bad[:_MOST_NAMED]:
        tell(what, f"{path}:{row.line}: {row.reason}")
    if len(bad) > _MOST_NAMED:
        tell(
            what,
            f"{path}: {counted(len(bad) - _MOST_NAMED, 'more row')}, to line {bad[-1].line}",
        )
