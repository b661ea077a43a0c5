"""Drawn pictures of a lake with boats, buoys and gulls, and simulated workers who box them."""

from dataclasses import dataclass
from typing import Any

from tests.samples.chance import Chance, Clock

BUCKET = "labelwright-sample"
FOLDER = "image-boxes"
#: Pixels of each picture.
WIDTH, HEIGHT = 320, 220
_WATER = 90

#: For each kind of thing its least and most height in pixels, and its width by its height.
_SIZES = {"Boat": (44, 84, 0.9), "Buoy": (16, 30, 0.62), "Gull": (10, 20, 2.2)}
_SAILS = ("#f7efe0", "#d9542b", "#f2c14e", "#ffffff")
_HULLS = ("#6b3e26", "#1d3557", "#8d0801")


@dataclass(frozen=True, order=True)
class Thing:
    """A thing in a picture: its box in pixels from the upper left corner, and what it is."""

    left: int
    top: int
    width: int
    height: int
    label: str

    def wire(self) -> dict[str, Any]:
        """Return the box as crowd-bounding-box answers it."""
        return {
            "height": self.height,
            "label": self.label,
            "left": self.left,
            "top": self.top,
            "width": self.width,
        }


@dataclass(frozen=True)
class Scene:
    """One picture and what is in it."""

    id: str
    things: tuple[Thing, ...]

    @property
    def image_uri(self) -> str:
        """Where the manifest says the picture is."""
        return f"s3://{BUCKET}/{FOLDER}/{self.id}.png"


def load() -> list[Scene]:
    """Return the 14 pictures, in the order of the manifest; the last is an empty lake."""
    scenes = [_scene(f"lake-{number:02}") for number in range(1, 14)]
    return [*scenes, Scene("lake-14", ())]


def _scene(name: str) -> Scene:
    chance = Chance(f"lake/{name}")
    things: list[Thing] = []
    counts = (("Boat", 2), ("Buoy", 2), ("Gull", 3))
    wanted = [label for label, most in counts for _ in range(int(chance.between(0.4, most + 1)))]
    for label in wanted or ["Boat"]:
        for _ in range(20):
            thing = _thing(label, chance)
            if not any(_near(thing, other) for other in things):
                things.append(thing)
                break
    return Scene(name, tuple(sorted(things)))


def _thing(label: str, chance: Chance) -> Thing:
    least, most, ratio = _SIZES[label]
    height = int(chance.between(least, most))
    width = int(height * ratio)
    low, high = (6, _WATER - 40) if label == "Gull" else (_WATER + 4, HEIGHT - 6)
    left = int(chance.between(4, WIDTH - width - 4))
    bottom = int(chance.between(max(low, height + 6), high))
    return Thing(left, bottom - height, width, height, label)


def _near(one: Thing, other: Thing) -> bool:
    return (
        one.left < other.left + other.width + 4
        and other.left < one.left + one.width + 4
        and one.top < other.top + other.height + 4
        and other.top < one.top + one.height + 4
    )


def svg(scene: Scene) -> str:
    """Draw the lake."""
    chance = Chance(f"drawing/{scene.id}")
    waves = "".join(
        f'<path d="M{chance.between(0, WIDTH - 40):.0f},{_WATER + 12 + 15 * row} q8,-4 16,0 t16,0"'
        ' fill="none" stroke="#5b93ad" stroke-width="1.5"/>'
        for row in range(8)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#dcebf0"/>'
        f'<path d="M0,{_WATER} L70,48 L130,78 L210,36 L{WIDTH},{_WATER} Z" fill="#9fb3a2"/>'
        f'<rect y="{_WATER}" width="{WIDTH}" height="{HEIGHT}" fill="#79afc6"/>{waves}'
        f"{''.join(_drawn(thing, chance) for thing in scene.things)}</svg>"
    )


