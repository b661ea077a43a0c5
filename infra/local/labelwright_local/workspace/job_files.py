"""The files of a local labeling job, at the service's own places, on any storage."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.job_layout import (
    JobLayout,
    RequestName,
    WorkerResponseName,
    named_time,
    parse_request,
    time_name,
)
from labelwright.errors import ObjectNotFound, ObjectTooLarge, PayloadError, StorageError
from labelwright_lambda.storage import JobStorage

BUCKET = "labelwright-local"
OUTPUT_PATH = f"s3://{BUCKET}/output"

#: A label's file holds all answers to an object: nine of 6 MB, twice as long where escaped.
MAX_LABEL_FILE = 128 * 1024 * 1024


class Batch(NamedTuple):
    """A batch by its files: the consolidation request, and the response once there is one."""

    request: RequestName
    moment: datetime
    request_uri: str
    response_uri: str

    @property
    def iteration(self) -> int:
        """The batch's iteration, counted from 1."""
        return self.request.iteration

    @property
    def name(self) -> str:
        """The time, in UTC, that the batch is named by."""
        return self.request.name


class JobFiles:
    """The files of one job below ``s3://labelwright-local/output/<job>``."""

    def __init__(self, storage: JobStorage, job_name: str) -> None:
        self.storage = storage
        self.layout = JobLayout(f"{OUTPUT_PATH}/{job_name}")

    def batches(self) -> list[Batch]:
        """Return all batches that were requested, in the order of their iteration and time."""
        return sorted(
            self.batch(*found[1])
            for uri in self.storage.keys(self.layout.requests)
            if (found := parse_request(uri)) and named_time(found[1].name)
        )

    def read_label_file(self, uri: str) -> bytes:
        """Return the file into which one of the job's labels moved.

        The address comes from a label, and that from whoever's function made it.

        Raises:
            StorageError: it is not among the job's files, is not there, or has over 128 MiB.
        """
        if not uri.startswith(f"{self.layout.prefix}/"):
            raise StorageError(uri, "it is not among the job's files; labels are read from those")
        return self.storage.read(uri, limit=MAX_LABEL_FILE)

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
        try:
            self.storage.read(uri, limit=0)
        except ObjectTooLarge:
            return True
        except ObjectNotFound:
            pass
        return False

    def worker_response(self, batch: Batch, identifier: str) -> str:
        """Return the address of an object's worker-response file; it is as old as its batch."""
        name = WorkerResponseName(batch.iteration, identifier, batch.name)
        return self.layout.worker_response(name)

    def write_json(self, uri: str, value: Json) -> None:
        """Write one JSON value."""
        self.storage.write(uri, dump_json(value).encode())

    def batch(self, iteration: int, name: str) -> Batch:
        """Return the batch of this iteration and time, whether it was requested or not.

        Raises:
            ValueError: ``name`` is no time.
        """
        moment = named_time(name)
        if moment is None:
            raise ValueError("a batch is named by a time")
        request = RequestName(iteration, name)
        return Batch(request, moment, self.layout.request(request), self.layout.response(request))
