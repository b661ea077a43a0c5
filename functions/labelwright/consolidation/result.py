"""What consolidation says of one field of one data object, whatever its kind."""

from typing import NamedTuple

from labelwright.contract.base import Json


class Consolidated(NamedTuple):
    """A consolidated field value.

    ``value`` is JSON; None when no worker answered. ``confidence`` is in 0 to 1, None where the
    method has none. ``workers`` is how many answered the field. ``votes`` are counts by label where
    values are labels. ``tie`` says that another value was as good. ``undeclared`` are labels given
    that the declared ones do not have; they count like any other. ``simplified`` says that there
    was too much of it for the whole method (``labelwright.consolidation.budget``), and
    ``left_out`` are the workers whose answers are out of all proportion to the others'.
    ``err_together`` says that workers differ on it in a field where they err on the same objects
    (``labelwright.consolidation.together``).
    """

    value: Json
    confidence: float | None
    workers: int
    votes: dict[str, int] | None = None
    tie: bool = False
    undeclared: tuple[str, ...] = ()
    simplified: bool = False
    left_out: tuple[str, ...] = ()
    err_together: bool = False


class Decision(NamedTuple):
    """What was decided of one object, without how it came about.

    ``value`` is None when no worker answered. ``tied`` are the values that were equally good,
    ``value`` among them, where they are labels of a choice; empty where none was.
    """

    value: Json
    confidence: float | None
    tied: tuple[str, ...] = ()
