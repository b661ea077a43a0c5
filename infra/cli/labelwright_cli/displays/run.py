"""What ``labelwright run`` shows while a job runs and when it is done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from labelwright.contract.base import Json
from labelwright.label.words import value_in_words
from labelwright.quality.reasons import MOST_SHOWN, Alike, Reason
from labelwright_cli.terminal import console
from labelwright_local.engine.spec import ObjectOutcome
from labelwright_local.finished_job.report import (
    FieldSummary,
    problems,
    strangers,
    undeclared,
    with_error,
    without_label,
)
from labelwright_local.printable import counted, printable
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.recorded_answers import RecordedAnswers

_MOST_NAMES = 10
_WIDE = 80


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each step of a job, from the first on; yields what the job reports to."""
    columns = (
        TextColumn("{task.description:>16}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    progress = Progress(*columns, console=console)
    bars: dict[str, TaskID] = {}

    def report(what: str, done: int, total: int) -> None:
        if not bars:
            progress.start()
        if what not in bars:
            bars[what] = progress.add_task(what, total=total)
        progress.update(bars[what], completed=done, total=total)

    try:
        yield report
    finally:
        if bars:
            progress.stop()


def _line(text: str, style: str = "") -> None:
    """Print a line that no width breaks, whatever it holds."""
    console.print(Text(printable(text, None), style), soft_wrap=True)


def _table() -> Table:
    """Make a table; where lines would take the room of words, without lines."""
    wide = console.width >= _WIDE
    return Table() if wide else Table(box=None, pad_edge=False)


def show_counts(
    name: str,
    recorded: RecordedAnswers,
    outcomes: Sequence[ObjectOutcome],
    labels: Mapping[str, Mapping[str, Json]],
) -> None:
    """Show how many objects there are, what became of them, and what was wrong with answers."""
    table = Table(show_header=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")

    def row(what: str, times: int, text: str, style: str) -> None:
        table.add_row(Text(what, style), f"{times:,}", Text(printable(text, None)))

    row("objects", len(outcomes), "", "")
    row("labels", len(labels), "", "green")
    for text, group in _with_examples(with_error(labels)):
        row("with error", group.times, text, "yellow")
    for text, group in _with_examples(without_label(outcomes)):
        what = group.first.what
        row(what, group.times, text, "yellow" if what == "skipped" else "red")
    for found in problems(labels)[:MOST_SHOWN]:
        where = f" in '{found.field}'" if found.field else ""
        text = f"[{found.code}]{where}: {found.reason} ({_such_as(found.times, found.object_id)})"
        row("problems", found.times, text, "yellow")
    _line(f"Labeling job {name}", "bold")
    console.print(table)
    if unknown := strangers(recorded, outcomes):
        count = sum(len(recorded.answers[identifier]) for identifier in unknown)
        _line(
            f"{counted(count, 'recorded answer')} not used: the manifest has no object "
            f"{_names(unknown)}",
            "yellow",
        )


def _with_examples(groups: Sequence[Alike]) -> Iterator[tuple[str, Alike]]:
    """Yield the reasons as they are shown; those beyond the most shown are summed up."""
    for group in groups[:MOST_SHOWN]:
        more = ", the first of them" if group.times > 1 else ""
        yield f"{group.first.reason} ({group.first.where}{more})", group
    rest = groups[MOST_SHOWN:]
    for what in dict.fromkeys(group.first.what for group in rest):
        times = sum(group.times for group in rest if group.first.what == what)
        yield "for other reasons", Alike(times, Reason(what, "", ""))


def _such_as(times: int, object_id: str) -> str:
    return f"object {object_id}{', the first of them' if times > 1 else ''}"


def _names(names: Sequence[str]) -> str:
    more = ", …" if len(names) > _MOST_NAMES else ""
    return ", ".join(printable(name) for name in names[:_MOST_NAMES]) + more


def show_fields(
    summaries: Sequence[FieldSummary], labels: Mapping[str, Mapping[str, Json]]
) -> None:
    """Show each field over the whole job."""
    table = _table()
    for heading in ("field", "kind", "method"):
        table.add_column(heading, no_wrap=True, overflow="fold")
    for heading in ("answered", "ties", "agreement", "confidence"):
        table.add_column(heading, justify="right", overflow="fold")
    for item in summaries:
        table.add_row(
            escape(item.name),
            item.kind,
            item.method,
            f"{item.answered:,}",
            f"{item.ties:,}",
            _share(item.agreement),
            _share(item.confidence),
        )
    _line("Fields", "bold")
    console.print(table)
    console.print(
        "[dim]agreement: mean over pairs of workers on the same object (equal or not; F1 "
        "for spans and choices)[/]"
    )
    found = undeclared(labels)
    if found.objects:
        have = "object has" if found.objects == 1 else "objects have"
        _line(
            f"{found.objects:,} {have} labels that the task does not declare: "
            f"{_names(found.labels)}",
            "yellow",
        )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def show_labels(labels: Mapping[str, Mapping[str, Json]], most: int) -> None:
    """Show the first consolidated labels, one line a field."""
    shown = min(most, len(labels))
    if not shown:
        return
    table = _table()
    table.add_column("object", overflow="fold")
    table.add_column("field", no_wrap=True, overflow="fold")
    table.add_column("value", overflow="fold")
    for heading in ("confidence", "workers"):
        table.add_column(heading, justify="right", overflow="fold")
    for identifier, label in list(labels.items())[:shown]:
        for index, (name, item) in enumerate(label["fields"].items()):
            table.add_row(
                escape(identifier) if index == 0 else "",
                escape(name),
                Text(printable(value_in_words(item), None)),
                _share(item["confidence"]),
                str(item["workers"]),
            )
        table.add_section()
    _line(f"The first {shown:,} of {counted(len(labels), 'label')}", "bold")
    console.print(table)


def show_files(files: JobFiles) -> None:
    """Say where the files are."""
    _line(f"output manifest  {files.storage.path(files.output_manifest)}")
    _line(f"all files        {files.storage.path(files.prefix)}")
