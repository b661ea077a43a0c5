"""Spans and categories as JSON Lines of doccano, spaCy and Prodigy."""

import json
from typing import Any

import pytest

from labelwright_local.imports.model import Entry
from labelwright_local.imports.spans import read_spans

Json = Any

TEXT = "\U0001f9ec: ask why"
ASK = {"start": 3, "end": 6, "label": "AIM"}


def read(line: Json) -> Entry:
    """Read a file of one line."""
    [entry] = read_spans([json.dumps(line).encode()])
    return entry


def values(entry: Entry) -> list[Json]:
    """Return what was read."""
    return [value.value for value in entry.values]


@pytest.mark.parametrize(
    "line",
    [
        {"id": 4, "text": TEXT, "label": [[3, 6, "AIM"]]},
        {"id": 4, "text": TEXT, "labels": [[3, 6, "AIM"]]},
        {"text": TEXT, "entities": [{"id": 0, "start_offset": 3, "end_offset": 6, "label": "AIM"}]},
        {"text": TEXT, "entities": [[3, 6, "AIM"]]},
        [TEXT, {"entities": [[3, 6, "AIM"]]}],
        {"text": TEXT, "ents": [ASK], "tokens": []},
        {"text": TEXT, "spans": {"sc": [ASK]}},
        {"text": TEXT, "spans": [ASK | {"token_start": 1, "token_end": 1}], "answer": "accept"},
        {"text": TEXT, "spans": [ASK | {"text": "ask"}]},
    ],
    ids=["doccano", "older", "relations", "spaCy", "pair", "ents", "groups", "Prodigy", "quoted"],
)  # fmt: skip
def test_spans_are_read_in_every_form(line: Json) -> None:
    """In code points, as Python's tools count."""
    entry = read(line)
    assert values(entry) == [ASK]
    assert entry.names.texts == (TEXT,)
    assert entry.notes == ()


@pytest.mark.parametrize(
    "line",
    [
        {"text": TEXT, "label": ["good"]},
        {"text": TEXT, "label": "good"},
        {"text": TEXT, "cats": {"good": 0.9, "bad": 0.1}},
        {"text": TEXT, "accept": ["good"], "options": [{"id": "good"}], "answer": "accept"},
    ],
    ids=["doccano", "one", "spaCy", "Prodigy"],
)
def test_categories_of_a_whole_text_are_choices(line: Json) -> None:
    """Named, without ends."""
    assert values(read(line)) == ["good"]


def test_an_id_alone_will_do() -> None:
    """Then nobody knows the text yet; pre-labeling holds the spans against it."""
    entry = read({"id": "n7", "spans": [ASK]})
    assert entry.names.ids == ("n7",)
    assert values(entry) == [ASK]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ([3, 99, "AIM"], "outside of the text"),
        ([6, 3, "AIM"], "outside of the text"),
        ([3, 6], "no span"),
        ([3, 6, ""], "no span"),
        (["3", 6, "AIM"], "no span"),
        ([3.5, 6, "AIM"], "no span"),
        (ASK | {"text": "why"}, "not the one that it says"),
        (7, "no span"),
        ({}, "no span"),
    ],
)
def test_a_bad_span_costs_itself_alone(bad: Json, reason: str) -> None:
    """Its neighbours are taken, and it is told."""
    entry = read({"text": TEXT, "spans": [bad, [3, 6, "AIM"]]})
    assert values(entry) == [ASK]
    [note] = entry.notes
    assert reason in note.reason
    assert note.place == "line 1, spans 1"


def test_what_was_rejected_is_no_suggestion() -> None:
    """Prodigy keeps it in the same file."""
    entry = read({"text": TEXT, "spans": [ASK], "answer": "reject"})
    assert values(entry) == []
    assert "not accept" in entry.notes[0].reason


def test_a_bad_line_costs_itself_alone() -> None:
    """Blank ones are none."""
    lines = [b"\xef\xbb\xbf" + json.dumps({"text": "a", "label": "x"}).encode(), b"", b"{", b"3\r"]
    good, torn, odd = read_spans(lines)
    assert values(good) == ["x"]
    assert torn.notes[0].reason == "not JSON"
    assert odd.notes[0].place == "line 4"


@pytest.mark.parametrize("score", [int("9" * 400), "much", [], True])
def test_a_score_that_is_none_costs_nothing(score: Json) -> None:
    """The span is there, and nobody knows how sure it is."""
    [value] = read({"text": TEXT, "spans": [{**ASK, "score": score}]}).values
    assert (value.value, value.score) == (ASK, None)


def test_a_category_is_likely_by_a_number_or_a_truth() -> None:
    """One that no number is says nothing."""
    cats = {"yes": True, "no": False, "sure": 0.9, "unsure": 0.1, "odd": int("9" * 400)}
    assert values(read({"text": TEXT, "cats": cats})) == ["yes", "sure"]
