"""What is found when an answer is read: a value, or why there is none."""

from typing import NamedTuple

from labelwright.contract.base import Json


class Reading(NamedTuple):
    """What was found: ``value`` is None when the worker did not answer the field.

    So it is where nothing of the answer could be read: what can't be read is silence, and never
    says "nothing here". ``problems`` are reasons, without content, why (part of) the answer was not
    taken. ``partial`` says that items of the answer were lost: ``value`` has the others, and that
    it lacks one says nothing.
    """

    value: Json
    problems: tuple[str, ...] = ()
    partial: bool = False


SILENT = Reading(None)


def damaged(reason: str) -> Reading:
    """Return that nothing of an answer could be read, and why."""
    return Reading(None, (reason,))


def read_in_part(value: Json, left: int, lost: int, problem: str) -> Reading:
    """Return what is ``left`` of an answer of which so many items were ``lost``.

    Where some were and none is left, the worker has said nothing.
    """
    if not lost:
        return Reading(value)
    return Reading(value, (problem,), partial=True) if left else damaged(problem)
