"""How far the sequence model is believed, and what more answers do to it."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column
from labelwright.answers.values import Span
from labelwright.consolidation.methods import consolidate
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.spans.weight import Trial, learn_weight
from tests.consolidation.spans.columns import NER, read_ner, spans_of
from tests.consolidation.spans.over_marked import over_marked


def _trials(seed: int, believed: float, number: int = 600) -> list[Trial]:
    """Draw what ten workers mark where the truth is told by a mix of model and share."""
    rng = np.random.default_rng(seed)
    model, share = rng.random((2, number))
    lean = rng.normal(0, 1, 10)
    worker = rng.integers(0, 10, number)
    there = believed * model + (1 - believed) * share
    chance = 1 / (1 + (1 / there - 1) * np.exp(-lean[worker]))
    marked = rng.random(number) < chance
    columns = zip(worker.tolist(), model.tolist(), share.tolist(), marked.tolist(), strict=True)
    return [Trial(f"w{w}", m, s, 1.0, y) for w, m, s, y in columns]


@pytest.mark.parametrize("believed", [0.1, 0.5, 0.9])
def test_the_weight_is_the_one_that_foretells_answers(believed: float) -> None:
    """Whoever marks much or little, the mix that made the answers is found again."""
    learnt = [learn_weight(_trials(seed, believed)) for seed in range(5)]
    assert np.mean(learnt) == pytest.approx(believed, abs=0.15)


def test_without_trials_model_and_share_have_half_each() -> None:
    """Nothing was learnt where nobody can be left out."""
    assert learn_weight([]) == 0.5


def test_where_model_and_share_say_the_same_they_have_half_each() -> None:
    """Answers that both foretell alike tell nothing of the weight."""
    assert learn_weight([Trial("a", 0.8, 0.8, 1.0, marked=True)] * 100) == 0.5


@given(
    st.lists(
        st.builds(
            Trial,
            st.sampled_from("abc"),
            st.floats(0, 1),
            st.floats(0, 1),
            st.floats(0, 1),
            st.booleans(),
        ),
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_the_weight_is_a_share_whatever_the_order(made: list[Trial], draw: random.Random) -> None:
    """Any trials at all: between 0 and 1, and the same in another order."""
    weight = learn_weight(made)
    assert 0 < weight < 1
    assert learn_weight(draw.sample(made, len(made))) == weight


def _f1(results: Sequence[Consolidated], truths: Sequence[set[Span]]) -> float:
    found = [set(spans_of(result)) for result in results]
    right = sum(len(a & b) for a, b in zip(found, truths, strict=True))
    return 2 * right / (sum(map(len, found)) + sum(map(len, truths)))


def _apart_and_pooled(column: Column, truths: Sequence[set[Span]]) -> list[tuple[float, float]]:
    """Return the F1 of each half, consolidated by itself and with the other."""
    pooled, middle = consolidate(column), len(column.objects) // 2
    scores = []
    for half in (slice(middle), slice(middle, None)):
        alone = column._replace(
            objects=column.objects[half], values=column.values[half], texts=column.texts[half]
        )
        scores.append((_f1(consolidate(alone), truths[half]), _f1(pooled[half], truths[half])))
    return scores


@pytest.mark.skipif(not NER.is_dir(), reason="the data sets are not beside the repository")
def test_more_texts_of_the_same_workers_never_hurt_on_crowd_data() -> None:
    """CoNLL-2003 by MTurk workers: each half is at least as good together with the other."""
    ner = read_ner()
    docs = sorted(ner.coverage)
    for order in (docs, random.Random(1).sample(docs, len(docs))):
        column = ner.column({doc: sorted(ner.coverage[doc]) for doc in order})
        truths = [set(ner.truth.get(doc, ())) for doc in order]
        for alone, pooled in _apart_and_pooled(column, truths):
            assert pooled >= alone


def test_more_texts_of_the_same_workers_do_not_hurt() -> None:
    """Long spans marked too much: halves are on average at least as good with the other one."""
    made = [over_marked(seed, objects=60, workers=5) for seed in range(4)]
    scores = np.array([score for one in made for score in _apart_and_pooled(*one)])
    alone, pooled = scores.mean(axis=0)
    assert pooled >= alone


@pytest.mark.parametrize("tempting", [3.0, 5.0])
def test_where_workers_err_together_the_model_is_believed_less(tempting: float) -> None:
    """What many mark and nobody should: confidence is less far above what is right.

    With half of the weight, as where nothing is learnt, it is .18 and .21 above.
    """
    gaps = []
    for seed in range(2):
        column, truths = over_marked(seed, objects=100, workers=6, tempting=tempting)
        results = consolidate(column)
        found = [set(spans_of(result)) for result in results]
        right = sum(len(a & b) for a, b in zip(found, truths, strict=True))
        sure = sum(item["confidence"] for result in results for item in result.value or ())
        gaps.append((sure - right) / sum(map(len, found)))
    assert np.mean(gaps) <= 0.15
