"""Synthetic texts with long spans, of which workers mark too much, and together."""

from collections.abc import Iterator

import numpy as np

from labelwright.answers.columns import Column
from labelwright.answers.values import Span
from tests.consolidation.spans.columns import span_column

LABELS = ("PATIENTS", "INTERVENTION", "OUTCOME")
_WORD = "word "

#: First and last word, label, and how tempting it is to mark, in log-odds.
_Passage = tuple[int, int, str, float]


def over_marked(
    seed: int, objects: int, workers: int, tempting: float = 3.0
) -> tuple[Column, list[set[Span]]]:
    """Make texts of about 200 words, answers to them, and what is true.

    One to four spans of 3 to 17 words are true; ``tempting`` others on average look as if. Some are
    harder than others for all, some of 60 workers mark far more than others, and ends differ.
    """
    rng = np.random.default_rng(seed)
    eager = rng.normal(0, 1, 60)
    texts, truths, answers = [], [], []
    for _ in range(objects):
        words = int(rng.integers(180, 260))
        true = list(_passages(rng, words, int(rng.integers(1, 5)), 0.6))
        false = list(_passages(rng, words, int(rng.poisson(tempting)), -1.8))
        seen = rng.choice(len(eager), workers, replace=False)
        answers.append(
            {f"w{w:02}": set(_marked(rng, [*true, *false], words, eager[w])) for w in seen}
        )
        truths.append({_span(*passage[:3]) for passage in true})
        texts.append(_WORD * words)
    return span_column(*answers, texts=texts), truths


def _passages(
    rng: np.random.Generator, words: int, number: int, tempting: float
) -> Iterator[_Passage]:
    """Draw passages side by side, so many at most."""
    taken = np.zeros(words, dtype=np.bool_)
    for _ in range(number):
        length = int(rng.integers(3, 18))
        start = int(rng.integers(0, words - length))
        if not taken[start : start + length].any():
            taken[start : start + length] = True
            label = str(rng.choice(LABELS))
            yield start, start + length, label, float(rng.normal(tempting, 1.2))


def _marked(
    rng: np.random.Generator, passages: list[_Passage], words: int, eager: float
) -> Iterator[Span]:
    for start, end, label, tempting in passages:
        first, last = start, end
        if rng.random() > 1 / (1 + np.exp(-tempting - eager)):
            continue
        if rng.random() < 0.5:
            first = max(0, start + int(rng.choice([-4, -3, -2, -1, 1, 2])))
        if rng.random() < 0.5:
            last = min(words, end + int(rng.choice([-2, -1, 1, 2, 3, 5])))
        if first < last:
            yield _span(first, last, label if rng.random() < 0.93 else str(rng.choice(LABELS)))


def _span(first: int, last: int, label: str) -> Span:
    return Span(first * len(_WORD), last * len(_WORD) - 1, label)
