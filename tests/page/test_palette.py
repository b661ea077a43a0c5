"""The labels' colours, as numbers: told apart by colour-blind people, and seen on the paper.

Sight without the cones for red or green is simulated after Machado, Oliveira and Fernandes,
doi:10.1109/TVCG.2009.113; differences are CIE76's, contrasts WCAG 2.2's.
"""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

STYLE = (Path(__file__).parents[2] / "web" / "page" / "style.css").read_text("utf-8")
Colour = npt.NDArray[np.float64]
SIGHT = {
    "full": np.eye(3),
    "no red": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    "no green": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
}  # fmt: skip
XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip
WHITE = XYZ.sum(axis=1)


def colours(scheme: str) -> dict[str, Colour]:
    """Return the style's colours of a scheme, as linear RGB by custom property."""
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")[:2]
    given = re.findall(r"--([\w-]+): #(\w+)", light if scheme == "light" else dark)
    found = {}
    for name, digits in given:
        full = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
        part = np.array([int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)])
        found[name] = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return found


def lab(linear: Colour) -> Colour:
    """Return CIE L*a*b*."""
    part = (XYZ @ np.clip(linear, 0, 1)) / WHITE
    x, y, z = np.where(part > 0.008856, np.cbrt(part), 7.787 * part + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: Colour, other: Colour) -> float:
    """Return WCAG's contrast ratio."""
    low, high = sorted(float(XYZ[1] @ colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_labels_are_told_apart(sight: str, scheme: str) -> None:
    """Any two of the eight colours differ by 20 at least; the 2019 page's came down to 8.5."""
    given = colours(scheme)
    seen = [lab(SIGHT[sight] @ given[f"c{place}"]) for place in range(8)]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) >= 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_badges_and_texts_are_seen(scheme: str) -> None:
    """Lines have a contrast of 3 to the paper, badges of 4.5 to their text, and texts of 4.5."""
    given = colours(scheme)
    for place in range(9):
        assert contrast(given[f"c{place}"], given["paper"]) >= 3
        assert contrast(given[f"c{place}"], given["badge"]) >= 4.5
    for name in ("ink", "soft", "accent", "bad", "good"):
        assert contrast(given[name], given["paper"]) >= 4.5
    assert contrast(given["edge"], given["paper"]) >= 3
