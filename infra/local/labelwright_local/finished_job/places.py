"""Where a job lies: found in whatever folder, prefix or manifest is named."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from labelwright.contract.job_layout import (
    JobLayout,
    job_of_output_manifest,
    parse_request,
    worker_response_folder,
)
from labelwright.errors import ObjectNotFound, UsageError
from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.storage import Readable
from labelwright_local.workspace.mounted_folder import MountedFolder
from labelwright_local.workspace.task_folder import WORKSPACE, is_job_folder

#: The whole job's labels, all of the same model; where it is there, it is read.
REFINED = "refined.manifest"

#: A job's folder of worker responses, as the service has it.
_ANNOTATIONS = "/annotations"

_STATE = "labelwright.sqlite3"


class JobPlace(NamedTuple):
    """A job by its files; addresses are those of ``storage``, None for what is not there.

    ``prefix`` is the job's own. ``responses`` is the folder of worker responses, ``manifest`` the
    output manifest whose labels count, ``task`` the definition that lies with the job, ``state``
    the file in which a local job keeps its state. ``shown`` is how people name the job.
    """

    prefix: str
    storage: Readable
    shown: str
    keys: tuple[str, ...]
    responses: str | None = None
    manifest: str | None = None
    has_requests: bool = False
    task: str | None = None
    state: Path | None = None
    folder: MountedFolder | None = None

    @property
    def name(self) -> str:
        """The job's name: its folder's."""
        return self.prefix.rpartition("/")[2]

    @property
    def layout(self) -> JobLayout:
        """The job's files."""
        return JobLayout(self.prefix)

    @property
    def is_in_s3(self) -> bool:
        """Whether the job lies in S3 itself."""
        return self.shown.startswith("s3://")

    @property
    def task_beside(self) -> Path | None:
        """The definition in the bucket of a local job that was named by its own folder."""
        if self.folder is None:
            return None
        bucket = Path(self.shown).resolve().parent.parent
        path = bucket / "tasks" / self.name / "task.toml"
        return path if path.is_file() else None

    def told(self, address: str) -> str:
        """Return an address as people find it: the path of a file in a folder."""
        if self.folder is None:
            return address
        try:
            return str(self.folder.path(address))
        except KeyError:
            return address.replace(self.folder.root, self.shown, 1)


def find_job(place: str) -> JobPlace:
    """Find the one job below a place: a folder, an ``s3://`` prefix, or an output manifest.

    The folder can be a job's own, one that holds it (a workspace, a bucket that was copied), or a
    part of a job such as its ``worker-response``. Where nothing in a folder says what it is, its
    files are taken for worker responses that were copied there. Of a folder that ``serve`` and
    ``run`` have both worked in, what people answered is meant, not what was simulated.

    Raises:
        UsageError: there is none, or there are several: all are named.
    """
    jobs = find_jobs(place)
    if len(jobs) > 1 and is_job_folder(Path(place)):
        jobs = find_jobs(str(Path(place, WORKSPACE))) or jobs
    if not jobs:
        raise UsageError(
            f"{place}: there is no job below it: no output manifest, no worker-response files, no "
            "consolidation requests"
        )
    if len(jobs) > 1:
        names = ", ".join(job.shown for job in jobs)
        raise UsageError(f"{place}: there are several jobs below it, name one: {names}")
    return jobs[0]


def find_jobs(place: str) -> list[JobPlace]:
    """Find all jobs below a place, sorted by name; see ``find_job``.

    Raises:
        UsageError: there is no such place.
    """
    if place.startswith("s3://"):
        return _in_s3(place)
    path = Path(place)
    if path.is_file():
        return [_of_manifest(path)]
    if not path.is_dir():
        raise UsageError(f"{place}: no such folder; a job is named by its folder")
    folder = MountedFolder(path)
    keys = folder.keys(folder.root)
    found = _grouped(folder.root, keys)
    if not found and any(key.endswith(".json") for key in keys):
        found = {folder.root: keys}
    return [
        _place(prefix, folder, inside, _path_of(path, folder.root, prefix), folder, keys)
        for prefix, inside in sorted(found.items())
    ]


def _in_s3(place: str) -> list[JobPlace]:
    storage = S3Storage.connect()
    if place.endswith(".manifest"):
        layout = job_of_output_manifest(place)
        if layout is None:
            prefix = place.rpartition("/")[0]
            return [JobPlace(prefix, storage, place, (place,), manifest=place)]
        place = layout.prefix
    prefix = place.rstrip("/")
    keys = storage.keys(prefix)
    return [
        _place(job, storage, inside, job, None, keys)
        for job, inside in sorted(_grouped(prefix, keys).items())
    ]


