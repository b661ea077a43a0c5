"""The votes of a job's earlier batches, gathered from the consolidation requests that it has sent.

The service keeps every one of them. What they say is read once and kept in a snapshot, so that what
is read per batch grows with the new data, not with the job.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from labelwright.answers.columns import labels_for, read_column, read_object
from labelwright.consolidation.ledger import Ledger, RequestVotes, extend, votes_of
from labelwright.contract.job_layout import JobLayout, RequestName
from labelwright.contract.post_labeling import RequestObject
from labelwright.errors import StorageError
from labelwright.task.definition import FieldDefinition
from labelwright.task.gold import source_keys
from labelwright_lambda.storage import Storage
from labelwright_lambda.whole_job.answers import READERS, Requests
from labelwright_lambda.whole_job.snapshot import read_snapshot, write_snapshot

log = logging.getLogger("labelwright")

#: Before this many new requests (or a tenth of the votes) a new snapshot is not worth writing.
_NEW_REQUESTS = 16
#: What must be left of the Lambda's time to consolidate and answer.
_NEEDED_MILLISECONDS = 60_000


class TooLittleTimeError(Exception):
    """The votes of earlier batches can't be read in the time that is left."""


def earlier_votes(
    job: JobLayout | None,
    fields: Sequence[FieldDefinition],
    own: RequestVotes,
    storage: Storage,
    remaining: Callable[[], int] | None,
) -> Ledger | None:
    """Return the votes of all the job's requests up to now, this batch's own among them.

    None when they can't be had: the payload's path is not of the service's layout, the listing or
    a request is out of reach, or too little time is left (``remaining`` in milliseconds). This
    batch is consolidated alone then; a warning with the metric ``BatchAlone`` says so.
    """
    if job is None:
        _warn("payload-path-unknown")
        return None
    try:
        return _gather(job, fields, own, storage, remaining)
    except StorageError as error:
        _warn(error.code)
    except TooLittleTimeError:
        _warn("too-little-time")
    return None


def _warn(code: str) -> None:
    log.warning("consolidated from this batch alone", extra={"code": code, "metric": "BatchAlone"})


def _gather(
    job: JobLayout,
    fields: Sequence[FieldDefinition],
    own: RequestVotes,
    storage: Storage,
    remaining: Callable[[], int] | None,
) -> Ledger:
    # Answers kept in files are not read: see request_votes.
    requests = Requests(job, storage, follow=False)
    listed = requests.named()
    kept, etag = read_snapshot(job.votes, fingerprint(fields), storage)
    known = {*kept.requests, own.request}
    # Later ones too: they do not count for this batch, but the next one need not read them.
    missing = [name for name in sorted(listed) if name not in known]

    def read(name: RequestName) -> RequestVotes | None:
        if remaining is not None and remaining() < _NEEDED_MILLISECONDS:
            return None
        # A damaged request has no votes: its own batch has told so.
        return request_votes(name, requests.read(listed[name]).objects, fields)

    with ThreadPoolExecutor(READERS) as readers:
        added = [votes for votes in readers.map(read, missing) if votes is not None]
    ledger = extend(kept, [*added, own])
    if len(added) < len(missing):
        if added:
            # The next batch reads on from there.
            write_snapshot(job.votes, ledger, etag, storage)
        raise TooLittleTimeError
    grown = len(ledger) - len(kept)
    if len(ledger.requests) - len(kept.requests) >= _NEW_REQUESTS or 10 * grown >= len(ledger):
        write_snapshot(job.votes, ledger, etag, storage)
    return ledger


def request_votes(
    name: RequestName, objects: Sequence[RequestObject], fields: Sequence[FieldDefinition]
) -> RequestVotes:
    """Take the votes out of a request, without texts and answers by reference.

    Its own batch and all later ones read it so: what they learn must not depend on who read it.
    """
    answered = [read_object(entry, {}) for entry in objects]
    columns = (
        read_column(field, labels_for(field, fields, None), answered, {}).column for field in fields
    )
    return votes_of(name, columns, source_keys(objects))


def fingerprint(fields: Sequence[FieldDefinition]) -> str:
    """Return a hash of what decides which values answers have."""
    text = repr(
        [
            (field.name, field.path, field.kind.value, field.offsets, field.labels)
            for field in fields
        ]
    )
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
