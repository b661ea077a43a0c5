"""What ``labelwright run`` shows while a job runs and when it is done."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
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

from labelwright.contract.base import Json
from labelwright.task.definition import Kind
from labelwright_local.job_files import JobFiles
from labelwright_local.job_model import JobSpec, ObjectOutcome
from labelwright_local.job_report import Accuracy, FieldSummary, failures
from labelwright_local.recorded_answers import RecordedAnswers

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each step of a job; yields what the job reports to."""
    columns = (
        TextColumn("{task.description:>16}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bars: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=total)
            progress.update(bars[what], completed=done, total=total)

        yield report


def show_counts(spec: JobSpec, outcomes: list[ObjectOutcome]) -> None:
    """Show how many objects there are, and what became of them."""
    table = Table(title=f"Labeling job {spec.name}", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    table.add_row("objects", str(len(outcomes)), "")
    labeled = [outcome for outcome in outcomes if outcome.outcome == "labeled"]
    table.add_row("[green]labels[/]", str(len(labeled)), "")
    damaged = sum(outcome.label["error"] is not None for outcome in labeled)
    if damaged:
        table.add_row("[yellow]with error[/]", str(damaged), "see 'error' in their labels")
    for (outcome, reason), count in sorted(failures(outcomes).items()):
        colour = "yellow" if outcome == "skipped" else "red"
        table.add_row(f"[{colour}]{outcome}[/]", str(count), escape(reason))
    console.print(table)


def show_fields(summaries: list[FieldSummary]) -> None:
    """Show each field over the whole job."""
    table = Table(title="Fields", title_justify="left")
    for heading in ("field", "kind", "method"):
        table.add_column(heading)
    for heading in ("answered", "ties", "agreement", "confidence"):
        table.add_column(heading, justify="right")
    for item in summaries:
        table.add_row(
            escape(item.name),
            item.kind,
            item.method,
            str(item.answered),
            str(item.ties),
            _share(item.agreement),
            _share(item.confidence),
        )
    console.print(table)
    console.print(
        "[dim]agreement: mean over pairs of workers on the same object (equal or not; F1 "
        "for spans and choices)[/]"
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def show_labels(labels: Mapping[str, Mapping[str, Json]], most: int) -> None:
    """Show the first consolidated labels, one line a field."""
    table = Table(title=f"The first {min(most, len(labels))} of {len(labels)} labels")
    table.title_justify = "left"
    for heading in ("object", "field", "value"):
        table.add_column(heading)
    for heading in ("confidence", "workers"):
        table.add_column(heading, justify="right")
    for identifier, label in list(labels.items())[:most]:
        for index, (name, item) in enumerate(label["fields"].items()):
            table.add_row(
                escape(identifier) if index == 0 else "",
                escape(name),
                escape(_in_words(item)),
                _share(item["confidence"]),
                str(item["workers"]),
            )
        table.add_section()
    console.print(table)


_MOST_CHARACTERS = 60


def _in_words(item: Mapping[str, Json]) -> str:
    """Say a field's value in one line."""
    value = item["value"]
    if value is None:
        return "-"
    if item["kind"] == Kind.SPANS:
        found = [f"{span['label']} {span['start']}-{span['end']}" for span in value]
        return ", ".join(found) or "nothing marked"
    text = ", ".join(value) if item["kind"] == Kind.CHOICES else str(value)
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"


def show_faults(answers: RecordedAnswers) -> None:
    """Name the recorded answers that could not be read."""
    for fault in answers.faults:
        errors.print(f"[yellow]left out[/] {escape(fault)}")


def show_accuracy(found: Accuracy, path: Path) -> None:
    """Show how many labels are right."""
    if not found.compared:
        console.print(f"no object of {escape(str(path))} has a label in '{escape(found.field)}'")
        return
    share, expected = found.right / found.compared, found.expected / found.compared
    console.print(
        f"accuracy of '{escape(found.field)}' against {escape(str(path))}: "
        f"[bold]{share:.1%}[/] ({found.right} of {found.compared}); "
        f"{expected:.1%} with its {found.ties} ties broken at random"
    )
    if found.without_label:
        console.print(f"[yellow]{found.without_label} objects with a true label have no label[/]")


def show_files(files: JobFiles) -> None:
    """Say where the files are."""
    console.print(f"output manifest  {files.storage.path(files.output_manifest)}", soft_wrap=True)
    console.print(f"all files        {files.storage.path(files.prefix)}", soft_wrap=True)
