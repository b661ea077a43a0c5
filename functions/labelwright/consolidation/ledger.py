"""The votes of a whole job in columns: what every batch of it adds, and how that is kept in a file.

A job's state is a pure function of its consolidation requests. The ledger holds the values of all
requests read so far, each with the request it came from, so that any batch can be consolidated with
exactly the votes that were there at its time. Written to a file it saves reading them again; lost
or damaged, it is made anew from the requests.
"""

import base64
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.answers.columns import Column, WorkerValue
from labelwright.consolidation.votes import Indices
from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.job_layout import RequestName

#: Another version for another way of reading answers: snapshots of the last one are made anew.
SCHEMA = "labelwright-votes/2"

#: Characters, as JSON, of a value that is learnt from, and of all of a request's in a field: a
#: hostile one must not swell every later batch. The shortest are kept.
MOST_OF_VALUE, MOST_OF_REQUEST = 20_000, 2_000_000


class RequestVotes(NamedTuple):
    """What one request says: for each field its workers' values, as text."""

    request: RequestName
    #: field name -> rows of (task, worker, value as JSON text)
    rows: Mapping[str, Sequence[tuple[str, str, str]]]
    #: task -> what tells its source apart (``labelwright.task.gold.source_key``)
    sources: Mapping[str, str] = MappingProxyType({})


def votes_of(
    request: RequestName, columns: Iterable[Column], sources: Mapping[str, str]
) -> RequestVotes:
    """Take the values out of a batch's columns."""
    rows = {
        column.field.name: _short_enough(
            (task, value.worker, _kept(value))
            for task, values in zip(column.objects, column.values, strict=True)
            for value in values
        )
        for column in columns
    }
    return RequestVotes(request, rows, sources)


#: Under this key stands a value that was read in part; no kind of which that can be has objects.
_PARTIAL = "partial"


def _kept(value: WorkerValue) -> str:
    """Return a value as the ledger has it: as JSON, within an object where it was read in part."""
    return dump_json({_PARTIAL: value.value} if value.partial else value.value)


def revived(kept: str, revive: Callable[[Json], Json]) -> WorkerValue:
    """Return a value from what the ledger has of it, without its worker's name."""
    found = load_json(kept)
    partial = isinstance(found, dict) and found.keys() == {_PARTIAL}
    return WorkerValue("", revive(found[_PARTIAL] if partial else found), partial)


