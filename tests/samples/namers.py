"""Simulated workers who choose one name for each object, some of them often a wrong one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.samples.chance import Chance, Clock


class Named(Protocol):
    """An object with one true name; ``difficulty`` is how much likelier than usual it is missed."""

    @property
    def id(self) -> str:
        """What tells it from the others."""

    @property
    def label(self) -> str:
        """Its true name."""

    @property
    def difficulty(self) -> float:
        """At least 1."""


@dataclass(frozen=True)
class Namer:
    """A worker who names objects; ``error`` is the probability of a wrong name."""

    id: str
    error: float


NAMERS = (
    Namer("w1", 0.03),
    Namer("w2", 0.08),
    Namer("w3", 0.12),
    Namer("w4", 0.2),
    Namer("w5", 0.5),
)


@dataclass(frozen=True)
class Naming:
    """A task of naming: the page's control, each name's likenesses, and seconds for an answer.

    ``short`` is an object that only three of the five workers answered before its time was up.
    """

    control: str
    looks_like: Mapping[str, tuple[str, ...]]
    seconds: tuple[float, float]
    short: str

    def answers(self, objects: Sequence[Named], seed: str) -> list[dict[str, Any]]:
        """Let every worker name every object, ordered by object."""
        clocks = {worker.id: Clock(number) for number, worker in enumerate(NAMERS)}
        given = []
        for number, named in enumerate(objects):
            for worker in NAMERS[:3] if named.id == self.short else NAMERS:
                chance = Chance(f"{seed}/{named.id}/{worker.id}")
                spent = round(chance.between(*self.seconds), 3)
                given.append(
                    {
                        "datasetObjectId": str(number),
                        "workerId": worker.id,
                        "answerContent": {
                            self.control: {"label": self._name(named, worker, chance)}
                        },
                        "submissionTime": clocks[worker.id].after(spent),
                        "timeSpentInSeconds": spent,
                    }
                )
        return given

    def _name(self, named: Named, worker: Namer, chance: Chance) -> str:
        if not chance.happens(min(worker.error * named.difficulty, 0.8)):
            return named.label
        if chance.happens(0.75):
            return chance.pick(self.looks_like[named.label])
        return chance.pick([name for name in self.looks_like if name != named.label])
