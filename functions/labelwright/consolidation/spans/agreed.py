"""What all workers of a text but one agree on: spans that stand, and spans that they all deny."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import accumulate

from labelwright.answers.values import Span
from labelwright.consolidation.crowd import CROWD
from labelwright.consolidation.spans.answered import AnsweredText
from labelwright.consolidation.spans.groups import Group

#: Share of the marked spans on which a crowd is of one mind, but for one worker.
_BORNE_OUT = 0.9


def of_one_mind(items: Iterable[AnsweredText]) -> bool:
    """Tell whether all workers but one mark the same, nine times in ten.

    If they do not, others' answers tell who of them is careless, and one may know better than they.
    A span is marked the same when all others who answered that text marked just it; those that
    nobody but the one marked do not count. Answers read in part tell nothing here.
    """
    same, marked = Counter[str](), Counter[str]()
    all_same = all_marked = 0
    for item in items:
        whole = {item.workers[place]: item.spans[place] for place in item.whole}
        votes = Counter(span for own in whole.values() for span in {span for span, _ in own})
        n = len(whole)
        if n <= 1:
            continue
        in_all, in_most = (sum(v >= least for v in votes.values()) for least in (n, n - 1))
        all_same += in_all
        all_marked += len(votes)
        for name, own in whole.items():
            spans = {span for span, _ in own}
            alone = sum(votes[span] == 1 for span in spans)
            # Without this worker: what all others marked, of what any of them did.
            kept = in_most - sum(votes[span] == n - 1 for span in spans) if n > 2 else 0
            same[name] += kept - in_all
            marked[name] += (len(votes) - alone if n > 2 else 0) - len(votes)
    return any(all_same + same[name] >= _BORNE_OUT * (all_marked + marked[name]) for name in marked)


class Agreed:
    """The side of the crowd in one text, where there is a crowd: three workers or more."""

    def __init__(self, item: AnsweredText) -> None:
        self._votes = item.votes
        self._workers = len(item.workers)
        self._whole = {item.workers[place] for place in item.whole}
        self._own = {
            name: frozenset(span for span, _ in marked)
            for name, marked in zip(item.workers, item.spans, strict=True)
        }
        self._contested = cache(self._contested_without)

    def span(self, group: Group, voters: int) -> Span | None:
        """Return the span of a group that three or more marked just so, and at most one did not.

        So many ``voters`` have a say on it.
        """
        most = max(CROWD, voters - 1)
        return next((span for span in sorted(group.spans) if self._votes[span] >= most), None)

    def denied(self, group: Group) -> bool:
        """Tell whether one worker alone marked it, and three or more others agree on what is there.

        They do where all of them marked the same around it, or all of them nothing.
        """
        if len(group.workers) > 1 or len(self._whole - {group.workers[0]}) < CROWD:
            return False
        (span,) = group.spans
        return not self._contested(group.workers[0]).meets(span)

    def _contested_without(self, worker: str) -> "Reach":
        """Return what some of the others marked, and some did not."""
        others = {span: votes - (span in self._own[worker]) for span, votes in self._votes.items()}
        return Reach(span for span, votes in others.items() if 0 < votes < self._workers - 1)


class Reach:
    """Where spans lie, to be asked many times."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ranked = sorted(spans)
        self._starts = [span.start for span in ranked]
        self._ends = list(accumulate((span.end for span in ranked), max))

    def meets(self, span: Span) -> bool:
        """Tell whether one of them has a character in common with that one."""
        before = bisect_left(self._starts, span.end)
        return before > 0 and self._ends[before - 1] > span.start
