"""Several labels at once: each label is a yes/no question to the workers who answered."""

from collections import Counter
from collections.abc import Sequence

from labelwright.consolidation.result import Consolidated

MAJORITY = 0.5


def vote_on_each(answers: Sequence[tuple[str, ...]], threshold: float | None) -> Consolidated:
    """Keep the labels that more than half of the workers chose, or at least ``threshold`` of them.

    The confidence is the mean, over the labels that anybody chose, of the share of workers who
    agree with the decision; 1 when nobody chose any. A label at exactly one half is a tie.
    """
    workers = len(answers)
    if not workers:
        return Consolidated(None, None, 0, {})
    votes = Counter(label for answer in answers for label in answer)
    kept, agreeing = [], []
    for label, count in sorted(votes.items()):
        share = count / workers
        keep = share > MAJORITY if threshold is None else share >= threshold - 1e-9
        if keep:
            kept.append(label)
        agreeing.append(share if keep else 1 - share)
    confidence = sum(agreeing) / len(agreeing) if agreeing else 1.0
    tie = threshold is None and any(2 * count == workers for count in votes.values())
    return Consolidated(kept, confidence, workers, dict(sorted(votes.items())), tie)
