"""Texts weighted by how close each worker tends to be."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.consolidation import texts
from labelwright.consolidation.methods import consolidate, learns
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.texts import edit_distance, medoid, skilled_medoid
from labelwright.task.definition import FieldDefinition, Kind

LETTERS = "abcdefghijklmnopqrstuvwxyz "

written = st.lists(
    st.dictionaries(st.sampled_from("uvwx"), st.text(max_size=8)).map(lambda d: list(d.items())),
    max_size=6,
)

Answers = list[tuple[str, str]]


def transcribed(seed: int, objects: int = 40) -> tuple[list[Answers], list[str]]:
    """Return what two careful workers, a careless one and two who write anything make of texts."""
    rng = np.random.default_rng(seed)
    truth = ["".join(rng.choice(list(LETTERS), 20)) for _ in range(objects)]

    def copy(text: str, errors: float) -> str:
        return "".join(str(rng.choice(list(LETTERS))) if rng.random() < errors else c for c in text)

    rates = {"good": 0.02, "fair": 0.05, "careless": 0.3, "any": 1.0, "thing": 1.0}
    answers = [[(worker, copy(text, rate)) for worker, rate in rates.items()] for text in truth]
    return answers, truth


@given(written)
def test_the_result_is_an_answer(answers: list[Answers]) -> None:
    """One that somebody gave, sure between nothing and one; nothing where nobody answered."""
    for found, result in zip(answers, skilled_medoid(answers), strict=True):
        assert result.workers == len(found)
        if found:
            assert result.value in [text for _, text in found]
            assert 0 <= result.confidence <= 1  # type: ignore[operator]
        else:
            assert result == Consolidated(None, None, 0)


@given(written, st.randoms())
def test_the_order_of_workers_never_matters(answers: list[Answers], random: object) -> None:
    """Any order of an object's answers, one result."""
    shuffled = [found[:] for found in answers]
    for found in shuffled:
        random.shuffle(found)  # type: ignore[attr-defined]
    assert skilled_medoid(shuffled) == skilled_medoid(answers)
    texts = [[[text for _, text in found] for found in order] for order in (shuffled, answers)]
    assert [medoid(found) for found in texts[0]] == [medoid(found) for found in texts[1]]


@given(st.dictionaries(st.sampled_from("uv"), st.text(max_size=8)).map(lambda d: list(d.items())))
def test_where_nothing_tells_who_is_reliable_it_is_the_plain_medoid(found: Answers) -> None:
    """Two answers are as far from each other as the other way round."""
    (skilled,) = skilled_medoid([found])
    plain = medoid([text for _, text in found])
    assert (skilled.value, skilled.tie) == (plain.value, plain.tie)


def test_reliable_workers_are_followed() -> None:
    """Results are nearer to the truth than those of the plain medoid."""
    skilled_errors, plain_errors = 0, 0
    for seed in range(3):
        answers, truth = transcribed(seed)
        for found, result, true in zip(answers, skilled_medoid(answers), truth, strict=True):
            skilled_errors += edit_distance(result.value, true)
            plain_errors += edit_distance(medoid([text for _, text in found]).value, true)
    assert skilled_errors < plain_errors


def test_earlier_objects_tell_whom_to_follow() -> None:
    """Two answers alone tie; the one of the worker who was close before wins."""
    answers, _ = transcribed(0)
    disputed = [("any", "aaaa"), ("good", "zzzz")]
    assert skilled_medoid([disputed])[0].tie
    found = skilled_medoid([disputed, *answers])[0]
    assert (found.value, found.tie) == ("zzzz", False)


def test_earlier_objects_teach_no_longer_than_time_allows() -> None:
    """Beyond a number of characters they are left out, so a batch's time is bounded."""
    long = [(worker, worker * texts._MOST_COMPARED) for worker in "uvw"]
    assert len(list(texts._affordable([long] * 1_000))) < 100


def test_a_field_of_kind_text_can_have_it() -> None:
    """By its name, and earlier batches inform it."""
    field = FieldDefinition(name="f", path="f", kind=Kind.TEXT, method="skill")
    values = ((WorkerValue("u", "owl"), WorkerValue("v", "owl"), WorkerValue("w", "hawk")), ())
    found = consolidate(Column(field, (), ("0", "1"), values))
    assert [result.value for result in found] == ["owl", None]
    assert learns(field)


def test_the_plain_medoid_is_as_sure_in_any_order() -> None:
    """To the last bit: likenesses are added up in one order."""
    answers = ["a swift", "two swifts", "a swft", "swifts two", "a"]
    assert len({medoid(list(order)).confidence for order in permutations(answers)}) == 1
