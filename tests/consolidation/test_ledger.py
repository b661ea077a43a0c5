"""The votes of a whole job, and the file that keeps them."""

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.consolidation.ledger import (
    SCHEMA,
    Ledger,
    RequestVotes,
    decode,
    encode,
    extend,
    until,
)
from labelwright.contract.job_layout import RequestName

EMPTY = Ledger("fields", (), {})

names = st.builds(
    RequestName, st.integers(1, 12), st.integers(0, 9).map(lambda n: f"2026-01-01_00:00:0{n}")
)
rows = st.lists(
    st.tuples(st.sampled_from("0123"), st.sampled_from("uvw"), st.sampled_from(['"a"', '"b"'])),
    max_size=6,
)
requests = st.lists(
    st.builds(lambda name, votes: RequestVotes(name, {"quality": votes}), names, rows),
    max_size=8,
    unique_by=lambda votes: votes.request,
)


def votes(ledger: Ledger, last: RequestName) -> dict[tuple[str, str], str]:
    """Return what counts up to a request, by task and worker."""
    field = until(ledger, "quality", last)
    if field is None:
        return {}
    cells = zip(field.task, field.worker, field.value, strict=True)
    made = {(field.tasks[t], field.workers[w]): field.values[v] for t, w, v in cells}
    assert len(made) == len(field.task), "a vote counts twice"
    return made


def plainly(all_requests: list[RequestVotes], last: RequestName) -> dict[tuple[str, str], str]:
    """Say the same in the simplest way."""
    return {
        (task, worker): value
        for request in sorted(all_requests, key=lambda item: item.request)
        if request.request <= last
        for task, worker, value in request.rows["quality"]
    }


@given(requests, names, st.randoms())
def test_any_order_and_repetition_of_requests_gives_the_same_votes(
    added: list[RequestVotes], last: RequestName, rng: random.Random
) -> None:
    """Retried, duplicated, reordered: a vote counts once, and the latest request's."""
    shuffled = added + added[: len(added) // 2]
    rng.shuffle(shuffled)
    ledger = EMPTY
    for request in shuffled:
        ledger = extend(ledger, [request])
    assert votes(ledger, last) == plainly(added, last)
    assert votes(extend(EMPTY, added), last) == plainly(added, last)


@given(requests, names, st.randoms())
def test_votes_are_in_the_order_of_requests_whenever_these_were_read(
    added: list[RequestVotes], last: RequestName, rng: random.Random
) -> None:
    """Methods that learn from the latest objects learn from the same ones after a loss."""
    shuffled = added[:]
    rng.shuffle(shuffled)
    anew = votes(extend(EMPTY, sorted(added, key=lambda item: item.request)), last)
    assert list(votes(extend(EMPTY, shuffled), last)) == list(anew)


@given(requests, names)
def test_a_ledger_comes_back_from_its_file(added: list[RequestVotes], last: RequestName) -> None:
    """Written and read, it is the same."""
    ledger = extend(EMPTY, added)
    again = decode(encode(ledger), "fields")
    assert again.requests == ledger.requests
    assert votes(again, last) == votes(ledger, last)


@given(requests, st.data())
def test_a_damaged_file_is_told_and_never_believed(
    added: list[RequestVotes], data: st.DataObject
) -> None:
    """Cut off or with a byte changed: an error, or (where nothing was hit) the same votes."""
    written = bytearray(encode(extend(EMPTY, added)))
    at = data.draw(st.integers(0, len(written) - 1))
    if data.draw(st.booleans()):
        written[at] ^= data.draw(st.integers(1, 255))
    else:
        del written[at:]
    last = RequestName(99, "z")
    try:
        found = votes(decode(bytes(written), "fields"), last)
    except ValueError:
        return
    assert found == plainly(added, last)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{}",
        b'{"schema": "labelwright-votes/2", "fingerprint": "fields", "requests": 3, "fields": {}}',
        b'{"schema": "labelwright-votes/2", "fingerprint": "fields", "requests": [], "fields": []}',
        b'{"schema": "labelwright-votes/2", "fingerprint": "fields", "requests": ["x"],'
        b' "fields": {}}',
        b'{"schema": "labelwright-votes/2", "fingerprint": "fields", "requests": [], "fields":'
        b' {"f": {"tasks": [], "workers": [], "values": [], "columns": ["AAAA", "", "", ""]}}}',
        b'{"schema": "labelwright-votes/2", "fingerprint": "fields", "requests": [], "fields":'
        b' {"f": {"tasks": [], "workers": [], "values": [],'
        b' "columns": ["AAAAAA==", "AAAAAA==", "AAAAAA==", "AAAAAA=="]}}}',
    ],
)
def test_a_file_of_another_form_is_told(text: bytes) -> None:
    """Whatever it holds, it is a ValueError."""
    with pytest.raises(ValueError, match=r"."):
        decode(zlib.compress(text), "fields")


def test_a_ledger_of_another_definition_is_of_no_use() -> None:
    """The same answers have other values under other fields."""
    with pytest.raises(ValueError, match="another definition"):
        decode(encode(EMPTY), "other")


def test_a_ledger_of_an_earlier_version_is_made_anew() -> None:
    """Answers were read otherwise then: what could not be read was a vote for nothing."""
    earlier = zlib.decompress(encode(EMPTY)).replace(SCHEMA.encode(), b"labelwright-votes/1")
    with pytest.raises(ValueError, match="another version"):
        decode(zlib.compress(earlier), "fields")


def test_iterations_are_compared_as_numbers() -> None:
    """The tenth comes after the second."""
    assert RequestName.parse("iteration-10/a") > RequestName.parse("iteration-2/b")
