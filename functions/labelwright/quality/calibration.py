"""Calibration: whether a confidence of 0.8 is right eight times in ten."""

import numpy as np

from labelwright.consolidation.votes import Flags, Floats


def expected_calibration_error(confidence: Floats, right: Flags, bins: int = 10) -> float | None:
    """Return the mean distance between confidence and share of right labels, 0 to 1.

    Over ``bins`` bins of equal width, weighted by what is in them; None without labels. M. P.
    Naeini, G. Cooper and M. Hauskrecht (2015), https://doi.org/10.1609/aaai.v29i1.9602.
    """
    if not len(confidence):
        return None
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    told = np.bincount(place, confidence, minlength=bins)
    found = np.bincount(place, right, minlength=bins)
    return float(np.abs(told - found).sum() / len(confidence))
