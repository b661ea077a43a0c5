"""Where a labeling job's files lie: the service's own layout, and our files beside it.

Each file's place is written once, as a pattern: an address is made of its parts, and where somebody
asks for them, taken apart into them again. Layout: contract section 3.1,
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html

Wherever a job lies, a prefix such as ``s3://bucket/output/<job>`` or a folder, addresses begin with
it and have slashes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple


class RequestName(NamedTuple):
    """A consolidation request by its place in the job; compares in the order of time.

    ``iteration`` is counted from 1; ``name`` is a time as the service writes it (``time_name``).
    """

    iteration: int
    name: str

    def __str__(self) -> str:
        return f"iteration-{self.iteration}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> "RequestName":
        """Read ``iteration-<n>/<name>``.

        Raises:
            ValueError: it is none.
        """
        iteration, _, name = text.removeprefix("iteration-").partition("/")
        return cls(int(iteration), name)


class WorkerResponseName(NamedTuple):
    """A worker-response file by its place in the job; ``name`` is a time, as of a request."""

    iteration: int
    dataset_object_id: str
    name: str


class _Pattern:
    """The places of all files of one sort below a job's prefix.

    ``{iteration}`` stands for a number as it is written without leading zeros, every other name
    for a text without a slash.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        # When first asked for: a batch needs one of them, and compiling all delays a cold start.
        parts = (
            re.escape(part) if index % 2 == 0 else _group(part)
            for index, part in enumerate(re.split(r"\{(\w+)\}", self._pattern))
        )
        return re.compile(f"(?P<job>.+)/{''.join(parts)}", re.DOTALL)

    def make(self, job: str, **names: str | int) -> str:
        return f"{job}/{self._pattern.format(**names)}"

    def parse(self, address: str) -> re.Match[str] | None:
        return self._regex.fullmatch(address)


def _group(name: str) -> str:
    return f"(?P<{name}>{'0|[1-9][0-9]*' if name == 'iteration' else '[^/]+'})"


_REQUESTS = "annotations/consolidated-annotation/consolidation-request"
_RESPONSES = "annotations/consolidated-annotation/consolidation-response"
_WORKER_RESPONSE = "worker-response"
_WORKER_RESPONSES = f"annotations/{_WORKER_RESPONSE}"
_OWN = "labelwright"

_request = _Pattern(f"{_REQUESTS}/iteration-{{iteration}}/{{name}}.json")
_response = _Pattern(f"{_RESPONSES}/iteration-{{iteration}}/{{name}}.json")
_worker_response = _Pattern(
    f"{_WORKER_RESPONSES}/iteration-{{iteration}}/{{dataset_object_id}}/{{name}}.json"
)
_intermediate = _Pattern("annotations/intermediate/{iteration}/annotations.manifest")
_labels = _Pattern(f"{_OWN}/labels/iteration-{{iteration}}/{{name}}")

#: Where a job's output manifest is, below the job's prefix.
OUTPUT_MANIFEST = "manifests/output/output.manifest"


@dataclass(frozen=True)
class JobLayout:
    """The addresses of one job's files; ``prefix`` has no slash at its end."""

    prefix: str

    @property
    def annotations(self) -> str:
        """The folder of everything that workers and post-labeling made."""
        return f"{self.prefix}/annotations"

    @property
    def requests(self) -> str:
        """The folder of all consolidation requests."""
        return f"{self.prefix}/{_REQUESTS}"

    @property
    def worker_responses(self) -> str:
        """The folder of all worker-response files."""
        return f"{self.prefix}/{_WORKER_RESPONSES}"

    @property
    def template(self) -> str:
        """The worker page's template."""
        return f"{self.prefix}/annotation-tool/template.liquid"

    @property
    def label_categories(self) -> str:
        """The label category configuration file."""
        return f"{self.prefix}/annotation-tool/data.json"

    @property
    def output_manifest(self) -> str:
        """The output manifest."""
        return f"{self.prefix}/{OUTPUT_MANIFEST}"

    @property
    def votes(self) -> str:
        """Our snapshot of the votes of all requests (``labelwright.consolidation.ledger``)."""
        return self.own("votes")

    @property
    def refined_manifest(self) -> str:
        """Our output manifest with labels that all come from the whole job, where it is there."""
        return self.own("refined.manifest")

    @property
    def refined(self) -> str:
        """What is known of how the refined labels were made (``contract.refining.Refined``)."""
        return self.own("refined.json")

    @property
    def refined_labels(self) -> str:
        """The folder for what refined labels are too large to hold."""
        return self.own("labels/refined")

    @property
    def object_ids(self) -> str:
        """The ids of the output manifest's lines, a line each; without it they count from 0."""
        return self.own("object-ids.txt")

    def own(self, name: str) -> str:
        """Return the address of a file of ours: never among those of the service."""
        return f"{self.prefix}/{_OWN}/{name}"

    def request(self, request: RequestName) -> str:
        """Return the address of a consolidation request."""
        return _request.make(self.prefix, **request._asdict())

    def response(self, request: RequestName) -> str:
        """Return the address of what post-labeling answered to a request."""
        return _response.make(self.prefix, **request._asdict())

    def worker_response(self, name: WorkerResponseName) -> str:
        """Return the address of the answers to one data object."""
        return _worker_response.make(self.prefix, **name._asdict())

    def intermediate(self, iteration: int) -> str:
        """Return the address of the list of labels that an iteration left."""
        return _intermediate.make(self.prefix, iteration=iteration)

    def labels(self, request: RequestName) -> str:
        """Return the folder, ours, for what a request's labels are too large to hold."""
        return _labels.make(self.prefix, **request._asdict())


