"""A job's answers, file by file, from its consolidation requests or its worker responses.

Both hold the same answers, in S3 or in a folder: who reads a job is handed a source and need not
know which. Requests have the data objects beside them. Worker responses are there too when nothing
was consolidated.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Protocol

from labelwright.answers.columns import AnsweredObject, Fetched, read_object
from labelwright.contract.base import Json
from labelwright.contract.job_layout import (
    JobLayout,
    RequestName,
    WorkerResponseName,
    copied_worker_response,
    parse_request,
)
from labelwright.contract.post_labeling import (
    MOST_REQUEST_BYTES,
    Annotation,
    AnnotationData,
    ReceivedAnnotation,
    RequestObject,
    asked_again,
    read_request_file,
)
from labelwright.contract.worker_response import WorkerAnswer, read_answers
from labelwright.errors import PayloadError
from labelwright.task.definition import Rename
from labelwright_lambda.storage import Readable
from labelwright_lambda.whole_job.reading import READERS, fetch_all


class AnswerFault(NamedTuple):
    """What could not be read, and why; ``place`` is a file, or a line of one."""

    place: str
    reason: str


class AnswerFile(NamedTuple):
    """What a file of a job says: objects with their annotations, and what could not be read.

    ``fetched`` has what lies under the addresses of answers that are kept in files. ``sent`` are
    the annotations as the portal stored them, with their times: of a file about one object.
    """

    objects: tuple[RequestObject, ...]
    fetched: Fetched
    faults: tuple[AnswerFault, ...] = ()
    sent: tuple[WorkerAnswer, ...] = ()

    def answered(self) -> list[AnsweredObject]:
        """Decode all answers."""
        return [read_object(entry, self.fetched) for entry in self.objects]


class AnswerSource(Protocol):
    """A job as a source of answers. Methods raise the ``StorageError`` that fits."""

    def files(self) -> list[str]:
        """Return the addresses of all files that hold answers, in the order of time."""
        ...

    def read(self, uri: str) -> AnswerFile:
        """Read one of them; what is damaged is a fault, and costs nothing else."""
        ...


class Requests:
    """The consolidation requests that a job has sent."""

    def __init__(self, job: JobLayout, storage: Readable) -> None:
        self._job = job
        self._storage = storage

    def named(self) -> dict[RequestName, str]:
        """Return the addresses of all requests by their names.

        Those of iteration 0 hold answers of another job, which tell the skill of its workers.
        """
        uris = self._storage.keys(self._job.requests)
        return {found[1]: uri for uri in uris if (found := parse_request(uri))}

    def files(self) -> list[str]:
        """Return the addresses of all requests in the order of time, of this job's own objects."""
        return [uri for name, uri in sorted(self.named().items()) if name.iteration]

    def read(self, uri: str) -> AnswerFile:
        """Read a request and the answers that it keeps in files; see ``AnswerSource``."""
        try:
            request = read_request_file(self._storage.read(uri), uri)
        except PayloadError as error:
            return AnswerFile((), {}, (AnswerFault(uri, _without(uri, error)),))
        faults = [
            AnswerFault(uri, "an entry without datasetObjectId: nobody knows what it is about")
            for _ in request.unidentified
        ]
        fetched = fetch_answers(request.objects, self._storage)
        return AnswerFile(request.objects, fetched, tuple(faults))


