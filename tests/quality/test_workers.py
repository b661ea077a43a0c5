"""What is known of workers."""

import numpy as np
from hypothesis import given

from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.votes import Votes
from labelwright.quality.workers import worker_skill
from tests.consolidation.crowds import Row, golds, rows


@given(rows, golds)
def test_accuracy_lies_within_its_interval(given_rows: list[Row], gold: dict[str, str]) -> None:
    """And both within 0 and 1."""
    votes, known = Votes.from_rows(given_rows).known(gold)
    found = worker_skill(votes, skill(votes, known))
    assert (found.answers >= 1).all()
    assert ((found.low >= 0) & (found.low <= found.accuracy + 1e-12)).all()
    assert ((found.high <= 1) & (found.high >= found.accuracy - 1e-12)).all()


def test_with_all_labels_known_accuracy_is_counted() -> None:
    """Three of four right; the interval is Wilson's."""
    votes, known = Votes.from_rows([(str(i), "w", "a") for i in range(4)]).known(
        {"0": "a", "1": "a", "2": "a", "3": "b"}
    )
    found = worker_skill(votes, skill(votes, known))
    assert (found.answers.tolist(), found.right.tolist()) == ([4], [3.0])
    np.testing.assert_allclose([found.low[0], found.high[0]], [0.3006, 0.9544], atol=1e-4)


def test_more_answers_make_the_interval_narrower() -> None:
    """A hundred answers tell more than four."""

    def width(answers: int) -> float:
        votes = Votes.from_rows([(str(i), "w", "ab"[i % 4 == 0]) for i in range(answers)])
        votes, known = votes.known({str(i): "a" for i in range(answers)})
        found = worker_skill(votes, skill(votes, known))
        return float(found.high[0] - found.low[0])

    assert width(100) < width(4) / 3
