"""All data objects of a job with all their answers, in parts that fit into memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from labelwright.consolidation.ledger import Ledger, RequestVotes, extend
from labelwright.contract.job_layout import JobLayout, RequestName, parse_request
from labelwright.contract.post_labeling import RequestObject, asked_again
from labelwright.task.definition import FieldDefinition
from labelwright.task.gold import source_keys
from labelwright_lambda.storage import Readable
from labelwright_lambda.whole_job.answers import AnswerFault, AnswerFile, Requests, read_files
from labelwright_lambda.whole_job.votes import fingerprint, request_votes

#: Characters of answers that are consolidated at once; with all that is made of them they take some
#: 600 MB.
MOST_AT_ONCE = 64_000_000
#: What an annotation takes besides its answer, in characters of answers: 4.4 kB as measured, and
#: some room for what is kept of the whole job. More parts take hardly more time.
_ANNOTATION = 1_000


class Gathered(NamedTuple):
    """A job in parts: each object is whole, and in one part.

    ``ledger`` has the votes of all requests where there are several parts, else their names: then
    the one part has all votes itself. It also has what another job tells of the workers' skill.
    """

    parts: Iterable[Sequence[RequestObject]]
    ledger: Ledger
    requests: int
    unread: tuple[AnswerFault, ...]


def gather(
    job: JobLayout,
    learning: Sequence[FieldDefinition] | None,
    storage: Readable,
    most: int = MOST_AT_ONCE,
) -> Gathered:
    """Read all consolidation requests of a job.

    An object that was asked for again has all its answers, of one worker's the last. Without
    ``learning``, the fields that learn, all is in one part, whatever its size: it takes all answers
    to recognise fields.

    Raises:
        StorageError: a file is out of reach.
    """
    source = Requests(job, storage)
    last: dict[str, RequestName] = {}
    held: dict[str, RequestObject] = {}
    votes: list[RequestVotes] = []
    unread: list[AnswerFault] = []
    size = number = 0
    for name, file in _named_files(source):
        number += 1
        unread += file.faults
        last |= dict.fromkeys((entry.dataset_object_id for entry in file.objects), name)
        size += sum(map(_characters, file.objects))
        if learning is not None:
            votes.append(request_votes(name, file.objects, learning))
        if learning is None or size <= most:
            _join(held, file.objects)
        else:
            held.clear()
    borrowed = _borrowed(source, learning or ())
    if learning is None or size <= most:
        other = extend(Ledger("", (), {}), borrowed)
        names = (*other.requests, *sorted(set(last.values())))
        sources = {**other.sources, **source_keys(held.values())}
        ledger = replace(other, requests=names, sources=sources)
        return Gathered((list(held.values()),), ledger, number, (*unread,))
    ledger = extend(Ledger(fingerprint(learning), (), {}), [*borrowed, *votes])
    return Gathered(_parts(source, last, most), ledger, number, (*unread,))


def _borrowed(source: Requests, learning: Sequence[FieldDefinition]) -> list[RequestVotes]:
    """Return the votes of another job that tell the skill of this one's workers."""
    if not learning:
        return []
    return [
        request_votes(name, source.read(uri).objects, learning)
        for name, uri in sorted(source.named().items())
        if not name.iteration
    ]


def _named_files(source: Requests) -> Iterator[tuple[RequestName, AnswerFile]]:
    names = [found[1] for uri in source.files() if (found := parse_request(uri))]
    yield from zip(names, read_files(source), strict=True)


def _join(held: dict[str, RequestObject], objects: Iterable[RequestObject]) -> None:
    for entry in objects:
        first = held.get(entry.dataset_object_id)
        held[entry.dataset_object_id] = asked_again(first, entry) if first else entry


def _parts(
    source: Requests, last: dict[str, RequestName], most: int
) -> Iterator[Sequence[RequestObject]]:
    """Yield the objects once no later request has any of them again."""
    waiting: dict[str, RequestObject] = {}
    part: list[RequestObject] = []
    size = 0
    for name, file in _named_files(source):
        _join(waiting, file.objects)
        for entry in file.objects:
            if last[entry.dataset_object_id] == name:
                whole = waiting.pop(entry.dataset_object_id)
                size += _characters(whole)
                part.append(whole)
        if size > most:
            yield part
            part, size = [], 0
    if part:
        yield part


def _characters(entry: RequestObject) -> int:
    """Return what an object's answers take, in characters, as far as they are here."""
    contents = (
        received.annotation.annotation_data.content
        for received in entry.annotations
        if received.annotation
    )
    return _ANNOTATION * len(entry.annotations) + sum(
        len(content) for content in contents if isinstance(content, str)
    )
