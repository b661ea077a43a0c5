"""What ``labelwright run`` shows while a job runs and when it is done."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from labelwright.label.words import value_in_words
from labelwright.quality.reasons import MOST_SHOWN, Alike, Reason
from labelwright.quality.report import (
    FieldSummary,
    Labels,
    damaged,
    problems,
    undeclared,
    with_error,
)
from labelwright_cli.terminal import cell, console, say
from labelwright_local.engine.spec import ObjectOutcome
from labelwright_local.finished_job.report import strangers, without_label
from labelwright_local.printable import counted, printable
from labelwright_local.workspace.job_on_disk import JobOnDisk
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


def _table() -> Table:
    """Make a table; where lines would take the room of words, without lines."""
    wide = console.width >= _WIDE
    return Table() if wide else Table(box=None, pad_edge=False)


def show_counts(
    name: str,
    recorded: RecordedAnswers,
    outcomes: Sequence[ObjectOutcome],
    labels: Labels,
) -> None:
    """Show how many objects there are, what became of them, and what was wrong with answers."""
    table = Table(show_header=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")

    def row(what: str, times: int, text: str, style: str) -> None:
        table.add_row(cell(what, style), f"{times:,}", cell(text))

    row("objects", len(outcomes), "", "")
    row("labels", len(labels), "", "green")
    for text, group in _with_examples(with_error(labels)):
        row("with error", group.times, text, "yellow")
    for text, group in _with_examples(damaged(labels)):
        row("damaged", group.times, text, "red")
    for text, group in _with_examples(without_label(outcomes)):
        what = group.first.what
        row(what, group.times, text, "yellow" if what == "skipped" else "red")
    for found in problems(labels)[:MOST_SHOWN]:
        where = f" in '{found.field}'" if found.field else ""
        text = f"[{found.code}]{where}: {found.reason} ({_such_as(found.times, found.object_id)})"
        row("problems", found.times, text, "yellow")
    say(f"Labeling job {name}", "bold")
    console.print(table)
    if unknown := strangers(recorded, outcomes):
        count = sum(len(recorded.answers[identifier]) for identifier in unknown)
        say(
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


def show_fields(summaries: Sequence[FieldSummary], labels: Labels) -> None:
    """Show each field over the whole job."""
    table = _table()
    for heading in ("field", "kind", "method"):
        table.add_column(heading, no_wrap=True, overflow="fold")
    for heading in ("answered", "ties", "agreement", "confidence"):
        table.add_column(heading, justify="right", overflow="fold")
    for item in summaries:
        table.add_row(
            cell(item.name),
            item.kind,
            item.method,
            f"{item.answered:,}",
            f"{item.ties:,}",
            _share(item.agreement),
            _share(item.confidence),
        )
    say("Fields", "bold")
    console.print(table)
    console.print(
        "[dim]agreement: mean over pairs of workers on the same object (equal or not; F1 "
        "for spans, boxes and choices)[/]"
    )
    found = undeclared(labels)
    if found.objects:
        have = "object has" if found.objects == 1 else "objects have"
        say(
            f"{found.objects:,} {have} labels that the task does not declare: "
            f"{_names(found.labels)}",
            "yellow",
        )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def show_labels(labels: Labels, most: int) -> None:
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
        for index, (name, item) in enumerate(label.fields.items()):
            table.add_row(
                cell(identifier) if index == 0 else "",
                cell(name),
                cell(value_in_words(item)),
                _share(item.confidence),
                str(item.workers),
            )
        table.add_section()
    say(f"The first {shown:,} of {counted(len(labels), 'label')}", "bold")
    console.print(table)


def show_files(disk: JobOnDisk) -> None:
    """Say where the files are."""
    if disk.refined_manifest.is_file():
        say(f"labels           {disk.refined_manifest}")
    say(f"output manifest  {disk.output_manifest}")
    say(f"all files        {disk.folder}")
