"""``labelwright consolidate``: labels from votes, without a running job."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.markup import escape

from labelwright.answers.columns import Column
from labelwright.consolidation.methods import CHOICE_ALGORITHMS, consolidate, method_name
from labelwright.consolidation.votes import ChoiceResult, Votes
from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright.quality.field_truth import compare_field, read_known, values_of
from labelwright.quality.worker_rows import (
    PAIR_HEADER,
    WORKER_HEADER,
    choice_pairs,
    choice_workers,
    column_pairs,
    column_workers,
    few_enough,
)
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_cli.displays.answers import show_faults
from labelwright_cli.displays.consolidate import (
    show_choice,
    show_field,
    show_field_truth,
    show_pairs,
    show_workers,
)
from labelwright_cli.terminal import console
from labelwright_cli.votes_file import read_choices, read_field
from labelwright_local.finished_job.answers import answers_of_job, columns_of
from labelwright_local.finished_job.truth import read_truth
from labelwright_local.printable import counted, printable
from labelwright_local.workspace.task_folder import read_task_folder

#: Tasks times labels of a choice; each takes some tens of bytes.
_MOST_CELLS = 250_000_000

_CSV_KINDS = tuple(kind for kind in Kind if kind is not Kind.UNKNOWN)


class _Files(NamedTuple):
    """Where to write; None for what nobody wants."""

    labels: Path | None
    workers: Path | None
    pairs: Path | None


def consolidate_command(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    votes: Annotated[
        Path | None,
        typer.Argument(metavar="INPUT.csv", help="Votes: CSV with task, worker and label."),
    ] = None,
    job: Annotated[
        str | None,
        typer.Option(help="Instead: the folder, or s3:// prefix, of a finished job."),
    ] = None,
    task: Annotated[
        Path | None,
        typer.Option(help="With --job: the task's folder; without it, fields are recognised."),
    ] = None,
    field: Annotated[
        str | None, typer.Option(help="With --job: the field, where the job has several.")
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            help="What the labels of INPUT.csv are: choice, choices (a JSON list), number, text, "
            "spans or boxes (JSON as in an answer)."
        ),
    ] = "choice",
    method: Annotated[
        str | None, typer.Option(help="The method; without it, the kind's default.")
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(
            help="Known labels, CSV with task and label: they teach workers' skill, and each "
            "worker is measured on them."
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(help="True labels, CSV with task and label, to tell accuracy by."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write task,label,confidence to this CSV file.")
    ] = None,
    workers: Annotated[
        Path | None, typer.Option(help="Write what is known of each worker to this CSV file.")
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(help="Write how far every two workers agree to this CSV file."),
    ] = None,
) -> None:
    """Consolidate workers' labels from a CSV file, or of a finished job.

    Shows how far workers agree, by label, worker and pair, how they did on --gold, and with --truth
    how many labels are right and whether the confidences are.
    """
    if (votes is None) == (job is None):
        raise UsageError("name either INPUT.csv or --job")
    known = read_truth(gold) if gold else {}
    true = read_truth(truth) if truth else None
    if votes is not None:
        column_or_votes = _from_csv(votes, kind, method)
    else:
        column_or_votes = _from_job(str(job), task, field, method)
    files = _Files(out, workers, pairs)
    if isinstance(column_or_votes, Votes):
        _run_choice(column_or_votes, method, (known, true), files)
    else:
        _run_column(column_or_votes, (known, true), files)
    if out is None:
        console.print("The labels are written to a file when --out names one.")


def _from_csv(path: Path, kind: str, method: str | None) -> Votes | Column:
    if kind not in _CSV_KINDS:
        raise UsageError(f"--kind is one of {', '.join(_CSV_KINDS)}")
    if kind == Kind.CHOICE:
        return read_choices(path)
    field = FieldDefinition(name="label", path="label", kind=Kind(kind), method=method)
    method_name(field)  # Before a large file is read.
    return read_field(path, field)


def _from_job(job: str, task: Path | None, name: str | None, method: str | None) -> Votes | Column:
    definition = read_task_folder(task).definition if task else None
    with console.status(f"reading {job}"):
        answers = answers_of_job(job)
        columns = columns_of(answers, definition)
    show_faults(answers)
    names = [column.field.name for column in columns]
    if name is None and len(columns) != 1:
        raise UsageError(f"name the field with --field; the job has {', '.join(names)}")
    chosen = [column for column in columns if name in (None, column.field.name)]
    if not chosen:
        raise UsageError(f"the job has no field '{name}'; it has {', '.join(names)}")
    column = chosen[0]
    if column.field.kind is Kind.CHOICE:
        console.print(f"field '{escape(printable(column.field.name))}' (choice)")
        rows = [
            (object_, value.worker, value.value)
            for object_, values in zip(column.objects, column.values, strict=True)
            for value in values
        ]
        return Votes.from_rows(rows, column.objects, column.labels)
    if method is None:
        return column
    return column._replace(field=column.field.model_copy(update={"method": method}))


_Known = tuple[dict[str, str], dict[str, str] | None]


# Files are written before anything is shown: who reads the output may stop reading.
def _run_choice(votes: Votes, method: str | None, known: _Known, files: _Files) -> None:
    name = method or next(iter(CHOICE_ALGORITHMS))
    if name not in CHOICE_ALGORITHMS:
        raise UsageError(
            f"kind choice has no method '{name}'; it has {', '.join(CHOICE_ALGORITHMS)}"
        )
    gold, truth = known
    if len(votes.tasks) * len(votes.labels) > _MOST_CELLS:
        raise UsageError(
            f"{len(votes.labels):,} labels on {len(votes.tasks):,} tasks are more than fit into "
            "memory; labels that are nearly all different may be of --kind text or number"
        )
    votes, pinned = votes.known(gold)
    with console.status(f"consolidating {counted(len(votes.task), 'vote')}"):
        result = CHOICE_ALGORITHMS[name](votes, pinned)
        workers = choice_workers(votes, result, pinned)
        pairs = choice_pairs(votes) if files.pairs or few_enough(votes) else None
    if files.labels is not None:
        _write(files.labels, ("task", "label", "confidence"), _choice_rows(votes, result))
    if files.workers is not None:
        _write(files.workers, WORKER_HEADER, (row.cells() for row in workers))
    if files.pairs is not None:
        _write(files.pairs, PAIR_HEADER, (row.cells() for row in pairs or ()))
    show_choice(votes, result, name, truth, gold)
    show_workers(workers)
    show_pairs(pairs)


def _choice_rows(votes: Votes, result: ChoiceResult) -> Iterable[Sequence[object]]:
    confidence = result.confidence.round(6).tolist()
    for task, label, sure in zip(votes.tasks, result.label.tolist(), confidence, strict=True):
        yield (task, votes.labels[label] if label >= 0 else "", sure if label >= 0 else "")


def _run_column(column: Column, known: _Known, files: _Files) -> None:
    name = method_name(column.field)
    gold = _read_values(column.field, known[0], "--gold")
    truth = None if known[1] is None else _read_values(column.field, known[1], "--truth")
    with console.status(f"consolidating {counted(len(column.objects), 'object')}"):
        results = consolidate(column, gold)
        values = values_of(column, results)
        pairs = column_pairs(column)
        workers = column_workers(column, values, gold)
    if files.labels is not None:
        rows = (
            (
                task,
                result.value if isinstance(result.value, str | float) else json.dumps(result.value),
                "" if result.confidence is None else round(result.confidence, 6),
            )
            for task, result in zip(column.objects, results, strict=True)
        )
        _write(files.labels, ("task", "label", "confidence"), rows)
    if files.workers is not None:
        _write(files.workers, WORKER_HEADER, (row.cells() for row in workers))
    if files.pairs is not None:
        _write(files.pairs, PAIR_HEADER, (row.cells() for row in pairs))
    show_field(column, name, results)
    if truth is not None:
        tested = {task: value for task, value in truth.items() if task not in gold}
        show_field_truth(column.field.kind, compare_field(column, values, tested))
    show_workers(workers)
    show_pairs(pairs)


def _read_values(field: FieldDefinition, texts: dict[str, str], option: str) -> dict[str, Json]:
    values = {}
    for task, text in texts.items():
        reading = read_known(field, text)
        if reading.value is None or reading.problems:
            reason = reading.problems[0] if reading.problems else "no value"
            raise UsageError(f"{option}: task {task}: {reason}; expected a value of {field.kind}")
        values[task] = reading.value
    return values


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        raise UsageError(f"{path}: can't be written ({error.strerror})") from None
    console.print(f"wrote {path}", soft_wrap=True)
