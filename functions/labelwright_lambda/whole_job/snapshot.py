"""The snapshot of a job's votes: a cache that saves reading every request again for every batch.

Written by conditional put, rebuilt when lost, damaged or made under another definition.
"""

import logging

from labelwright.consolidation.ledger import Ledger, OtherDefinitionError, decode, encode
from labelwright.errors import ObjectNotFound, StorageError
from labelwright_lambda.storage import Storage

log = logging.getLogger("labelwright")


def read_snapshot(uri: str, definition: str, storage: Storage) -> tuple[Ledger, str | None]:
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
    except OtherDefinitionError:
        # Nothing is wrong: labels were added or renamed, say.
        log.info("snapshot of votes made anew", extra={"code": "snapshot-of-another-definition"})
        return empty, version.etag
    except ValueError as error:
        log.warning("snapshot of votes not used: %s", error, extra={"code": "snapshot-damaged"})
        return empty, version.etag


def write_snapshot(uri: str, ledger: Ledger, etag: str | None, storage: Storage) -> None:
    """Write the snapshot unless another batch has; nothing depends on it."""
    try:
        storage.write_if(uri, encode(ledger), etag)
    except StorageError as error:
        log.warning("snapshot of votes not written", extra={"code": error.code})
