"""``labelwright rename-label``: a label of a job gets another name, and answers keep theirs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from labelwright_cli.displays.living import show_renamed
from labelwright_cli.options import LocalJob
from labelwright_local.engine.changing import Change
from labelwright_local.engine.changing import rename_label as rename
from labelwright_local.workspace.named_job import named_job


def rename_label(
    job: LocalJob,
    old: Annotated[str, typer.Argument(help="What the label is called now.")],
    new: Annotated[str, typer.Argument(help="What it is to be called.")],
    field: Annotated[
        str | None,
        typer.Option(help="The field that has the label; needed where several have it."),
    ] = None,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="NEW is a label that is there: the two become one."),
    ] = False,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Take this rename back: it must be the last one."),
    ] = False,
) -> None:
    """Give a label of a job another name; answers that are there keep theirs and count on.

    Whoever reads them calls the label by its present name, also where an old page still sends the
    old one. The task.toml need not be changed, and may be. Stop the job first; when it is started
    again, its objects get their labels anew.

    Exit status: 0 when the label was renamed, 2 when it could not be.

    Example: labelwright rename-label my-job happy glad
    """
    storage, name = named_job(Path(job))
    change = Change(old, new, field, merge, undo)
    show_renamed(rename(storage, name, change, lambda: datetime.now(UTC)), name, undone=undo)
