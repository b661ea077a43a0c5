"""Drawn leaves of ten kinds, some hard to tell apart."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, pi, radians, sin

from tests.samples.chance import Chance
from tests.samples.namers import Naming

Point = tuple[float, float]

#: For each kind, those it is taken for.
LOOKS_LIKE: dict[str, tuple[str, ...]] = {
    "Beech": ("Birch", "Lime"),
    "Birch": ("Lime", "Beech"),
    "Ginkgo": ("Lime",),
    "Holly": ("Oak",),
    "Ivy": ("Maple",),
    "Lime": ("Birch", "Ivy"),
    "Maple": ("Ivy",),
    "Oak": ("Holly",),
    "Rowan": ("Willow",),
    "Willow": ("Beech",),
}
SPECIES = tuple(LOOKS_LIKE)
BUCKET = "labelwright-sample"
FOLDER = "image-classification"
_STEPS = 240
#: Where the lobes of a palmate leaf point, in degrees from its tip.
_LOBES = (0.0, -58.0, 58.0, -118.0, 118.0)
_COLOURS = ("#4f7942", "#6b8e23", "#8a9a3b", "#b58b2a", "#a8552d", "#3f6b4f")


@dataclass(frozen=True)
class Leaf:
    """One picture; ``difficulty`` is how much likelier than usual it is mistaken."""

    id: str
    label: str
    difficulty: float

    @property
    def image_uri(self) -> str:
        """Where the manifest says the picture is."""
        return f"s3://{BUCKET}/{FOLDER}/{self.id}.png"


def load() -> list[Leaf]:
    """Return the 24 leaves, in the order of the manifest."""
    chance = Chance("leaves")
    order = [SPECIES[(7 * number + number // 10) % 10] for number in range(24)]
    return [
        Leaf(f"leaf-{number + 1:02}", species, 1.0 + 2.5 * chance.happens(0.25))
        for number, species in enumerate(order)
    ]


def _blade(width: Callable[[float], float]) -> list[Point]:
    """Make an outline from the half width along the midrib, base at 0, tip at 1."""
    half = [(width(i / _STEPS), 1 - 2 * i / _STEPS) for i in range(_STEPS + 1)]
    return half + [(-x, y) for x, y in reversed(half)]


def _teeth(t: float, number: int) -> float:
    """Rise and drop like the teeth of a saw, from 0 to 1."""
    return (t * number) % 1


def _palm(lengths: tuple[float, ...], lobe: Callable[[float], float]) -> list[Point]:
    """Make an outline of five lobes; ``lobe`` is their shape by the angle off their middle."""
    outline = []
    for step in range(_STEPS):
        angle = -180 + 360 * step / _STEPS
        lobes = zip(_LOBES, lengths, strict=True)
        r = max(length * lobe(abs(angle - at)) for at, length in lobes)
        r = max(r, 0.34) if abs(angle) < 165 else 0.16
        outline.append((r * sin(radians(angle)), 0.35 - r * cos(radians(angle))))
    return outline


def _fan() -> list[Point]:
    edge = [radians(-68 + 136 * i / 80) for i in range(81)]
    notch = [0.42 * exp(-((a / 0.07) ** 2)) for a in edge]
    return [(0.0, 0.85)] + [
        ((1.5 - n + 0.04 * sin(17 * a)) * sin(a), 0.85 - (1.5 - n) * cos(a) ** 0.8)
        for a, n in zip(edge, notch, strict=True)
    ]


def _leaflets() -> list[list[Point]]:
    """Make the outlines of a leaf of many small ones: pairs along a stalk, one at its tip."""

    def small(x: float, y: float, turn: float) -> list[Point]:
        points = _blade(lambda t: 0.09 * sin(pi * t) ** 0.8)
        c, s = cos(turn), sin(turn)
        points = [(0.24 * px * 3.2, 0.26 * (py - 1)) for px, py in points]
        return [(x + c * px - s * py, y + s * px + c * py) for px, py in points]

    pairs = [small(0, 0.75 - 0.3 * i, side * 1.15) for i in range(5) for side in (-1, 1)]
    return [*pairs, small(0, -0.5, 0.0)]


def _outlines(species: str) -> list[list[Point]]:
    blades: dict[str, Callable[[float], float]] = {
        "Beech": lambda t: 0.52 * sin(pi * t) ** 0.75 + 0.015 * sin(22 * pi * t),
        "Birch": lambda t: 1.02 * t**0.35 * (1 - t) ** 1.05 + 0.06 * _teeth(t, 14) * (t < 0.97),
        "Holly": lambda t: 0.34 * sin(pi * t) ** 0.6 + 0.2 * abs(cos(5 * pi * t)) ** 6 * (t < 0.99),
        "Lime": lambda t: 1.0 * t**0.2 * (1 - t) ** 0.85 + 0.035 * _teeth(t, 20) * (t < 0.97),
        "Oak": lambda t: sin(pi * t) ** 0.7 * (0.25 + 0.25 * t) * (1.25 + 0.45 * cos(9 * pi * t)),
        "Willow": lambda t: 0.17 * sin(pi * t) ** 0.9,
    }
    if species in blades:
        return [_blade(blades[species])]
    if species == "Maple":
        return [_palm((1.3, 1.2, 1.2, 0.8, 0.8), lambda off: max(0.0, 1 - off / 42) ** 0.9)]
    if species == "Ivy":
        return [_palm((1.25, 0.95, 0.95, 0.7, 0.7), lambda off: exp(-((off / 30) ** 2)))]
    return [_fan()] if species == "Ginkgo" else _leaflets()


def svg(leaf: Leaf) -> str:
    """Draw the leaf, turned and coloured by chance."""
    chance = Chance(f"drawing/{leaf.id}")
    colour, turn = chance.pick(_COLOURS), chance.between(-50, 50)
    size, squeeze = chance.between(40, 48), chance.between(0.86, 1.08)
    paths = " ".join(
        "M" + " L".join(f"{x * squeeze:.3f},{y:.3f}" for x, y in outline) + "Z"
        for outline in _outlines(leaf.label)
    )
    tip = 0.7 if leaf.label == "Ginkgo" else -0.75
    ink = 'stroke="#2b3a22"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" '
        'viewBox="-64 -64 128 128"><rect x="-64" y="-64" width="128" height="128" fill="#f4f1e8"/>'
        f'<g transform="rotate({turn:.1f}) scale({size:.1f})">'
        f'<path d="{paths}" fill="{colour}" {ink} stroke-width="0.03"/>'
        f'<path d="M0,1.25 L0,{tip}" {ink} stroke-width="0.04"/></g></svg>'
    )


#: Five workers, and what they answer.
NAMING = Naming("crowd-image-classifier", LOOKS_LIKE, (2, 9), short="leaf-17")