def _drawn(thing: Thing, chance: Chance) -> str:
    x, y, w, h = thing.left, thing.top, thing.width, thing.height
    if thing.label == "Gull":
        return (
            f'<path d="M{x},{y + h * 0.4:.1f} Q{x + w * 0.25:.1f},{y - h * 0.35:.1f} {x + w / 2},'
            f'{y + h} Q{x + w * 0.75:.1f},{y - h * 0.35:.1f} {x + w},{y + h * 0.4:.1f}" '
            'fill="none" stroke="#333" stroke-width="2"/>'
        )
    if thing.label == "Buoy":
        return (
            f'<path d="M{x + w / 2},{y} L{x + w},{y + h * 0.8:.1f} L{x},{y + h * 0.8:.1f} Z" '
            f'fill="#c1121f"/><rect x="{x}" y="{y + h * 0.8:.1f}" width="{w}" '
            f'height="{h * 0.2:.1f}" fill="#f4f4f4" stroke="#555" stroke-width="0.7"/>'
        )
    sail, hull = chance.pick(_SAILS), chance.pick(_HULLS)
    return (
        f'<path d="M{x},{y + h * 0.76:.1f} H{x + w} L{x + w * 0.8:.1f},{y + h} '
        f'H{x + w * 0.2:.1f} Z" fill="{hull}"/><path d="M{x + w * 0.5:.1f},{y} V{y + h * 0.7:.1f} '
        f'H{x + w * 0.94:.1f} Z" fill="{sail}" stroke="#777" stroke-width="0.6"/>'
        f'<path d="M{x + w * 0.44:.1f},{y + h * 0.12:.1f} V{y + h * 0.7:.1f} H{x + w * 0.1:.1f} Z" '
        f'fill="{sail}" stroke="#777" stroke-width="0.6"/>'
    )


@dataclass(frozen=True)
class Boxer:
    """A worker's habits; ``reach`` is how many pixels a side is off at most, the rest chances."""

    id: str
    reach: int
    miss: float
    mislabel: float
    invent: float


BOXERS = (
    Boxer("w1", 2, 0.02, 0.01, 0.02),
    Boxer("w2", 3, 0.06, 0.03, 0.04),
    Boxer("w3", 5, 0.10, 0.05, 0.05),
    Boxer("w4", 7, 0.20, 0.10, 0.10),
    Boxer("w5", 12, 0.40, 0.35, 0.40),
)
#: An object that only three of the five workers answered before its time was up.
SHORT = "lake-06"


def answers(scenes: list[Scene], seed: str) -> list[dict[str, Any]]:
    """Let every worker box every picture, ordered by picture."""
    clocks = {worker.id: Clock(number) for number, worker in enumerate(BOXERS)}
    given = []
    for number, scene in enumerate(scenes):
        for worker in BOXERS[:3] if scene.id == SHORT else BOXERS:
            chance = Chance(f"{seed}/{scene.id}/{worker.id}")
            boxes = _boxes(scene, worker, chance)
            spent = round(chance.between(2, 6) + len(boxes) * chance.between(3, 7), 3)
            given.append(
                {
                    "datasetObjectId": str(number),
                    "workerId": worker.id,
                    "answerContent": {
                        "boxes": {
                            "boundingBoxes": [box.wire() for box in boxes],
                            "inputImageProperties": {"height": HEIGHT, "width": WIDTH},
                        }
                    },
                    "submissionTime": clocks[worker.id].after(spent),
                    "timeSpentInSeconds": spent,
                }
            )
    return given


def _boxes(scene: Scene, worker: Boxer, chance: Chance) -> list[Thing]:
    drawn = []
    for thing in scene.things:
        if chance.happens(worker.miss):
            continue
        others = [label for label in _SIZES if label != thing.label]
        label = chance.pick(others) if chance.happens(worker.mislabel) else thing.label
        sides = (
            thing.left,
            thing.top,
            thing.left + thing.width,
            thing.top + thing.height,
        )
        # No more than a quarter of a small thing's side, or nobody could see what was meant.
        reach = max(1, min(worker.reach, thing.width // 4, thing.height // 4))
        left, top, right, bottom = (side + int(chance.between(-reach, reach)) for side in sides)
        left, top = max(left, 0), max(top, 0)
        drawn.append(Thing(left, top, min(right, WIDTH) - left, min(bottom, HEIGHT) - top, label))
    if chance.happens(worker.invent):
        drawn.append(_thing(chance.pick(tuple(_SIZES)), chance))
    return drawn