class WorkerResponses:
    """The worker-response files below a folder, which may have been copied out of its job."""

    def __init__(self, folder: str, storage: Readable) -> None:
        self._folder = folder
        self._storage = storage

    def files(self) -> list[str]:
        """Return the addresses of all files in the order of time."""
        uris = [uri for uri in self._storage.keys(self._folder) if uri.endswith(".json")]
        return sorted(uris, key=self._time)

    def read(self, uri: str) -> AnswerFile:
        """Read the answers to one object; see ``AnswerSource``."""
        name = self._name(uri)
        try:
            answers, damaged = read_answers(self._storage.read(uri), uri)
        except PayloadError as error:
            return AnswerFile((), {}, (AnswerFault(uri, _without(uri, error)),))
        if name is None:
            return AnswerFile((), {}, (AnswerFault(uri, "no folder tells its datasetObjectId"),))
        annotations = tuple(received(answer) for answer in answers)
        entry = RequestObject(name.dataset_object_id, None, annotations, None)
        faults = tuple(AnswerFault(uri, reason) for reason in damaged)
        return AnswerFile((entry,), {}, faults, tuple(answers))

    def _name(self, uri: str) -> WorkerResponseName | None:
        inside = uri.removeprefix(f"{self._folder}/")
        # Where the folder is that of a single object, its own name tells which.
        return copied_worker_response(inside) or copied_worker_response(uri)

    def _time(self, uri: str) -> tuple[int, str, str]:
        name = self._name(uri)
        return (name.iteration, name.name, uri) if name else (0, "", uri)


def received(answer: WorkerAnswer) -> ReceivedAnnotation:
    """Turn an answer into the annotation that a request would have, without writing it as JSON."""
    content: Json = answer.answer_content
    raw = {"workerId": answer.worker_id, "annotationData": {"content": content}}
    if isinstance(content, str):
        # In a request a string is JSON; here it would be an answer that is no object.
        return ReceivedAnnotation(raw, None, "the answer is not a JSON object")
    data = AnnotationData(content={} if content is None else content)
    annotation = Annotation(worker_id=answer.worker_id, annotation_data=data)
    return ReceivedAnnotation(raw, annotation, None)


def _without(uri: str, error: PayloadError) -> str:
    return str(error).removeprefix(f"{uri}: ")


def fetch_answers(objects: Iterable[RequestObject], storage: Readable) -> dict[str, bytes | str]:
    """Return the answers that were sent by reference: each file's bytes, or why it is not here.

    Together they may have as many bytes as a request; the largest are left out first.

    Raises:
        StorageError: a file is out of reach for another reason.
    """
    references = {
        received.annotation.annotation_data.s3_uri
        for entry in objects
        for received in entry.annotations
        if received.annotation and received.annotation.annotation_data.content is None
    }
    return dict(fetch_all(filter(None, references), storage, MOST_REQUEST_BYTES))


def read_files(source: AnswerSource) -> Iterator[AnswerFile]:
    """Read a job file by file, in the order of time, some ahead of what is asked for.

    No more of them are in memory than are read at the same time.

    Raises:
        StorageError: a file is out of reach.
    """
    ahead: deque[Future[AnswerFile]] = deque()
    with ThreadPoolExecutor(READERS) as readers:
        for uri in source.files():
            ahead.append(readers.submit(source.read, uri))
            if len(ahead) > READERS:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


class WholeJob(NamedTuple):
    """All objects of a job with their answers, and what could not be read.

    ``renames`` are recorded beside the answers where labels have another name now.
    """

    objects: tuple[AnsweredObject, ...]
    faults: tuple[AnswerFault, ...]
    renames: tuple[Rename, ...] = ()


def whole_job(source: AnswerSource) -> WholeJob:
    """Read all of a job at once, each object once, in the order of the manifest.

    An object that was asked for several times has all its answers, each once; of one worker's the
    last counts.

    Raises:
        StorageError: a file is out of reach.
    """
    entries: dict[str, RequestObject] = {}
    fetched: dict[str, bytes | str] = {}
    faults: list[AnswerFault] = []
    for file in read_files(source):
        for entry in file.objects:
            first = entries.get(entry.dataset_object_id)
            entries[entry.dataset_object_id] = asked_again(first, entry) if first else entry
        fetched |= file.fetched
        faults += file.faults
    ordered = sorted(entries.items(), key=_in_order)
    return WholeJob(tuple(read_object(entry, fetched) for _, entry in ordered), tuple(faults))


def _in_order(item: tuple[str, object]) -> tuple[int, str]:
    """Sort ids as the lines that they count; others come first."""
    return (int(item[0]) if item[0].isdecimal() else 0, item[0])
