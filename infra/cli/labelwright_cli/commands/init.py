"""``labelwright init``: a job's folder made of somebody's data."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from labelwright.errors import UsageError
from labelwright_cli.displays.init import show_continued, show_new_job
from labelwright_local.continued.continue_job import continue_job
from labelwright_local.own_data.columns import Columns
from labelwright_local.own_data.new_job import Asked, make_job
from labelwright_local.workspace.task_folder import WORKERS


def init(  # noqa: PLR0913, PLR0917 - a command has as many options as it has
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder that the job is to have, a new one.")
    ],
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DATA]",
            help="What is to be labeled: a folder of pictures or texts, CSV or TSV, JSON Lines, a "
            "JSON array, Parquet, a Hugging Face data set on disk, or a manifest.",
        ),
    ] = None,
    kind: Annotated[
        Path | None,
        typer.Option(
            help="What workers do: the name of a task that comes along, or the folder of one. With "
            "--from-job the job's own page is kept, or the kind is found."
        ),
    ] = None,
    from_job: Annotated[
        str | None,
        typer.Option(
            metavar="JOB",
            help="In place of DATA: go on with a job that is done, stopped or half done, ours or "
            "one of Ground Truth's own types: its folder, or s3://bucket/output/job. Every answer "
            "is kept, with its worker.",
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C",
            help="What workers choose from, with commas between; one that holds a comma in quotes.",
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="The column with the text, or the prompt; guessed without it."
        ),
    ] = None,
    image: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="The column with the picture: its path from the file's folder, or its address.",
        ),
    ] = None,
    identifier: Annotated[
        str | None,
        typer.Option(
            "--id", metavar="COLUMN", help="The column by which you know the objects: key id."
        ),
    ] = None,
    responses: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="The columns with the two responses that are compared; they become a and b.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=9,
            help="How many workers label each object; without it 3, and with --from-job as many as "
            "labeled most objects there.",
        ),
    ] = None,
    copy: Annotated[
        bool,
        typer.Option(
            "--copy",
            help="Copy the pictures into DIR, and write out those that lie inside of DATA. "
            "Without it they are read where they are.",
        ),
    ] = False,
) -> None:
    """Make a labeling job of your own data: its manifest, task definition and page.

    What was understood is shown, with all that was left out, by line or name; one bad row never
    costs another. Other columns are carried along, as keys of the manifest's lines. A job that is
    there is never changed.

    Example: labelwright init reviews reviews.csv --kind text-classification --labels good,bad

    Exit status: 0 when the job was made, also when rows were left out; 2 when there is none.
    """
    if from_job is not None:
        if data is not None or labels is not None:
            raise UsageError("--from-job brings data and labels along; leave DATA and --labels out")
        named = str(kind) if kind is not None else None
        show_continued(continue_job(folder, from_job, kind=named, workers=workers), folder)
        return
    if data is None or kind is None:
        raise UsageError(
            "name what is to be labeled (DATA) and --kind, such as text-classification; or a job "
            "to go on with (--from-job)"
        )
    columns = Columns(text, image, identifier, _pair(responses))
    asked = Asked(folder, kind, data, _parts(labels), columns, workers or WORKERS, copy)
    show_new_job(make_job(asked), folder, kind.name)


def _parts(text: str | None) -> tuple[str, ...]:
    """Read names with commas between, as CSV has them.

    Raises:
        UsageError: there are line ends in them.
    """
    if text is None:
        return ()
    try:
        cells = next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        raise UsageError(f"{text}: names with commas between have no line ends in them") from None
    return tuple(cell.strip() for cell in cells)


def _pair(text: str | None) -> tuple[str, ...]:
    columns = _parts(text)
    if columns and len(columns) > 2:
        raise UsageError("--responses: two columns are compared, with a comma between")
    return columns
