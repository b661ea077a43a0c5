"""Every answer of a job from all of its files, each once, with when it was given."""

from collections.abc import Iterable
from typing import NamedTuple

from labelwright.answers.columns import Fetched
from labelwright.answers.decode import decode_content
from labelwright.contract.base import Json, dump_json
from labelwright.contract.post_labeling import DataObject, ReceivedAnnotation, RequestObject
from labelwright.contract.worker_response import WorkerAnswer
from labelwright.errors import ObjectNotFound, ObjectTooLarge, UsageError
from labelwright_lambda.storage import Readable
from labelwright_lambda.whole_job.answers import (
    AnswerFault,
    AnswerFile,
    AnswerSource,
    Requests,
    WorkerResponses,
    read_files,
    received,
)
from labelwright_local.finished_job.places import JobPlace

#: Folders of a job to which its own files may point, wherever the job was copied.
_OWN_FOLDERS = ("annotations/", "labelwright/")


class GatheredObject(NamedTuple):
    """An object's answers in the order of time; ``sent[i]`` is answer ``i`` as the portal had it.

    ``data`` is what a consolidation request says of the object itself.
    """

    data: DataObject | None
    annotations: tuple[ReceivedAnnotation, ...]
    sent: tuple[WorkerAnswer | None, ...]

    def entry(self, identifier: str) -> RequestObject:
        """Return the object as a request has it."""
        return RequestObject(identifier, self.data, self.annotations, None)


class Gathered(NamedTuple):
    """All objects with answers, by datasetObjectId; what answers kept in files say; faults."""

    objects: dict[str, GatheredObject]
    fetched: Fetched
    faults: tuple[AnswerFault, ...]


def gather_answers(job: JobPlace, labelled: Iterable[str]) -> Gathered:
    """Read the worker responses, and the requests where they have what those lack.

    ``labelled`` are the ids of objects that have a label: answers to them must be somewhere.
    """
    objects: dict[str, GatheredObject] = {}
    fetched: dict[str, bytes | str] = {}
    faults: list[AnswerFault] = []
    storage = OwnFiles(job)
    if job.responses is not None:
        _add(WorkerResponses(job.responses, storage), job, objects, fetched, faults)
    if job.has_requests and (not objects or faults or not objects.keys() >= set(labelled)):
        asked: dict[str, GatheredObject] = {}
        _add(Requests(job.layout, storage), job, asked, fetched, faults)
        for identifier, found in asked.items():
            objects[identifier] = _joined(objects.get(identifier), found)
    return Gathered(objects, fetched, tuple(faults))


def with_sent(found: GatheredObject | None, answers: Iterable[WorkerAnswer]) -> GatheredObject:
    """Return an object with answers of the state, those left out that it has already."""
    known = found or GatheredObject(None, (), ())
    seen = {_same(annotation) for annotation in known.annotations}
    new = [(answer, received(answer)) for answer in answers]
    new = [(answer, annotation) for answer, annotation in new if _same(annotation) not in seen]
    return known._replace(
        annotations=known.annotations + tuple(annotation for _, annotation in new),
        sent=known.sent + tuple(answer for answer, _ in new),
    )


def _joined(first: GatheredObject | None, other: GatheredObject) -> GatheredObject:
    """Return what is known of an object from worker responses and from a request."""
    if first is None:
        return other
    seen = {_same(annotation) for annotation in first.annotations}
    lacking = [place for place, each in enumerate(other.annotations) if _same(each) not in seen]
    return GatheredObject(
        other.data or first.data,
        first.annotations + tuple(other.annotations[place] for place in lacking),
        first.sent + tuple(other.sent[place] for place in lacking),
    )


def _same(annotation: ReceivedAnnotation) -> str:
    """Return what two copies of an answer have in common: the worker, and the content's meaning."""
    read = annotation.annotation
    if read is None:
        return dump_json(annotation.raw)
    try:
        content: Json = decode_content(read.annotation_data.content)
    except ValueError:
        content = read.annotation_data.content
    return dump_json([read.worker_id, content, read.annotation_data.s3_uri])


def _add(
    source: AnswerSource,
    job: JobPlace,
    objects: dict[str, GatheredObject],
    fetched: dict[str, bytes | str],
    faults: list[AnswerFault],
) -> None:
    for file in read_files(_Careful(source)):
        fetched |= file.fetched
        faults += (AnswerFault(job.told(place), reason) for place, reason in file.faults)
        for entry in file.objects:
            before = objects.get(entry.dataset_object_id) or GatheredObject(None, (), ())
            sent: tuple[WorkerAnswer | None, ...] = file.sent or (None,) * len(entry.annotations)
            objects[entry.dataset_object_id] = GatheredObject(
                before.data or entry.data_object,
                before.annotations + entry.annotations,
                before.sent + sent,
            )


class _Careful:
    """A source of which a file that can't be opened is a fault, and costs nothing else."""

    def __init__(self, source: AnswerSource) -> None:
        self._source = source

    def files(self) -> list[str]:
        return self._source.files()

    def read(self, uri: str) -> AnswerFile:
        try:
            return self._source.read(uri)
        except (UsageError, ObjectNotFound, ObjectTooLarge) as error:
            return AnswerFile((), {}, (AnswerFault(uri, str(error)),))


class OwnFiles:
    """A job's files, also under the addresses that they had where the job ran.

    Labels and requests name files of their job by where it was written. No address leads out of
    the job: they come from whoever's function made them.
    """

    def __init__(self, job: JobPlace) -> None:
        self._job = job
        self._keys = frozenset(job.keys)

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return a file's bytes; see ``storage.Readable``."""
        return self._job.storage.read(self._found(uri), limit=limit)

    def keys(self, uri: str) -> list[str]:
        """Return the addresses of all files below ``uri/``; see ``storage.Readable``."""
        return sorted(key for key in self._job.keys if key.startswith(f"{uri}/"))

    def _found(self, uri: str) -> str:
        if uri in self._keys:
            return uri
        for inside in _OWN_FOLDERS:
            _, found, rest = uri.partition(f"/{inside}")
            moved = f"{self._job.prefix}/{inside}{rest}"
            if found and moved in self._keys:
                return moved
        raise ObjectNotFound(uri, f"there is no such file in the job {self._job.shown}")


def fetch_of(job: JobPlace, limit: int) -> "_Fetch":
    """Return how the files are read into which parts of the job's labels moved."""
    return _Fetch(OwnFiles(job), limit)


class _Fetch:
    def __init__(self, files: Readable, limit: int) -> None:
        self._files = files
        self._limit = limit

    def __call__(self, uri: str) -> bytes:
        return self._files.read(uri, limit=self._limit)