def parse_request(address: str) -> tuple[JobLayout, RequestName] | None:
    """Return job and name of a consolidation request; None if the address is of none."""
    match = _request.parse(address)
    if match is None:
        return None
    return JobLayout(match["job"]), RequestName(int(match["iteration"]), match["name"])


def job_of_output_manifest(address: str) -> JobLayout | None:
    """Return the job whose output manifest this is; None if the address is of none."""
    job = address.removesuffix(f"/{OUTPUT_MANIFEST}")
    return JobLayout(job) if job != address else None


#: How the end of a worker-response file's address looks, wherever its folder was copied to.
_copied = _Pattern("iteration-{iteration}/{dataset_object_id}/{name}.json")


def copied_worker_response(address: str) -> WorkerResponseName | None:
    """Return the name of a worker-response file in a folder that people copied from a job.

    The folder that holds the file is named by the object. What else the address says is not needed
    to read an answer: the iteration is 0 where it is not told. None when it is no such file.
    """
    match = _copied.parse(f"./{address}")
    if match is not None:
        return WorkerResponseName(
            int(match["iteration"]), match["dataset_object_id"], match["name"]
        )
    folder, _, file = address.rpartition("/")
    identifier = folder.rpartition("/")[2]
    if not file.endswith(".json") or not identifier or _holds_folders(identifier):
        return None
    return WorkerResponseName(0, identifier, file.removesuffix(".json"))


def _holds_folders(name: str) -> bool:
    return name == _WORKER_RESPONSE or re.fullmatch(r"iteration-\d+", name) is not None


def worker_response_folder(address: str) -> str | None:
    """Return the folder of worker responses, wherever it was copied to, that a file lies in."""
    before, found, _ = address.partition(f"/{_WORKER_RESPONSE}/")
    return f"{before}/{_WORKER_RESPONSE}" if found else None


class BatchPlace(NamedTuple):
    """Where a batch stands among the service's files.

    ``job`` and ``request`` are None when the payload's path is not of the service's layout.
    ``folder`` is ours and unique to the batch: below it we may write. It is beside the payload
    where there is no job to put it into.
    """

    job: JobLayout | None
    request: RequestName | None
    folder: str


def batch_place(payload_uri: str) -> BatchPlace:
    """Work out where our own files of this batch go from where its request file is."""
    found = parse_request(payload_uri)
    if found is None:
        parent, _, name = payload_uri.rpartition("/")
        return BatchPlace(None, None, f"{parent}/{_OWN}/{name.removesuffix('.json')}")
    job, request = found
    return BatchPlace(job, request, job.labels(request))


_TIME = "%Y-%m-%d_%H:%M:%S"
_TIME_NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}:[0-9]{2}:[0-9]{2}")


def time_name(moment: datetime) -> str:
    """Return a time as the service names files by it, in whole seconds; the colons are its own."""
    return f"{moment.astimezone(UTC):{_TIME}}"


def named_time(name: str) -> datetime | None:
    """Return the time, in UTC, that a file is named by; None if it is named by none."""
    if not _TIME_NAME.fullmatch(name):
        return None
    try:
        return datetime.strptime(name, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
