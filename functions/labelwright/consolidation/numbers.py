"""Numbers: the median."""

from collections.abc import Sequence
from math import isclose
from statistics import median_high, median_low

from labelwright.consolidation.result import Consolidated


def median(answers: Sequence[float]) -> Consolidated:
    """Return the median; between the two middle ones when their number is even.

    The confidence is the share of workers who gave just that number.
    """
    if not answers:
        return Consolidated(None, None, 0)
    low, high = median_low(answers), median_high(answers)
    # Halved first: the sum of two large numbers may be infinite.
    value = low if low == high else low / 2 + high / 2
    same = sum(isclose(answer, value, rel_tol=1e-9) for answer in answers)
    return Consolidated(value, same / len(answers), len(answers), tie=low != high)
