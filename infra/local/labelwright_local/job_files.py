"""Where the files of a labeling job are: the service's own layout, below one prefix.

Layout: contract section 3.1,
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.post_labeling import RequestFile, read_request_file
from labelwright.errors import PayloadError
from labelwright_local.folder_storage import FolderStorage

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

    def batches(self) -> list[Batch]:
        """Return all batches that were requested, in the order of their iteration and time."""
        found = []
        for uri in self.storage.keys(self._consolidation("request")):
            match = _REQUEST_NAME.fullmatch(uri)
            if match:
                found.append(self._batch(int(match[1]), match[2]))
        return sorted(found)

    def read_batch(self, batch: Batch) -> RequestFile:
        """Return what a batch asks to be consolidated."""
        return read_request_file(self.storage.read(batch.request_uri), batch.request_uri)

    def read_response(self, batch: Batch) -> Json | None:
        """Return a batch's response, or None when there is none yet."""
        if not self.storage.exists(batch.response_uri):
            return None
        try:
            return load_json(self.storage.read(batch.response_uri))
        except ValueError as error:
            raise PayloadError(f"{batch.response_uri}: {error}") from None

    def new_batch(self, iteration: int, moment: datetime) -> Batch:
        """Name a batch by its time in seconds; a second that is taken makes way for the next."""
        second = int(moment.timestamp())
        while True:
            batch = self._batch(iteration, time_name(datetime.fromtimestamp(second, UTC)))
            if not self.storage.exists(batch.request_uri):
                return batch
            second += 1

    def worker_responses(self) -> set[str]:
        """Return the ids of the objects whose answers are stored."""
        folder = f"{self.annotations}/worker-response"
        return {uri.split("/")[-2] for uri in self.storage.keys(folder)}

    def worker_response(self, iteration: int, identifier: str, moment: datetime) -> str:
        """Return the address of an object's worker-response file."""
        folder = f"{self.annotations}/worker-response/iteration-{iteration}"
        return f"{folder}/{identifier}/{time_name(moment)}.json"

    def write_json(self, uri: str, value: Json) -> None:
        """Write one JSON value."""
        self.storage.write(uri, dump_json(value).encode())

    def _consolidation(self, what: str) -> str:
        return f"{self.annotations}/consolidated-annotation/consolidation-{what}"

    def _batch(self, iteration: int, name: str) -> Batch:
        tail = f"iteration-{iteration}/{name}.json"
        request, response = (self._consolidation(what) for what in ("request", "response"))
        return Batch(iteration, name, f"{request}/{tail}", f"{response}/{tail}")


def time_name(moment: datetime) -> str:
    """Return a time as the service names files by it; the colons are its own."""
    return f"{moment.astimezone(UTC):%Y-%m-%d_%H:%M:%S}"
