"""Objects on which honest workers agree, and what one more worker may send: for every kind.

All is raw, as pages give it: answers go through the readers like any other.
"""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

from labelwright.task.definition import Kind
from tests import strategies

Json = Any

LABELS = ("a", "b", "c")
#: The text of every object: what spans lie in, where it is known.
TEXT = "Thirty swifts carried a sensor for a whole year; they slept in naps of ten seconds each. 😀"

_label = st.sampled_from(LABELS)
_phrases = st.sampled_from(
    ["a swift", "two swifts, one asleep", "swift " * 300, "nap\nnap", "短い昼寝", "x"]
)


class Kindly(NamedTuple):
    """What is generated of a kind.

    ``truth`` draws a raw value that honest workers give. ``attacks`` make of it, and of chance, a
    raw value that a worker may give instead.
    """

    truth: st.SearchStrategy[Json]
    attacks: tuple[Callable[[Json, random.Random], Json], ...]
    #: Draws nothing of what makes two honest workers differ.
    vary: Callable[[Json, random.Random], Json] = lambda truth, _: truth


@st.composite
def _spans(draw: st.DrawFn) -> list[Json]:
    """Return spans that follow each other, now and then one within another."""
    places = sorted(draw(st.sets(st.integers(0, len(TEXT) - 1), max_size=8)))
    found: list[Json] = [
        {"start": start, "end": end, "label": draw(_label)}
        for start, end in zip(places[::2], places[1::2], strict=False)
    ]
    if found and draw(st.integers(0, 3)) == 0:
        start, end = found[0]["start"], found[0]["end"]
        found.append({"start": start, "end": (start + end + 1) // 2, "label": "inner"})
    return found


@st.composite
def _boxes(draw: st.DrawFn) -> list[Json]:
    """Return boxes that do not touch each other, in pixels or in shares of the picture."""
    unit = draw(st.sampled_from([1.0, 1.0, 0.0003]))
    cells = draw(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=5))
    return [
        {
            "left": (column * 100 + draw(st.integers(0, 20))) * unit,
            "top": (row * 100 + draw(st.integers(0, 20))) * unit,
            "width": draw(st.integers(30, 70)) * unit,
            "height": draw(st.integers(30, 70)) * unit,
            "label": draw(_label),
        }
        for column, row in sorted(cells)
    ]


def _jittered(boxes: list[Json], chance: random.Random) -> list[Json]:
    """Return boxes as another careful worker draws them: off by a twentieth at most."""
    sides = {"left": "width", "top": "height", "width": "width", "height": "height"}
    return [
        {
            **box,
            **{
                key: box[key] + chance.uniform(-0.05, 0.05) * box[side]
                for key, side in sides.items()
            },
        }
        for box in boxes
    ]


def _moved(boxes: list[Json], chance: random.Random) -> list[Json]:
    by = chance.choice([0.02, 0.1, 0.3]) * chance.choice([-1, 1])
    return [box | {"left": box["left"] + by * box["width"]} for box in boxes]


def _shifted(spans: list[Json], chance: random.Random) -> list[Json]:
    by = chance.choice([-1, 1, 2])
    return [
        span | {"start": max(0, span["start"] + by), "end": max(1, span["end"] + by)}
        for span in spans
    ]


def _relabelled(items: list[Json], chance: random.Random) -> list[Json]:
    return [item | {"label": chance.choice([*LABELS, "undeclared"])} for item in items]


def _half(items: list[Json], _: random.Random) -> list[Json]:
    return items[: len(items) // 2]


def _nothing(_: Json, __: random.Random) -> Json:
    return []


def _same(truth: Json, _: random.Random) -> Json:
    return truth


KINDS: Mapping[Kind, Kindly] = {
    Kind.CHOICE: Kindly(
        _label,
        (
            _same,
            lambda truth, _: LABELS[(LABELS.index(truth) + 1) % len(LABELS)],
            lambda _, chance: chance.choice(LABELS),
            lambda _, chance: f"undeclared {chance.random()}",
            lambda _, __: "never",
        ),
    ),
    Kind.CHOICES: Kindly(
        st.lists(_label, unique=True),
        (
            _same,
            _nothing,
            lambda truth, _: [label for label in LABELS if label not in truth],
            lambda _, __: [*LABELS, "never"],
            lambda truth, chance: [*truth, *(f"other {chance.random()}" for _ in range(50))],
        ),
    ),
    Kind.NUMBER: Kindly(
        st.one_of(st.integers(-5, 5), st.floats(-1e6, 1e6), st.sampled_from([1e308, 0.1])),
        (
            _same,
            lambda truth, _: truth + 1,
            lambda truth, _: -truth,
            lambda _, chance: chance.choice([1.7e308, -1.7e308, "1e999", "nan", "-0", 10**400]),
        ),
    ),
    Kind.TEXT: Kindly(
        _phrases,
        (
            _same,
            lambda truth, _: f"{truth} ",
            lambda truth, _: truth.upper(),
            # Alike in all that a long text is compared by, and first in order.
            lambda truth, _: f"\t{truth}",
            lambda truth, _: truth[:-1],
            lambda _, __: "a " * 5_000,
        ),
    ),
    Kind.SPANS: Kindly(
        _spans(),
        (
            _same,
            _nothing,
            _half,
            _shifted,
            _relabelled,
            lambda truth, chance: [*truth, *_relabelled(truth, chance)],
            lambda truth, _: [*truth, *({**span, "label": "never"} for span in truth)],
            lambda truth, _: [*truth, {"start": 0, "end": len(TEXT), "label": "a"}],
            lambda truth, _: [*truth, *({**s, "end": s["end"] - 1} for s in truth)],
            lambda _, __: [{"start": i, "end": i + 5, "label": "a"} for i in range(60)],
            lambda _, __: [{"start": i, "end": i + 1, "label": "b"} for i in range(80)],
            lambda _, __: [{"start": i, "end": 80, "label": f"l{i}"} for i in range(30)],
            lambda truth, _: [*truth, {"start": 0, "end": 2**53, "label": "b"}],
            lambda _, chance: [
                {
                    "start": start,
                    "end": start + chance.randint(1, 9),
                    "label": chance.choice(LABELS),
                }
                for start in chance.sample(range(70), 8)
            ],
        ),
    ),
    Kind.BOXES: Kindly(
        _boxes(),
        (
            _same,
            _nothing,
            _half,
            _moved,
            _relabelled,
            lambda truth, chance: [*truth, *_moved(truth, chance), *_moved(truth, chance)],
            lambda truth, chance: [box for _ in range(6) for box in _jittered(truth, chance)],
            lambda truth, _: [
                box | {"left": box["left"] - box["width"] / 2, "width": 2 * box["width"]}
                for box in truth
            ],
            lambda truth, chance: _jittered(truth, chance) * (900 // max(len(truth), 1)),
            lambda _, chance: [
                {
                    "left": chance.uniform(0, 400),
                    "top": chance.uniform(0, 400),
                    "width": chance.uniform(1, 100),
                    "height": chance.choice([1e9, 50, 1e-9]),
                    "label": chance.choice(LABELS),
                }
                for _ in range(150)
            ],
        ),
        vary=_jittered,
    ),
    Kind.UNKNOWN: Kindly(strategies.json_values, (_same,)),
}

#: Draws what makes of honest contents, and of chance, the content of the one more worker.
Attack = Callable[[Mapping[Kind, Json], random.Random], Json]


def _attack(number: int) -> Attack:
    """Return the attack of that number for each kind that the contents have."""

    def attacked(truth: Mapping[Kind, Json], chance: random.Random) -> Json:
        made = {}
        for kind, value in truth.items():
            attacks = KINDS[kind].attacks
            made[kind] = attacks[number % len(attacks)](value, chance)
        return json.dumps(made)

    return attacked


def _claimed(truth: Mapping[Kind, Json], _: random.Random) -> Json:
    """Say that the page showed another text."""
    return json.dumps({**truth, "text": {"uri": "s3://texts-bucket/other.txt", "length": 3}})


def _nothing_said(_: Mapping[Kind, Json], __: random.Random) -> Json:
    return "{}"


def attacks() -> st.SearchStrategy[Attack]:
    """Draw what one more worker does in an object."""
    most = max(len(kind.attacks) for kind in KINDS.values())
    known = [*map(_attack, range(most)), _claimed, _nothing_said]
    return st.one_of(
        st.sampled_from(known), strategies.contents.map(lambda content: lambda _, __: content)
    )
