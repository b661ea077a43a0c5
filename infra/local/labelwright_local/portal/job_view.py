"""What the portal knows of the job besides the engine's state."""

from pathlib import Path
from typing import NamedTuple

from labelwright.task.definition import Kind
from labelwright_local.engine.spec import JobSpec
from labelwright_local.export.formats import FORMATS
from labelwright_local.workspace.job_on_disk import JobOnDisk


class JobView(NamedTuple):
    """The job as people see it, and where its files are; ``formats`` can be downloaded."""

    name: str
    title: str
    instructions: str
    folder: Path
    output_manifest: Path
    refined_manifest: Path
    report: Path
    formats: tuple[str, ...]


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
        formats=_formats(spec),
    )


def _formats(spec: JobSpec) -> tuple[str, ...]:
    """Return the formats that need no other library and are one file, if they fit the job."""
    fields = spec.task.definition.fields if spec.task else None
    has_boxes = fields is None or any(field.kind is Kind.BOXES for field in fields)
    return tuple(
        name
        for name, found in FORMATS.items()
        if found.content is not None and found.needs is None and (name != "coco" or has_boxes)
    )
