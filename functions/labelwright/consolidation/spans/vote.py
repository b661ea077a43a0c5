"""Spans: each exact span is voted on by the workers who answered."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from labelwright.answers.values import Span
from labelwright.consolidation.result import Consolidated
from labelwright.contract.base import Json

#: On crowd data (CoNLL-2003 by MTurk workers) a third of the workers gives a much better balance of
#: precision and recall than half of them.
DEFAULT_THRESHOLD = 1 / 3


class Said:
    """Where an answer of which some spans were lost says anything: where it has spans."""

    def __init__(self, spans: Iterable[Span]) -> None:
        #: Stretches without gaps, one after the other.
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end, _ in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def of(self, span: Span) -> bool:
        """Tell whether it says anything of where a span lies."""
        place = bisect_left(self._starts, span.end) - 1
        return place >= 0 and self._ends[place] > span.start


def span_vote(
    answers: Sequence[tuple[Span, ...]],
    threshold: float | None,
    partial: Set[int] = frozenset(),
) -> Consolidated:
    """Keep the spans that at least ``threshold`` of the workers marked, label and ends alike.

    A worker who marked nothing has answered: "nothing here". Spans may overlap. A span's confidence
    is its share of workers; the field's is the mean, over all spans that anybody marked, of the
    share of workers who agree with keeping or leaving it, and 1 when nobody marked any. It is a tie
    where all who marked a place gave it one label each, and two labels most often. Answers at the
    places ``partial`` were read in part: they have a say on a span only where they marked it or one
    that overlaps it.
    """
    workers = len(answers)
    if not workers:
        return Consolidated(None, None, 0)
    least = DEFAULT_THRESHOLD if threshold is None else threshold
    partly = [Said(answers[place]) for place in partial]
    votes = Counter(span for answer in answers for span in set(answer))
    kept, agreeing = [], []
    for span, count in sorted(votes.items()):
        share = count / (workers - sum(not said.of(span) for said in partly))
        if share >= least - 1e-9:
            kept.append({**span._asdict(), "confidence": share, "votes": count})
            agreeing.append(share)
        else:
            agreeing.append(1 - share)
    confidence = sum(agreeing) / len(agreeing) if agreeing else 1.0
    return Consolidated(kept, confidence, workers, tie=_is_tie(kept, answers))


def _is_tie(kept: Sequence[Mapping[str, Json]], answers: Sequence[tuple[Span, ...]]) -> bool:
    votes: dict[tuple[int, int], list[int]] = {}
    for span in kept:
        votes.setdefault((span["start"], span["end"]), []).append(span["votes"])
    rivals = {place: sorted(given) for place, given in votes.items() if len(given) > 1}
    marked = Counter(place for spans in answers for place in {span[:2] for span in spans})
    return any(
        given[-1] == given[-2] and sum(given) == marked[place] for place, given in rivals.items()
    )