def _of_manifest(path: Path) -> JobPlace:
    """Return the job of an output manifest in a folder; of another manifest, the file alone."""
    layout = job_of_output_manifest(path.resolve().as_posix())
    if layout is not None:
        jobs = find_jobs(layout.prefix)
        if len(jobs) == 1:
            return jobs[0]
    single = _OneFile(path)
    return JobPlace(
        single.uri.rpartition("/")[0], single, str(path), (single.uri,), manifest=single.uri
    )


class _OneFile:
    """A manifest by itself: what its labels keep in other files is not at hand."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.uri = f"s3://this-folder/{path.stem}/{path.name}"

    def read(self, uri: str, *, limit: int | None = None) -> bytes:  # noqa: ARG002 - the interface's
        if uri != self.uri:
            raise ObjectNotFound(uri, "only the manifest was named, not its job")
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise UsageError(f"{self._path}: the file can't be read ({error.strerror})") from None

    def keys(self, uri: str) -> list[str]:
        return [self.uri] if self.uri.startswith(f"{uri}/") else []


def _grouped(prefix: str, keys: Sequence[str]) -> dict[str, list[str]]:
    """Return the addresses of each job's files by the job's prefix."""
    jobs = {job for key in keys if (job := _job_of(prefix, key))}
    # What lies in a job of a job (a folder that was copied into it) belongs to the outer one.
    outer = {job for job in jobs if not any(job.startswith(f"{other}/") for other in jobs)}
    found: dict[str, list[str]] = {job: [] for job in outer}
    for key in keys:
        owner = _owner(key, outer)
        if owner is not None:
            found[owner].append(key)
    return found


def _owner(key: str, jobs: Iterable[str]) -> str | None:
    return next((job for job in jobs if key.startswith(f"{job}/")), None)


def _job_of(prefix: str, key: str) -> str | None:
    """Return the prefix of the job that a file is of, None where its name does not say."""
    if not key.startswith(f"{prefix}/"):
        return None
    request = parse_request(key)
    if request is not None:
        return request[0].prefix
    responses = worker_response_folder(key)
    if responses is not None and key.endswith(".json"):
        return responses.rpartition("/")[0].removesuffix(_ANNOTATIONS)
    layout = job_of_output_manifest(key)
    for name in (REFINED, _STATE):
        layout = layout or _ending(key, f"/labelwright/{name}")
    return layout.prefix if layout else _copied_manifest(prefix, key)


def _ending(key: str, end: str) -> JobLayout | None:
    return JobLayout(key.removesuffix(end)) if key.endswith(end) else None


def _copied_manifest(prefix: str, key: str) -> str | None:
    """Return the folder, if it is the one named, into which an output manifest was copied."""
    return prefix if key in (f"{prefix}/output.manifest", f"{prefix}/{REFINED}") else None


def _place(
    prefix: str,
    storage: Readable,
    inside: list[str],
    shown: str,
    folder: MountedFolder | None,
    around: Sequence[str],
) -> JobPlace:
    responses = {found for key in inside if (found := worker_response_folder(key))}
    requests = any(parse_request(key) for key in inside)
    layout = JobLayout(prefix)
    manifests = (
        layout.own(REFINED),
        layout.output_manifest,
        f"{prefix}/{REFINED}",
        f"{prefix}/output.manifest",
    )
    there = set(inside)
    manifest = next((uri for uri in manifests if uri in there), None)
    state = layout.own(_STATE)
    return JobPlace(
        prefix=prefix,
        storage=storage,
        shown=shown,
        keys=tuple(inside),
        responses=_responses(prefix, responses, others=requests or manifest is not None),
        manifest=manifest,
        has_requests=requests,
        task=_task(prefix, around),
        state=folder.path(state) if folder and state in there else None,
        folder=folder,
    )


def _responses(prefix: str, found: set[str], *, others: bool) -> str | None:
    """Return the folder of worker responses; the job's own where another was copied beside it."""
    own = JobLayout(prefix).worker_responses
    if own in found or not found:
        return own if found else None if others else prefix
    return min(found)


def _task(prefix: str, around: Sequence[str]) -> str | None:
    """Return the definition that lies with a job: in its folder, or in the workspace's bucket."""
    parent, _, name = prefix.rpartition("/")
    bucket = parent.removesuffix("/output")
    wanted = (f"{prefix}/task.toml", f"{bucket}/tasks/{name}/task.toml")
    return next((uri for uri in wanted if uri in around), None) or _of_job_folder(around)


def _of_job_folder(around: Sequence[str]) -> str | None:
    """Return the definition of a folder as ``init`` makes it: beside its workspace."""
    found = [
        key
        for key in around
        if (match := re.fullmatch(r"(.+)/task\.toml", key))
        and any(other.startswith(f"{match[1]}/workspace/") for other in around)
    ]
    return found[0] if len(found) == 1 else None


def _path_of(folder: Path, root: str, prefix: str) -> str:
    inside = prefix.removeprefix(root).strip("/")
    return str(folder / inside) if inside else str(folder)
