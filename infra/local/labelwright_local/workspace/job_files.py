"""Where the files of a labeling job are: the service's own layout, below one prefix.

Layout: contract section 3.1,
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.post_labeling import RequestFile, read_request_file
from labelwright.errors import PayloadError
from labelwright_local.workspace.folder_lock import locked
from labelwright_local.workspace.folder_storage import FolderStorage

BUCKET = "labelwright-local"
OUTPUT_PATH = f"s3://{BUCKET}/output"

_REQUEST_NAME = re.compile(r".*/iteration-(\d+)/(\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d)\.json")


class Batch(NamedTuple):
    """A batch by its files: the consolidation request, and the response once there is one."""

    iteration: int
    name: str
    request_uri: str
    response_uri: str

    @property
    def moment(self) -> datetime:
        """The time that the batch is named by."""
        return datetime.strptime(self.name, "%Y-%m-%d_%H:%M:%S").replace(tzinfo=UTC)


class JobFiles:
    """The files of one job below ``s3://labelwright-local/output/<job>``."""

    def __init__(self, storage: FolderStorage, job_name: str) -> None:
        self.storage = storage
        self.prefix = f"{OUTPUT_PATH}/{job_name}"
        self.annotations = f"{self.prefix}/annotations"
        self.output_manifest = f"{self.prefix}/manifests/output/output.manifest"
        self.own = f"{self.prefix}/labelwright"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all other runs out of this job's folder.

        Raises:
            UsageError: one is working there.
        """
        with locked(self.storage.path(f"{self.own}/run.lock")):
            yield

    def batches(self) -> list[Batch]:
        """Return all batches that were requested, in the order of their iteration and time."""
        found = []
        for uri in self.storage.keys(self._consolidation("request")):
            match = _REQUEST_NAME.fullmatch(uri)
            if match:
                found.append(self.batch(int(match[1]), match[2]))
        return sorted(found)

    def read_batch(self, batch: Batch) -> RequestFile:
        """Return what a batch asks to be consolidated."""
        return read_request_file(self.storage.read(batch.request_uri), batch.request_uri)

    def read_response(self, batch: Batch) -> Json | None:
        """Return a batch's response, or None when there is none yet."""
        if not self.holds(batch.response_uri):
            return None
        try:
            return load_json(self.storage.read(batch.response_uri))
        except ValueError as error:
            raise PayloadError(f"{batch.response_uri}: {error}") from None

    def new_batches(
        self, iterations: Sequence[int], there: Sequence[Batch], now: datetime
    ) -> list[Batch]:
        """Name a run's new batches by their iterations, in this order.

        Names are times in whole seconds, no two alike. They end now and begin as many seconds ago
        as there are batches, or after the last one that is ``there``: labels are dated by their
        batch, and none should be dated into the future.
        """
        first = int(now.timestamp()) - len(iterations) + 1
        if there:
            last = max(batch.moment for batch in there)
            first = max(first, int(last.timestamp()) + 1)
        return [
            self.batch(iteration, time_name(datetime.fromtimestamp(first + index, UTC)))
            for index, iteration in enumerate(iterations)
        ]

    def holds(self, uri: str) -> bool:
        """Tell whether a file is there; one without content is what a power cut leaves."""
        path = self.storage.path(uri)
        return path.is_file() and path.stat().st_size > 0

    def worker_response(self, batch: Batch, identifier: str) -> str:
        """Return the address of an object's worker-response file; it is as old as its batch."""
        folder = f"{self.annotations}/worker-response/iteration-{batch.iteration}"
        return f"{folder}/{identifier}/{batch.name}.json"

    def write_json(self, uri: str, value: Json) -> None:
        """Write one JSON value."""
        self.storage.write(uri, dump_json(value).encode())

    def _consolidation(self, what: str) -> str:
        return f"{self.annotations}/consolidated-annotation/consolidation-{what}"

    def batch(self, iteration: int, name: str) -> Batch:
        """Return the batch of this iteration and time, whether it was requested or not."""
        tail = f"iteration-{iteration}/{name}.json"
        request, response = (self._consolidation(what) for what in ("request", "response"))
        return Batch(iteration, name, f"{request}/{tail}", f"{response}/{tail}")


def time_name(moment: datetime) -> str:
    """Return a time as the service names files by it; the colons are its own."""
    return f"{moment.astimezone(UTC):%Y-%m-%d_%H:%M:%S}"
