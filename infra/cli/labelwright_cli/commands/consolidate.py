"""``labelwright consolidate``: labels from votes, without a running job."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from labelwright.answers.columns import Column
from labelwright.consolidation.choice_column import ChoiceResults, votes_of
from labelwright.consolidation.methods import method_name, results_of
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.votes import Votes
from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright.quality.worker_rows import (
    PAIR_HEADER,
    WORKER_HEADER,
    few_enough,
    pair_rows,
    worker_rows,
)
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_cli.displays.consolidate import show_pairs, show_results, show_workers
from labelwright_cli.terminal import cell, console, say
from labelwright_cli.votes_file import read_column
from labelwright_local.printable import counted

#: Tasks times labels of a choice; each takes some tens of bytes.
_MOST_CELLS = 250_000_000

#: So many objects take long enough to say so.
_MANY = 1_000

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
            help=f"What the labels of INPUT.csv are: {', '.join(_CSV_KINDS)}. Lists and objects "
            "are JSON, as in an answer."
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

    Exit status: 0 when labels were made, also where rows of INPUT.csv or answers of the job are
    bad: they are named and left out; 2 when nothing could be done.
    """
    if (votes is None) == (job is None):
        raise UsageError("name either INPUT.csv or --job")
    gold_texts = _known(gold, "--gold")
    truth_texts = _known(truth, "--truth")
    if votes is not None:
        column = _from_csv(votes, kind, method)
    else:
        column = _from_job(str(job), task, field, method)
    taught = _values(column.field, gold_texts, "--gold")
    true = _values(column.field, truth_texts, "--truth")
    _run(column, _Judging(taught or {}, true), _Files(out, workers, pairs))
    if out is None:
        say("The labels are written to a file when --out names one.")


# What not every call needs is imported where it is used: a small file takes little longer than to
# start.
def _known(path: Path | None, option: str) -> dict[str, str] | None:
    if path is None:
        return None
    from labelwright_local.finished_job.truth import read_truth

    return read_truth(path, option)


def _values(
    field: FieldDefinition, texts: Mapping[str, str] | None, option: str
) -> dict[str, Json] | None:
    if texts is None:
        return None
    from labelwright_local.finished_job.truth import read_values

    return read_values(field, texts, option)


def _from_csv(path: Path, kind: str, method: str | None) -> Column:
    if kind not in _CSV_KINDS:
        raise UsageError(f"--kind is one of {', '.join(_CSV_KINDS)}")
    field = FieldDefinition(name="label", path="label", kind=Kind(kind), method=method)
    method_name(field)  # Before a large file is read.
    return read_column(path, field)


def _from_job(job: str, task: Path | None, name: str | None, method: str | None) -> Column:
    from labelwright_cli.displays.answers import show_faults
    from labelwright_local.finished_job.answers import answers_of_job, columns_of
    from labelwright_local.workspace.task_folder import read_task_folder

    definition = read_task_folder(task).definition if task else None
    with console.status(cell(f"reading {job}")):
        answers = answers_of_job(job)
        columns = columns_of(answers, definition)
    show_faults(answers)
    names = [column.field.name for column in columns]
    if name is None and len(columns) != 1:
        raise UsageError(f"name the field with --field; the job has {', '.join(names)}")
    chosen = [column for column in columns if name in (None, column.field.name)]
    if not chosen:
        remedy = "" if definition else "; for the fields of a task definition, name --task"
        raise UsageError(f"the job has no field '{name}'; it has {', '.join(names)}{remedy}")
    column = chosen[0]
    if column.field.kind is Kind.CHOICE:
        say(f"field '{column.field.name}' (choice)")
    if method is None:
        return column
    return column._replace(field=column.field.model_copy(update={"method": method}))


class _Judging(NamedTuple):
    """Values that teach, and those to compare with, by the task's id."""

    gold: Mapping[str, Json]
    truth: Mapping[str, Json] | None


# Files are written before anything is shown: who reads the output may stop reading.
def _run(column: Column, judging: _Judging, files: _Files) -> None:
    gold, truth = judging
    name = method_name(column.field)
    if column.field.kind is Kind.CHOICE:
        _check_size(votes_of(column))
    # To turn a wheel takes longer than a small file.
    many = len(column.objects) > _MANY
    told = f"consolidating {counted(len(column.objects), 'object')}"
    with console.status(told) if many else nullcontext():
        results = results_of(column, gold)
        workers = worker_rows(column, results, gold)
        pairs = pair_rows(column) if files.pairs or few_enough(column) else None
    if files.labels is not None:
        _write(files.labels, ("task", "label", "confidence"), _label_rows(column, results))
    if files.workers is not None:
        _write(files.workers, WORKER_HEADER, (row.cells() for row in workers))
    if files.pairs is not None:
        _write(files.pairs, PAIR_HEADER, (row.cells() for row in pairs or ()))
    show_results(column, name, results, gold)
    if truth is not None:
        from labelwright.quality.truth import compare, decisions_of
        from labelwright_cli.displays.truth import show_truth

        tested = {task: value for task, value in truth.items() if task not in gold}
        show_truth(compare(column.field.kind, decisions_of(column, results, tested), tested))
    show_workers(workers)
    show_pairs(pairs)


def _check_size(votes: Votes) -> None:
    if len(votes.tasks) * len(votes.labels) > _MOST_CELLS:
        raise UsageError(
            f"{len(votes.labels):,} labels on {len(votes.tasks):,} tasks are more than fit into "
            "memory; labels that are nearly all different may be of --kind text or number"
        )


def _label_rows(column: Column, results: Sequence[Consolidated]) -> Iterator[Sequence[object]]:
    if isinstance(results, ChoiceResults):
        # Not the results themselves: to count their votes takes the most time.
        # The writer leaves empty what is None.
        return zip(column.objects, *results.decisions(), strict=True)
    return (
        (
            task,
            result.value if isinstance(result.value, str | float) else json.dumps(result.value),
            "" if result.confidence is None else round(result.confidence, 6),
        )
        for task, result in zip(column.objects, results, strict=True)
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        raise UsageError(f"{path}: can't be written ({error.strerror})") from None
    say(f"wrote {path}")
