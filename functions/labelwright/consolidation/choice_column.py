"""A choice as a column: the votes in it, and results with what stands behind them.

A million votes are three columns of integers; as many values and results would be a million
objects, of which hardly any is ever looked at. Those that are, are made when they are asked for.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from labelwright.answers.columns import Column, WorkerValue
from labelwright.consolidation.result import Consolidated, Decision
from labelwright.consolidation.together import ErrorsTogether, errors_together
from labelwright.consolidation.votes import ChoiceResult, Indices, Votes, sorted_places
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind


@dataclass(frozen=True, eq=False)
class VoteRows(Sequence[tuple[WorkerValue, ...]]):
    """The workers' values of each task of the votes, sorted by worker.

    ``values[i]`` is what the label of number ``i`` stands for: in a choice the label itself. Those
    of the numbers ``partial`` were read in part.
    """

    votes: Votes
    values: Sequence[Json]
    partial: Set[int] = frozenset()

    def __len__(self) -> int:
        return len(self.votes.tasks)

    @overload
    def __getitem__(self, index: int) -> tuple[WorkerValue, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[WorkerValue, ...]]: ...
    def __getitem__(
        self, index: int | slice
    ) -> tuple[WorkerValue, ...] | list[tuple[WorkerValue, ...]]:
        """Make the values of one task, or of several."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        order, ends = self._by_task
        place = range(len(self))[index]
        rows = order[ends[place] : ends[place + 1]]
        given = zip(self.votes.worker[rows].tolist(), self.votes.label[rows].tolist(), strict=True)
        return tuple(
            WorkerValue(self.votes.workers[worker], self.values[label], label in self.partial)
            for worker, label in given
        )

    @cached_property
    def _by_task(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The votes' order by task, and where each task's begin in it."""
        order = sorted_places(self.votes.task)
        counts = np.bincount(self.votes.task, minlength=len(self))
        return order, np.concatenate(([0], np.cumsum(counts)))


def column_of(
    field: FieldDefinition, votes: Votes, values: Sequence[Json], partial: Set[int] = frozenset()
) -> Column:
    """Make a column of votes whose label of number ``i`` stands for the value ``values[i]``.

    Those of the numbers ``partial`` were read in part.
    """
    rows = VoteRows(votes, values, partial)
    # What other kinds do, they do value by value, and again and again.
    return Column(field, (), votes.tasks, rows if field.kind is Kind.CHOICE else tuple(rows))


def votes_of(column: Column) -> Votes:
    """Return the votes of a choice column, its objects as tasks, its declared labels first."""
    if isinstance(column.values, VoteRows):
        return column.values.votes
    given = [
        (task, value)
        for task, values in zip(column.objects, column.values, strict=True)
        for value in values
    ]
    return Votes.from_columns(
        [task for task, _ in given],
        [value.worker for _, value in given],
        [value.value for _, value in given],
        column.objects,
        column.labels,
    )


@dataclass(frozen=True, eq=False)
class ChoiceResults(Sequence[Consolidated]):
    """The results of a choice column, made one by one, and the probabilities of all labels.

    ``votes``, the ``known`` label of each task (else -1) and what was ``found`` are those of the
    column's objects, and after them of the earlier ones that taught. A confidence has so many
    ``decimals``.
    """

    column: Column
    votes: Votes
    known: Indices
    found: ChoiceResult
    decimals: int

    def __len__(self) -> int:
        return len(self.column.objects)

    @overload
    def __getitem__(self, index: int) -> Consolidated: ...
    @overload
    def __getitem__(self, index: slice) -> list[Consolidated]: ...
    def __getitem__(self, index: int | slice) -> Consolidated | list[Consolidated]:
        """Make the result of one object, or of several."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        value, confidence, tied = self.decision(place)
        counts: dict[str, int] = {}
        for given in self.column.values[place]:
            counts[given.value] = counts.get(given.value, 0) + 1
        return Consolidated(
            value,
            confidence,
            sum(counts.values()),
            dict(sorted(counts.items())),
            bool(tied),
            self.column.undeclared(place),
            err_together=len(counts) > 1 and self.together.misfit,
        )

    def decision(self, index: int) -> Decision:
        """Return what was decided of an object: nothing where nobody answered."""
        answered, labels, confidences, ties = self._lists
        if not answered[index]:
            return Decision(None, None)
        label = self.votes.labels[labels[index]]
        confidence = min(1.0, round(confidences[index], self.decimals))
        if not ties[index]:
            return Decision(label, confidence)
        tied = tuple(self.votes.labels[i] for i in self.found.best(index).tolist())
        return Decision(label, confidence, tied)

    @cached_property
    def together(self) -> ErrorsTogether:
        """How far workers err on the same tasks, by these labels."""
        return errors_together(self.votes, self.found.label)

    def decisions(self) -> tuple[list[str | None], list[float | None]]:
        """Return all objects' labels and confidences: much faster than one by one.

        Confidences have six decimals at most. An object that nobody answered has neither.
        """
        answered, places, _, _ = self._lists
        names = self.votes.labels
        confidences = self.found.confidence[: len(self)].round(6).tolist()
        if all(answered):
            return [names[place] for place in places[: len(self)]], confidences
        # What nobody answered can have a label all the same: a known one.
        told = list(zip(answered, places, confidences, strict=False))
        return (
            [names[place] if known else None for known, place, _ in told],
            [confidence if known else None for known, _, confidence in told],
        )

    @cached_property
    def _lists(self) -> tuple[list[bool], list[int], list[float], list[bool]]:
        """By object: is it answered, its label's number, confidence, and is it a tie.

        An item of a list is had several times faster than one of an array.
        """
        votes = np.bincount(self.votes.task, minlength=len(self))[: len(self)]
        found = self.found
        return (
            (votes > 0).tolist(),
            found.label.tolist(),
            found.confidence.tolist(),
            found.tie.tolist(),
        )
