"""What of a job has to be a file on this machine, and where people find its files in a folder.

Everything else of a job is reached through a storage alone (``JobFiles``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelwright.contract.job_layout import JobLayout
from labelwright_local.workspace.folder_lock import locked
from labelwright_local.workspace.folder_storage import FolderStorage


class JobOnDisk:
    """The files of a job as paths: SQLite and the lock need them, and messages name them."""

    def __init__(self, storage: FolderStorage, layout: JobLayout) -> None:
        self._storage = storage
        self._layout = layout

    @property
    def state(self) -> Path:
        """The SQLite file with the job's state."""
        return self._own("labelwright.sqlite3")

    @property
    def folder(self) -> Path:
        """The folder of all the job's files."""
        return self.path(self._layout.prefix)

    @property
    def output_manifest(self) -> Path:
        """The output manifest."""
        return self.path(self._layout.output_manifest)

    @property
    def refined_manifest(self) -> Path:
        """The output manifest with labels of the whole job, where it is there."""
        return self.path(self._layout.refined_manifest)

    @property
    def report(self) -> Path:
        """The report, which is there when somebody had it made."""
        return self._own("report.html")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all other runs out of this job's folder.

        Raises:
            UsageError: one is working there.
        """
        with locked(self._own("run.lock")):
            yield

    def path(self, uri: str) -> Path:
        """Return the path of a file of the job, to tell people."""
        return self._storage.path(uri)

    def _own(self, name: str) -> Path:
        return self.path(self._layout.own(name))
