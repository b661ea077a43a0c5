"""The job that somebody named: by the folder that is served, ``WORKSPACE/JOB``, or its files."""

from pathlib import Path

from labelwright.errors import UsageError
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import BUCKET, JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk
from labelwright_local.workspace.task_folder import WORKSPACE, is_job_folder

_OUTPUT = Path(BUCKET, "output")


def named_job(named: Path) -> tuple[FolderStorage, str]:
    """Return the storage and the name of a job that was run or served on this machine.

    Raises:
        UsageError: there is none; the message lists those that are there.
    """
    workspace = named.parent / "s3"
    if _has_state(workspace / _OUTPUT / named.name):
        return FolderStorage(workspace), named.name
    folder = named.resolve()
    if _has_state(folder) and folder.parent.parts[-2:] == _OUTPUT.parts:
        return FolderStorage(folder.parents[2]), folder.name
    if is_job_folder(named):
        served = named / WORKSPACE
        names = jobs_in(served)
        if len(names) == 1:
            return FolderStorage(served / "s3"), names[0]
    for place in (named, named.parent, named / WORKSPACE):
        jobs = jobs_in(place)
        if jobs:
            told = ", ".join(str(place / name) for name in jobs)
            raise UsageError(f"{named}: there is no such job; name one of {told}")
    raise UsageError(
        f"{named}: there is no such job; name the folder that is served, or WORKSPACE/JOB, such as "
        "workspace/my-job"
    )


def jobs_in(workspace: Path) -> list[str]:
    """Return the names of the jobs in a workspace."""
    folder = workspace / "s3" / _OUTPUT
    if not folder.is_dir():
        return []
    return sorted(place.name for place in folder.iterdir() if _has_state(place))


def _has_state(folder: Path) -> bool:
    storage = FolderStorage(folder.parents[2]) if len(folder.parents) > 2 else None
    if storage is None or not folder.is_dir():
        return False
    return JobOnDisk(storage, JobFiles(storage, folder.name).layout).state.is_file()
