"""Options and arguments that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

DataFolder = Annotated[
    Path | None,
    typer.Option(
        help="The folder that stands in for S3: s3://bucket/key is the file bucket/key "
        "in it; without it, the folder s3 beside the manifest."
    ),
]
JobFolder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]",
        help="The job's folder, as labelwright init makes it: its task.toml, page, manifest.jsonl "
        "and workspace, in the place of the options that name them.",
    ),
]
JobName = Annotated[
    str | None,
    typer.Option(
        help="The job's name, also its label attribute; without it, the task's, and without a "
        "task that of the manifest's folder."
    ),
]
LocalJob = Annotated[
    str,
    typer.Argument(
        metavar="JOB", help="The job: its folder, or WORKSPACE/JOB, its workspace and its name."
    ),
]
SkillFrom = Annotated[
    Path | None,
    typer.Option(
        metavar="JOB",
        help="A job (its folder, or WORKSPACE/JOB) whose answers tell the skill of this one's "
        "workers, too: those of the fields that both have, by name, kind and labels.",
    ),
]
Anyway = Annotated[
    bool,
    typer.Option(
        "--anyway", help="Start also where what is looked at before the start has errors."
    ),
]
ManifestFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="The manifest: a file, an s3:// address, or - for standard input."
    ),
]
