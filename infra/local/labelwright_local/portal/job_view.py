"""What the portal knows of the job besides the engine's state."""

from pathlib import Path
from typing import NamedTuple

from labelwright_local.engine.spec import JobSpec
from labelwright_local.workspace.job_files import JobFiles


class JobView(NamedTuple):
    """The job as people see it, and where its files are."""

    name: str
    title: str
    instructions: str
    folder: Path
    output_manifest: Path
    report: Path


def job_view(spec: JobSpec, files: JobFiles) -> JobView:
    """Return the job as people see it."""
    definition = spec.task.definition if spec.task else None
    return JobView(
        name=spec.name,
        title=(definition.title if definition else None) or spec.name,
        instructions=(definition.instructions if definition else None) or "",
        folder=files.storage.path(files.prefix),
        output_manifest=files.storage.path(files.output_manifest),
        report=files.storage.path(f"{files.own}/report.html"),
    )
