"""What the readers of other tools' files find: entries with values, and what could not be taken."""

from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.task.definition import Kind


class Note(NamedTuple):
    """Something that was not taken, or not as it stood.

    ``place`` is where it stands in the file, such as ``task 3, region 2`` (counted from 1);
    ``reason`` is the same for all that is alike, ``label`` the label that it is about, if any.
    ``kept`` says that it was taken all the same, changed as the reason says.
    """

    place: str
    reason: str
    label: str = ""
    kept: bool = False


class Value(NamedTuple):
    """One value for some field: a label, a span, a box, a number or a text.

    ``kind`` is choice also for one of several labels. ``value`` is in the form of the task input:
    a ``str`` for choice and text, a number, ``{"start", "end", "label"}`` in code points, or
    ``{"left", "top", "width", "height", "label"}`` in pixels. ``control`` is what the file calls
    that which gives it, empty where it says nothing; ``score`` is the model's, 0 to 1.
    """

    place: str
    kind: Kind
    value: Json
    control: str = ""
    score: float | None = None

    @property
    def label(self) -> str:
        """Return the label that it gives; empty for numbers and texts."""
        if self.kind is Kind.CHOICE:
            return str(self.value)
        return str(self.value["label"]) if isinstance(self.value, dict) else ""

    def renamed(self, label: str) -> "Value":
        """Return it with another label."""
        value = {**self.value, "label": label} if isinstance(self.value, dict) else label
        return self._replace(value=value)


class Names(NamedTuple):
    """By what an entry can be recognised: ids, files (paths or addresses) and texts."""

    ids: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class Entry(NamedTuple):
    """What a file says of one object."""

    place: str
    names: Names
    values: tuple[Value, ...] = ()
    notes: tuple[Note, ...] = ()
