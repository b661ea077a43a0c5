"""``labelwright ask-again``: one more answer for objects of a job."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from labelwright.errors import UsageError
from labelwright_cli.displays.living import show_asked
from labelwright_cli.options import LocalJob
from labelwright_local.engine.changing import ask_again as ask
from labelwright_local.workspace.named_job import named_job


def ask_again(
    job: LocalJob,
    objects: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="The objects' ids (datasetObjectId: the number of the line, from 0).",
        ),
    ] = None,
    least_sure: Annotated[
        int,
        typer.Option(min=0, help="So many of the objects whose labels are least sure, besides."),
    ] = 0,
) -> None:
    """Ask for one more answer to objects of a job, or to those whose labels are least sure.

    All answers count together, and the label stays until there is a new one. A job that is at its
    end is open again. Stop it first, and serve it then; while it is served, the requester's view
    asks.

    Exit status: 0, also when some objects can't be asked; 2 when the job can't be changed.

    Example: labelwright ask-again my-job --least-sure 20
    """
    if not objects and not least_sure:
        raise UsageError("name objects by their ids, or --least-sure with a number")
    storage, name = named_job(Path(job))
    asked = ask(storage, name, objects or [], least_sure, lambda: datetime.now(UTC))
    show_asked(asked, name)
