"""What the portal knows of the job besides the engine's state."""

from pathlib import Path
from typing import NamedTuple


class JobView(NamedTuple):
    """The job as people see it, and where its files are."""

    name: str
    title: str
    instructions: str
    folder: Path
    output_manifest: Path
    report: Path
