"""What ``labelwright init`` understood of somebody's data, and what comes next."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from rich.table import Table

from labelwright_cli.terminal import cell, console, say
from labelwright_local.continued.continue_job import ContinuedJob
from labelwright_local.own_data.new_job import NewJob
from labelwright_local.own_data.rows import Reason
from labelwright_local.printable import counted, printable

_WIDE = 80
_MOST_LABELS = 12
_MOST_FAULTS = 10


def show_new_job(job: NewJob, folder: Path, kind: str) -> None:
    """Print a short table, what was left out, and the next commands."""
    say(f"New job {printable(str(folder), None)}: {printable(kind)}", "bold")
    table = (
        Table(show_header=False) if console.width >= _WIDE else Table(box=None, show_header=False)
    )
    for what, told in _told(job, folder):
        table.add_row(what, cell(told))
    console.print(table)
    for reason in job.left_out.reasons:
        say(f"left out: {_reason(reason, job.unit)}", "yellow")
    for reason in job.left_out.notes:
        say(f"note: {_reason(reason, job.unit)}")
    _next(folder, own_words=False)


def show_continued(job: ContinuedJob, folder: Path) -> None:
    """Print what was taken over of another job, what was not, and the next command."""
    say(f"Job {printable(str(folder), None)} goes on from where the other one was", "bold")
    table = (
        Table(show_header=False) if console.width >= _WIDE else Table(box=None, show_header=False)
    )
    open_ones = job.objects - job.complete
    rows = [
        ("objects", f"{job.objects:,}"),
        ("answers kept", f"{job.answers:,} of {counted(job.workers, 'worker')}"),
        ("complete", f"{job.complete:,}, with {counted(job.workers_per_object, 'answer')}"),
        ("to be answered", f"{open_ones:,}, of which {job.unanswered:,} have no answer yet"),
        ("page", f"the ready task {job.ready}" if job.ready else "the job's own"),
    ]
    for what, told in rows:
        table.add_row(what, cell(told))
    console.print(table)
    if job.without_line:
        say(
            f"left out: {counted(job.without_line, 'object')} of which only answers are known",
            "yellow",
        )
    if job.unused:
        say(
            f"left out: {counted(job.unused, 'answer')}, replaced by a later one or damaged",
            "yellow",
        )
    for fault in job.faults[:_MOST_FAULTS]:
        say(f"damaged: {printable(fault.place)}: {printable(fault.reason)}", "yellow")
    if len(job.faults) > _MOST_FAULTS:
        say(f"and {len(job.faults) - _MOST_FAULTS:,} more", "yellow")
    if job.in_s3:
        say(
            f"note: the files of {counted(job.in_s3, 'object')} lie in S3; copy them to "
            f"{folder / 's3'} as bucket/key, or name their folder with --data"
        )
    _next(folder, own_words=job.ready is None)


def _next(folder: Path, *, own_words: bool) -> None:
    """Print the next command, and what to do before where the words are not their owner's."""
    say(f"Next: labelwright serve {shlex.quote(str(folder))}")
    if not own_words:
        say(
            f"Title, instructions and guide are in {folder / 'task.toml'}: write your own before "
            "you start."
        )


def _told(job: NewJob, folder: Path) -> Iterator[tuple[str, str]]:
    yield "data", job.form
    yield "objects", f"{job.objects:,}"
    if job.unit != "file" and not job.is_manifest:
        yield "columns", _columns(job)
    for column, key in job.renamed.items():
        yield "renamed", f"column '{printable(column)}' is '{printable(key)}' in the manifest"
    if job.labels:
        more = len(job.labels) - _MOST_LABELS
        yield (
            "labels",
            ", ".join(map(printable, job.labels[:_MOST_LABELS]))
            + (f" and {more} more" if more > 0 else ""),
        )
    if job.copied:
        yield "copied", f"{counted(job.copied, 'file')} to {folder / 'files'}"
    if job.data is not None:
        yield "files", f"read from {job.data}, seen from {folder}"
    if job.left_out.count:
        yield "left out", f"{job.left_out.count:,}, see below"


def _columns(job: NewJob) -> str:
    used = job.columns
    named = [("text", used.text), ("picture", used.image), ("id", used.identifier)]
    named += [
        (f"response {name}" if len(used.responses) > 1 else "responses", column)
        for name, column in zip("ab", used.responses, strict=False)
    ]
    return ", ".join(
        f"{what}: '{printable(column)}'{' (guessed)' if column in used.guessed else ''}"
        for what, column in named
        if column is not None
    )


def _reason(reason: Reason, unit: str) -> str:
    shown = [printable(place) for place in reason.first]
    more = reason.times - len(shown)
    places = ", ".join(shown) + (f" and {more:,} more" if more > 0 and shown else "")
    if not shown:
        return f"{reason.times:,} x {reason.why}"
    if all(place.isdecimal() for place in reason.first):
        places = f"{unit} {places}"
    return f"{reason.times:,} x {reason.why} ({places})"
