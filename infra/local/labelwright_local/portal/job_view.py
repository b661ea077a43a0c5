"""What the portal knows of the job besides the engine's state."""

from pathlib import Path
from typing import NamedTuple

from labelwright_local.engine.spec import JobSpec
from labelwright_local.workspace.job_on_disk import JobOnDisk


class JobView(NamedTuple):
    """The job as people see it, and where its files are."""

    name: str
    title: str
    instructions: str
    folder: Path
    output_manifest: Path
    refined_manifest: Path
    report: Path


def job_view(spec: JobSpec, disk: JobOnDisk) -> JobView:
    """Return the job as people see it."""
    definition = spec.task.definition if spec.task else None
    return JobView(
        name=spec.name,
        title=(definition.title if definition else None) or spec.name,
        instructions=(definition.instructions if definition else None) or "",
        folder=disk.folder,
        output_manifest=disk.output_manifest,
        refined_manifest=disk.refined_manifest,
        report=disk.report,
    )