def _short_enough(rows: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return the rows, in order, without those whose values are too long to be learnt from."""
    kept = [row for row in rows if len(row[2]) <= MOST_OF_VALUE]
    if sum(len(value) for _, _, value in kept) <= MOST_OF_REQUEST:
        return kept
    by_length = sorted(range(len(kept)), key=lambda index: (len(kept[index][2]), kept[index]))
    reached = accumulate(len(kept[index][2]) for index in by_length)
    short = {i for i, total in zip(by_length, reached, strict=True) if total <= MOST_OF_REQUEST}
    return [row for index, row in enumerate(kept) if index in short]


@dataclass(frozen=True)
class FieldLedger:
    """One field's values: four integer columns of shape ``(n,)`` and their vocabularies.

    ``request[i]``, ``task[i]``, ``worker[i]`` and ``value[i]`` index the ledger's ``requests`` and
    this field's ``tasks``, ``workers`` and ``values`` (JSON texts).
    """

    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    values: tuple[str, ...]
    request: Indices
    task: Indices
    worker: Indices
    value: Indices


@dataclass(frozen=True)
class Ledger:
    """All requests read so far, each with its values.

    ``fingerprint`` tells by which fields the requests were read: under another definition the same
    answers have other values, and the ledger is of no use.
    """

    fingerprint: str
    requests: tuple[RequestName, ...]
    fields: Mapping[str, FieldLedger]
    sources: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(field.task) for field in self.fields.values())


def extend(ledger: Ledger, added: Sequence[RequestVotes]) -> Ledger:
    """Return the ledger with further requests; one that it has already is not added again."""
    known = set(ledger.requests)
    fresh = [votes for votes in added if votes.request not in known]
    fresh = list({votes.request: votes for votes in fresh}.values())
    if not fresh:
        return ledger
    first = len(ledger.requests)
    names = sorted({name for votes in fresh for name in votes.rows} | set(ledger.fields))
    fields = {
        name: _extended(
            ledger.fields.get(name),
            [
                (first + index, row)
                for index, votes in enumerate(fresh)
                for row in votes.rows.get(name, ())
            ],
        )
        for name in names
    }
    requests = ledger.requests + tuple(votes.request for votes in fresh)
    sources = dict(ledger.sources)
    for votes in fresh:
        sources |= votes.sources
    return Ledger(ledger.fingerprint, requests, fields, sources)


def _extended(
    field: FieldLedger | None, rows: Sequence[tuple[int, tuple[str, str, str]]]
) -> FieldLedger:
    old = field or FieldLedger((), (), (), *(np.empty(0, np.int32) for _ in range(4)))
    vocabularies = [
        {name: i for i, name in enumerate(v)} for v in (old.tasks, old.workers, old.values)
    ]
    columns = np.array(
        [
            (
                request,
                *(v.setdefault(item, len(v)) for v, item in zip(vocabularies, row, strict=True)),
            )
            for request, row in rows
        ],
        dtype=np.int32,
    ).reshape(-1, 4)
    tasks, workers, values = (tuple(vocabulary) for vocabulary in vocabularies)
    before = (old.request, old.task, old.worker, old.value)
    after = (np.concatenate((b, columns[:, i])) for i, b in enumerate(before))
    return FieldLedger(tasks, workers, values, *after)


def until(ledger: Ledger, name: str, last: RequestName) -> FieldLedger | None:
    """Return a field's values of all requests at or before ``last``, one for each task and worker.

    Of several values of one task and worker that of the latest request counts, so that nothing
    counts twice. They are in the order of requests, not in that in which these were read, which is
    another one when the ledger was lost. None when there are none.
    """
    field = ledger.fields.get(name)
    if field is None:
        return None
    order = sorted(range(len(ledger.requests)), key=ledger.requests.__getitem__)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    limit = sum(request <= last for request in ledger.requests)
    times = rank[field.request]
    here = np.flatnonzero(times < limit)
    if not len(here):
        return None
    # Stable: within one request the later row, which is the later answer, comes last.
    here = here[np.argsort(times[here], kind="stable")]
    cell = field.task[here].astype(np.int64) * len(field.workers) + field.worker[here]
    sequence = np.argsort(cell, kind="stable")
    last_of_cell = np.append(np.diff(cell[sequence]) != 0, True)
    chosen = here[np.sort(sequence[last_of_cell])]
    return FieldLedger(
        field.tasks,
        field.workers,
        field.values,
        field.request[chosen],
        field.task[chosen],
        field.worker[chosen],
        field.value[chosen],
    )


def encode(ledger: Ledger) -> bytes:
    """Write a ledger: compressed JSON, the columns as base64 of little-endian 32-bit integers."""
    fields = {
        name: {
            "tasks": field.tasks,
            "workers": field.workers,
            "values": field.values,
            "columns": [
                _packed(column) for column in (field.request, field.task, field.worker, field.value)
            ],
        }
        for name, field in ledger.fields.items()
    }
    value = {
        "schema": SCHEMA,
        "fingerprint": ledger.fingerprint,
        "requests": [str(request) for request in ledger.requests],
        "fields": fields,
        "sources": dict(ledger.sources),
    }
    return zlib.compress(dump_json(value).encode(), level=1)


class OtherDefinitionError(ValueError):
    """A ledger that was made under another definition, or by another version."""


def decode(data: bytes, fingerprint: str) -> Ledger:
    """Read a ledger.

    Raises:
        OtherDefinitionError: it was made under another definition, or by another version.
        ValueError: it is damaged in any way.
    """
    try:
        value = load_json(zlib.decompress(data))
        if value["schema"] != SCHEMA or value["fingerprint"] != fingerprint:
            raise OtherDefinitionError("made under another definition, or by another version")
        requests = tuple(RequestName.parse(text) for text in value["requests"])
        sources = dict(value["sources"])
        fields = {name: _unpacked(item, len(requests)) for name, item in value["fields"].items()}
    except (zlib.error, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"damaged ({type(error).__name__})") from None
    if len(set(requests)) < len(requests):
        raise ValueError("damaged (a request twice)")
    return Ledger(fingerprint, requests, fields, sources)


def _packed(column: Indices) -> str:
    # The difference of neighbours compresses better: most columns grow slowly.
    steps = np.diff(column, prepend=np.int32(0))
    return base64.b64encode(steps.astype("<i4").tobytes()).decode()


def _unpacked(item: Json, n_requests: int) -> FieldLedger:
    vocabularies = [tuple(item[key]) for key in ("tasks", "workers", "values")]
    columns: list[NDArray[np.int32]] = [
        np.cumsum(np.frombuffer(base64.b64decode(text), dtype="<i4")).astype(np.int32)
        for text in item["columns"]
    ]
    sizes = (n_requests, *(len(vocabulary) for vocabulary in vocabularies))
    for column, size in zip(columns, sizes, strict=True):
        if len(column) != len(columns[0]) or (
            len(column) and not (column.min() >= 0 and column.max() < size)
        ):
            raise ValueError("damaged (an index out of range)")
    return FieldLedger(vocabularies[0], vocabularies[1], vocabularies[2], *columns)
