"""``labelwright export``: a job's labels as training data."""

from pathlib import Path
from typing import Annotated, TypeVar

import typer

from labelwright.errors import UsageError
from labelwright_cli.displays.answers import show_faults
from labelwright_cli.terminal import cell, console, remark
from labelwright_local.export.formats import FORMATS, default_place, format_named, write
from labelwright_local.export.prepare import (
    ALIGNS,
    OVERLAPS,
    Prepared,
    Settings,
    prepare,
    read_split,
)
from labelwright_local.finished_job.reader import read_job
from labelwright_local.printable import counted
from labelwright_local.workspace.task_folder import read_task_folder

Name = TypeVar("Name", bound=str)


def export(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    job: Annotated[
        str,
        typer.Argument(
            metavar="JOB",
            help="A workspace, a job's folder, an output manifest, or s3://…; of a job of "
            "Labelwright or of a built-in type, done or not.",
        ),
    ],
    name: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="The file, or for huggingface and yolo the folder.",
            show_default="the job's name and the format's, here",
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this field; can be given more than once."),
    ] = None,
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Only labels at least so sure; spans and boxes count one by one.",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="SHARES",
            help="Shares for train,validation,test or train,test, such as 0.8,0.1,0.1. An object "
            "stays in its split when the job grows.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="With --split: another number draws another.")] = 0,
    overlaps: Annotated[
        str,
        typer.Option(
            help="Spans that overlap, in conll and spacy: the longest stays, or the first, or all "
            "(spacy alone)."
        ),
    ] = "longest",
    align: Annotated[
        str,
        typer.Option(
            help="Spans that begin or end inside a token, in conll and spacy: strict leaves them "
            "out, expand and contract move their ends."
        ),
    ] = "strict",
    language: Annotated[
        str, typer.Option(help="Of the texts, for the tokenizer of conll and spacy.")
    ] = "xx",
    answers: Annotated[
        bool,
        typer.Option("--answers", help="Every worker's answer in the place of the labels."),
    ] = False,
    with_names: Annotated[
        bool,
        typer.Option(
            "--with-names", help="With --answers: workers by name or id; else by pseudonym."
        ),
    ] = False,
    spreadsheet: Annotated[
        bool,
        typer.Option(
            "--spreadsheet",
            help="In csv: an apostrophe before what a spreadsheet would take for a formula.",
        ),
    ] = False,
    attribute: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The label attribute, where lines have several."),
    ] = None,
    task: Annotated[
        Path | None,
        typer.Option(help="The task's folder; without it, the one that lies with the job."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help="The folder that stands in for S3, with the texts; s3 for S3 itself."),
    ] = None,
) -> None:
    """Write a job's labels in a format that other libraries load.

    What is left out is counted and told. parquet and huggingface need pip install
    'labelwright[parquet]', conll and spacy 'labelwright[spacy]'.

    Example: labelwright export mine/work huggingface --split 0.8,0.1,0.1 --out mine/dataset

    Exit status: 0 when it was written, also where parts of the job are damaged: they are named; 2
    when there is nothing to write.
    """
    format_named(name)
    settings = Settings(
        fields=tuple(field or ()),
        min_confidence=min_confidence,
        split=read_split(split) if split is not None else (),
        seed=seed,
        overlaps=_one_of(overlaps, OVERLAPS, "--overlaps"),
        align=_one_of(align, ALIGNS, "--align"),
        language=language,
        answers=answers,
        with_names=with_names,
        spreadsheet=spreadsheet,
    )
    definition = read_task_folder(task).definition if task else None
    with console.status(cell(f"reading {job}")):
        found = read_job(job, task=definition, attribute=attribute, data=data)
        prepared = prepare(found, settings)
    show_faults(found)
    if not prepared.items:
        _tell(prepared)
        raise UsageError(f"{job}: no object has a label that can be exported")
    written = write(prepared, name, out or Path(default_place(found.name, name)))
    _tell(prepared)
    files = str(written[0]) if len(written) == 1 else counted(len(written), "file")
    remark(f"{counted(len(prepared.items), 'object')} of {len(found.objects):,}: wrote {files}")


def _one_of(given: str, names: tuple[Name, ...], option: str) -> Name:
    found = next((name for name in names if name == given), None)
    if found is None:
        raise UsageError(f"{option} is one of {', '.join(names)}")
    return found


def _tell(prepared: Prepared) -> None:
    for reason, count in prepared.told.items():
        if count:
            remark(f"{count:>7,} {reason}")
