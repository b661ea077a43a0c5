"""The portal of a job as a process of its own, whose clock a file moves on.

``python -m tests.local.portal.clocked_server FOLDER PORT WORKERS``: the file FOLDER/seconds says by
how many seconds its clock is ahead, WORKERS how many label each object; FOLDER holds task.toml,
template.html and manifest.jsonl.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labelwright_cli.commands.serve import serve_job
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.http.listening import LOOPBACK, listen
from labelwright_local.portal.app import requester_key
from labelwright_local.portal.keys import WorkspaceKey
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.task_folder import read_task_folder

NAME = "job"


def storage_of(folder: Path) -> FolderStorage:
    """Return the workspace's storage, behind it the folder of data."""
    return FolderStorage(folder / "workspace" / "s3", folder / "s3")


def main(folder: Path, port: int, workers: int) -> None:
    """Serve until killed."""

    def now() -> datetime:
        ahead = (folder / "seconds").read_text() if (folder / "seconds").exists() else "0"
        return datetime.now(UTC) + timedelta(seconds=int(ahead or "0"))

    settings = JobSettings(workers_per_object=workers, task_time_limit=600)
    template = (folder / "template.html").read_bytes()
    manifest = folder / "manifest.jsonl"
    task = read_task_folder(folder)
    spec = JobSpec(NAME, NAME, manifest, task, settings=settings, template=template)
    with listen(LOOPBACK, port) as listener:
        serve_job(spec, storage_of(folder), _key(folder), listener, now=now)


def _key(folder: Path) -> WorkspaceKey:
    return WorkspaceKey.kept_in(folder / "workspace" / "portal.key")


class Server:
    """Starts the process, kills it, starts it again on the same port."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.workers = workers
        self.folder = folder
        with listen(LOOPBACK, 0) as free:
            self.port = int(free.getsockname()[1])
        self.address = f"http://{LOOPBACK}:{self.port}"
        self.files = JobFiles(storage_of(folder), NAME)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        arguments = map(str, (self.folder, self.port, self.workers))
        command = [sys.executable, "-m", __spec__.name, *arguments]
        root = Path(__file__).parents[3]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log)
        for _ in range(300):
            try:
                with socket.create_connection((LOOPBACK, self.port), 1):
                    return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError((self.folder / "server.log").read_text())

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def interrupt(self) -> int:
        """End it as Ctrl+C does; return its exit status."""
        return self._end(signal.SIGINT)

    def _end(self, number: int) -> int:
        if self._process is None:
            return 0
        os.kill(self._process.pid, number)
        status = self._process.wait(30)
        self._process = None
        return status

    def ahead(self, seconds: int) -> None:
        """Move its clock on."""
        (self.folder / "seconds").write_text(str(seconds))

    @property
    def requester(self) -> str:
        """The requester's address."""
        return f"{self.address}/requester?key={requester_key(_key(self.folder).of_job(NAME))}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
