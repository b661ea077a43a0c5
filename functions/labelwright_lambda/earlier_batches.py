"""The votes of a job's earlier batches, gathered from the consolidation requests that lie in S3.

The service keeps every request it has sent. What they say is read once and kept in a snapshot
under ``<job>/labelwright/``, so that what is read per batch grows with the new data, not with the
job. The snapshot is a cache: written by conditional put, rebuilt when lost, damaged or made under
another definition.
"""

import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

from labelwright.answers.columns import labels_for, read_column, read_object
from labelwright.consolidation.ledger import (
    Ledger,
    RequestName,
    RequestVotes,
    decode,
    encode,
    extend,
    votes_of,
)
from labelwright.contract.post_labeling import BatchPlace, RequestObject, read_request_file
from labelwright.errors import ObjectNotFound, PayloadError, StorageError
from labelwright.task.definition import FieldDefinition
from labelwright.task.gold import source_keys
from labelwright_lambda.storage import Storage

log = logging.getLogger("labelwright")

#: Requests read at the same time; S3 answers each in some 20 ms.
_READERS = 16
#: Before this many new requests (or a tenth of the votes) a new snapshot is not worth writing.
_NEW_REQUESTS = 16
#: What must be left of the Lambda's time to consolidate and answer.
_NEEDED_MILLISECONDS = 60_000

_NAME = re.compile(r".*/consolidation-request/(iteration-\d+/[^/]+)\.json")


class TooLittleTimeError(Exception):
    """The votes of earlier batches can't be read in the time that is left."""


def earlier_votes(
    place: BatchPlace,
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
    if place.job_prefix is None:
        _warn("payload-path-unknown")
        return None
    try:
        return _gather(place.job_prefix, fields, own, storage, remaining)
    except StorageError as error:
        _warn(error.code)
    except TooLittleTimeError:
        _warn("too-little-time")
    return None


def _warn(code: str) -> None:
    log.warning("consolidated from this batch alone", extra={"code": code, "metric": "BatchAlone"})


def request_name(uri: str) -> RequestName | None:
    """Return a request's place in the job from its address, or None."""
    match = _NAME.fullmatch(uri)
    return RequestName.parse(match[1]) if match else None


def _gather(
    job: str,
    fields: Sequence[FieldDefinition],
    own: RequestVotes,
    storage: Storage,
    remaining: Callable[[], int] | None,
) -> Ledger:
    requests = f"{job}/annotations/consolidated-annotation/consolidation-request"
    listed = {name: uri for uri in storage.keys(requests) if (name := request_name(uri))}
    snapshot = f"{job}/labelwright/votes"
    kept, etag = _read_snapshot(snapshot, fingerprint(fields), storage)
    known = {*kept.requests, own.request}
    # Later ones too: they do not count for this batch, but the next one need not read them.
    missing = [name for name in sorted(listed) if name not in known]

    def read(name: RequestName) -> RequestVotes | None:
        if remaining is not None and remaining() < _NEEDED_MILLISECONDS:
            return None
        return _read_request(name, listed[name], fields, storage)

    with ThreadPoolExecutor(_READERS) as readers:
        added = [votes for votes in readers.map(read, missing) if votes is not None]
    ledger = extend(kept, [*added, own])
    if len(added) < len(missing):
        if added:
            # The next batch reads on from there.
            _write_snapshot(snapshot, ledger, etag, storage)
        raise TooLittleTimeError
    grown = len(ledger) - len(kept)
    if len(ledger.requests) - len(kept.requests) >= _NEW_REQUESTS or 10 * grown >= len(ledger):
        _write_snapshot(snapshot, ledger, etag, storage)
    return ledger


def _read_snapshot(uri: str, definition: str, storage: Storage) -> tuple[Ledger, str | None]:
    """Return the snapshot with its tag; an empty one where there is none of use."""
    empty = Ledger(definition, (), {})
    try:
        version = storage.read_if_changed(uri, None)
    except ObjectNotFound:
        return empty, None
    if version is None:
        return empty, None
    try:
        return decode(version.data, definition), version.etag
    except ValueError as error:
        log.warning("snapshot of votes not used: %s", error, extra={"code": "snapshot-damaged"})
        return empty, version.etag


def _write_snapshot(uri: str, ledger: Ledger, etag: str | None, storage: Storage) -> None:
    """Write the snapshot unless another batch has; nothing depends on it."""
    try:
        storage.write_if(uri, encode(ledger), etag)
    except StorageError as error:
        log.warning("snapshot of votes not written", extra={"code": error.code})


def _read_request(
    name: RequestName, uri: str, fields: Sequence[FieldDefinition], storage: Storage
) -> RequestVotes:
    """Read an earlier request; one that is damaged has no votes: its own batch has told so."""
    try:
        batch = read_request_file(storage.read(uri), uri)
    except PayloadError:
        return RequestVotes(name, {})
    return request_votes(name, batch.objects, fields)


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
