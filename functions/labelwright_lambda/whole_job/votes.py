"""The votes of a job's earlier batches, gathered from the consolidation requests that it has sent.

The service keeps every one of them. What they say is read once and kept in a snapshot, so that what
is read per batch grows with the new data, not with the job.
"""

import logging
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import ClassVar

from labelwright.answers.columns import AnsweredObject, labels_for, read_column, read_object
from labelwright.answers.weight import without_too_heavy
from labelwright.consolidation.ledger import Ledger, RequestVotes, extend, votes_of
from labelwright.consolidation.outliers import without_outliers
from labelwright.contract.job_layout import JobLayout, RequestName
from labelwright.contract.post_labeling import RequestObject, read_request_file
from labelwright.errors import PayloadError, StorageError
from labelwright.task.definition import FieldDefinition
from labelwright.task.gold import source_keys
from labelwright_lambda.storage import Storage
from labelwright_lambda.whole_job.answers import Requests
from labelwright_lambda.whole_job.reading import TooMuchError, read_in_order
from labelwright_lambda.whole_job.snapshot import read_snapshot, write_snapshot

log = logging.getLogger("labelwright")

#: Before this many new requests (or a tenth of the votes) a new snapshot is not worth writing.
_NEW_REQUESTS = 16
#: What must be left of the Lambda's time to consolidate and answer.
_NEEDED_MILLISECONDS = 60_000


#: Bytes of requests that a batch reads anew, because no snapshot has their votes: what is read and
#: decoded in some 15 seconds; requests of 400 batches of the usual size. What is more, the next
#: batches read.
MOST_READ_ANEW = 128_000_000


class _NotAllReadError(Exception):
    """Not all votes of earlier batches could be read."""

    code: ClassVar[str]


class TooLittleTimeError(_NotAllReadError):
    """The votes of earlier batches can't be read in the time that is left."""

    code = "too-little-time"


class TooMuchToReadError(_NotAllReadError):
    """The votes of earlier batches are more than one batch reads."""

    code = "too-much-to-read"


def earlier_votes(
    job: JobLayout | None,
    fields: Sequence[FieldDefinition],
    own: RequestVotes | None,
    storage: Storage,
    remaining: Callable[[], int] | None,
    most: int = MOST_READ_ANEW,
) -> Ledger | None:
    """Return the votes of all the job's requests up to now, this batch's own, if any, among them.

    None when they can't be had: the payload's path is not of the service's layout, the listing or
    a request is out of reach, more than ``most`` bytes would have to be read anew, or too little
    time is left (``remaining`` in milliseconds). This batch is consolidated alone then; a warning
    with the metric ``BatchAlone`` says so.
    """
    if job is None:
        _warn("payload-path-unknown")
        return None
    try:
        return _gather(job, fields, own, storage, remaining, most)
    except StorageError as error:
        _warn(error.code)
    except _NotAllReadError as error:
        _warn(error.code)
    return None


def _warn(code: str) -> None:
    log.warning("consolidated from this batch alone", extra={"code": code, "metric": "BatchAlone"})


def _gather(
    job: JobLayout,
    fields: Sequence[FieldDefinition],
    own: RequestVotes | None,
    storage: Storage,
    remaining: Callable[[], int] | None,
    most: int,
) -> Ledger:
    listed = Requests(job, storage).named()
    kept, etag = read_snapshot(job.votes, fingerprint(fields), storage)
    here = [own] if own else []
    known = {*kept.requests, *(votes.request for votes in here)}
    # Later ones too: they do not count for this batch, but the next one need not read them.
    missing = [name for name in sorted(listed) if name not in known]
    added: list[RequestVotes] = []
    stopped: _NotAllReadError | None = None
    bodies = read_in_order([listed[name] for name in missing], storage, most)
    for name in missing:
        if remaining is not None and remaining() < _NEEDED_MILLISECONDS:
            stopped = TooLittleTimeError()
            break
        try:
            body = next(bodies)
        except TooMuchError:
            stopped = TooMuchToReadError()
            break
        added.append(request_votes(name, _objects(listed[name], body), fields))
    bodies.close()
    ledger = extend(kept, [*added, *here])
    if stopped:
        if added:
            # The next batch reads on from there.
            write_snapshot(job.votes, ledger, etag, storage)
        raise stopped
    grown = len(ledger) - len(kept)
    if len(ledger.requests) - len(kept.requests) >= _NEW_REQUESTS or 10 * grown >= len(ledger):
        write_snapshot(job.votes, ledger, etag, storage)
    return ledger


def _objects(uri: str, body: bytes | None) -> Sequence[RequestObject]:
    """Return a request's objects; none of a damaged one, or one that is too large to be read.

    Such a request has no votes: its own batch has told so.
    """
    if body is None:
        return ()
    try:
        return read_request_file(body, uri).objects
    except PayloadError:
        return ()


def request_votes(
    name: RequestName,
    objects: Sequence[RequestObject],
    fields: Sequence[FieldDefinition],
    answered: Sequence[AnsweredObject] | None = None,
) -> RequestVotes:
    """Take the votes out of a request, without texts and answers by reference.

    Its own batch and all later ones read it so: what they learn must not depend on who read it.
    ``answered`` are the answers where they are decoded already; with answers by reference among
    them, they are decoded without those. Answers out of all proportion are left out.
    """
    if answered is None or any(map(_has_reference, objects)):
        answered = [read_object(entry, {}) for entry in without_too_heavy(objects)]
    columns = (
        without_outliers(read_column(field, labels_for(field, fields, None), answered, {}).column)[
            0
        ]
        for field in fields
    )
    return votes_of(name, columns, source_keys(objects))


def _has_reference(entry: RequestObject) -> bool:
    return any(
        received.annotation is not None and received.annotation.annotation_data.content is None
        for received in entry.annotations
    )


def fingerprint(fields: Sequence[FieldDefinition]) -> str:
    """Return a hash of what decides which values answers have."""
    text = repr(
        [
            (field.name, field.path, field.kind.value, field.offsets, field.labels)
            + ((tuple(sorted(field.renamed.items())),) if field.renamed else ())
            for field in fields
        ]
    )
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
