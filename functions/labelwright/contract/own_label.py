"""Our own label as it stands under the label attribute, schema ``labelwright/1``, and its reader.

Written by ``labelwright.label``, in this form (``?``: only where it says something)::

    {"schema": "labelwright/1",
     "fields": {name: {"kind", "value", "confidence", "method", "workers", "votes"?, "tie",
                       "undeclared"?, "offsets"?, "valueRef"?}},
     "scope": "job" | "batch",
     "annotationsFromAllWorkers": [answers as they came]  or  "annotationsRef": "s3://...",
     "problems": [{"annotation", "field", "code", "reason"}],
     "error": null | {"code", "reason"}}

A label that is too large moves out into the file that ``annotationsRef`` names, which holds it
whole. What stays behind gets smaller in this order: the answers go first, then each field's votes
and undeclared labels, then the problems, then values (``valueRef`` names the file), then all
fields. The reader follows these references, and no sooner than for what has gone: who asks for a
confidence that is still there costs no fetch.

Nothing else takes a label apart. JSON that says that it is ours and is damaged never raises: what
can't be read is told as a value.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final, NamedTuple, TypeGuard

from labelwright.contract.base import Json, load_json
from labelwright.errors import LabelwrightError

SCHEMA: Final = "labelwright/1"

#: Returns the bytes of the file at an ``s3://`` address; raises ``LabelwrightError`` of ours.
Fetch = Callable[[str], bytes]


class OwnProblem(NamedTuple):
    """What was wrong with (part of) an answer, or with a field.

    ``annotation`` counts from 0 in all answers, None where it concerns none of them; ``field`` is
    None where it concerns a whole answer.
    """

    annotation: int | None
    field: str | None
    code: str
    reason: str


class OwnError(NamedTuple):
    """Why an object could not be consolidated."""

    code: str
    reason: str


#: What stands in for a problem or an error that can't be read: it does not vanish.
_ODD_PROBLEM = OwnProblem(None, None, "problem-damaged", "a problem of this label can't be read")
_ODD_ERROR = OwnError("error-damaged", "the error in this label can't be read")


class OwnField:
    """One field of a label.

    ``kind`` and ``method`` are empty where the label does not say them. ``confidence`` is 0 to 1,
    None where the method knows none. ``offsets`` is the unit of span ends where these are no code
    points. ``moved_to`` is the address of the file that has the value, None where the value did not
    move.
    """

    def __init__(self, name: str, found: Json, files: "_Files", label_file: str | None) -> None:
        wire: Mapping[str, Json] = found if isinstance(found, Mapping) else {}
        workers = wire.get("workers")
        self.name: Final = name
        self.kind: Final = _text(wire.get("kind"))
        self.method: Final = _text(wire.get("method"))
        self.confidence: Final = _share(wire.get("confidence"))
        self.workers: Final = workers if _is_count(workers) else 0
        self.tie: Final = wire.get("tie") is True
        self.offsets: Final = _text(wire.get("offsets")) or None
        self.moved_to: Final = _address(wire.get("valueRef")) if wire.get("value") is None else None
        self._wire = wire
        self._files = files
        self._label_file = label_file

    @property
    def value(self) -> Json:
        """The consolidated value, from its file if it moved; None where nobody answered.

        None, too, where it can't be known: ``fault`` tells.
        """
        if self.moved_to is None:
            return self._wire.get("value")
        moved = self._in_file(self.moved_to)
        return moved.value if isinstance(moved, OwnField) else None

    @property
    def fault(self) -> str | None:
        """Why the value can't be known, in words without the value; None where it is known."""
        if self.moved_to is None:
            return None if "value" in self._wire else "it has no value"
        moved = self._in_file(self.moved_to)
        return moved.fault if isinstance(moved, OwnField) else moved

    @property
    def votes(self) -> Mapping[str, int] | None:
        """Votes by label, from the label's file if they moved; None where they are not counted."""
        found = self._whole._wire.get("votes")
        if not isinstance(found, Mapping) or not all(map(_is_count, found.values())):
            return None
        return found

    @property
    def undeclared(self) -> tuple[str, ...]:
        """The labels given that the task does not declare, from the label's file if they moved."""
        found = self._whole._wire.get("undeclared")
        if not isinstance(found, list):
            return ()
        return tuple(name for name in found if isinstance(name, str))

    @property
    def _whole(self) -> "OwnField":
        """The field with its votes: itself where they are here, or where its file is no help."""
        if self._label_file is None or "votes" in self._wire or "undeclared" in self._wire:
            return self
        moved = self._in_file(self._label_file)
        return moved if isinstance(moved, OwnField) else self

    def _in_file(self, uri: str) -> "OwnField | str":
        label = self._files.label(uri)
        if isinstance(label, str):
            return label
        return label.fields.get(self.name) or f"{uri}: the label there lacks this field"


class OwnLabel:
    """A label of ours, whole wherever its file can be read.

    ``scope`` is ``job`` or ``batch``, empty where the label does not say it. ``moved_to`` is the
    address of the file that has the label whole, None where nothing moved.
    """

    def __init__(self, wire: Mapping[str, Json], fetch: Fetch | None) -> None:
        self.scope: Final = _text(wire.get("scope"))
        self.error: Final = _read_error(wire.get("error"))
        self.moved_to: Final = _address(wire.get("annotationsRef"))
        self._wire = wire
        self._files = _Files(fetch)

    @cached_property
    def fields(self) -> Mapping[str, OwnField]:
        """The fields by name, from the label's file if they moved; see ``fault`` if none."""
        found = self._wire.get("fields")
        if isinstance(found, Mapping) and found:
            return {
                str(name): OwnField(str(name), field, self._files, self.moved_to)
                for name, field in found.items()
            }
        whole = self._whole
        return {} if whole is None or isinstance(whole, str) else whole.fields

    @property
    def fault(self) -> str | None:
        """Why the fields can't be known; None where they are, be there any or not."""
        found = self._wire.get("fields")
        if isinstance(found, Mapping) and (found or self.moved_to is None):
            return None
        whole = self._whole
        if whole is None:
            ours = self._wire.get("schema") == SCHEMA
            return "it has no fields" if ours else f"it is no label of schema {SCHEMA}"
        return whole if isinstance(whole, str) else whole.fault

    @property
    def problems(self) -> tuple[OwnProblem, ...]:
        """What was wrong with answers, from the label's file if it moved."""
        found = self._wire.get("problems")
        whole = None if found else self._whole
        if isinstance(whole, OwnLabel):
            return whole.problems
        return tuple(map(_read_problem, found)) if isinstance(found, list) else ()

    @property
    def answers(self) -> tuple[Json, ...]:
        """All workers' answers as they came, from the label's file if they moved."""
        found = self._wire.get("annotationsFromAllWorkers")
        whole = None if isinstance(found, list) else self._whole
        if isinstance(whole, OwnLabel):
            return whole.answers
        return tuple(found) if isinstance(found, list) else ()

    def first_fault(self) -> str | None:
        """Say the first that can't be known of the whole label; None where all of it is there.

        It reads the label's file, if it has one, whatever has moved into it.
        """
        whole = self._whole
        if isinstance(whole, str):
            return whole
        if self.fault is not None:
            return self.fault
        faults = (f"'{item.name}': {item.fault}" for item in self.fields.values() if item.fault)
        return next(faults, None)

    @property
    def _whole(self) -> "OwnLabel | str | None":
        """The label in the file, why there is none, or None where nothing moved."""
        return None if self.moved_to is None else self._files.label(self.moved_to)


class _Files:
    """The files that a label names, each fetched once, and only when it is asked for."""

    def __init__(self, fetch: Fetch | None) -> None:
        self._fetch = fetch
        self._found: dict[str, OwnLabel | str] = {}

    def label(self, uri: str) -> OwnLabel | str:
        """Return the label in a file, or why there is none."""
        if uri not in self._found:
            self._found[uri] = self._read(uri)
        return self._found[uri]

    def _read(self, uri: str) -> OwnLabel | str:
        if self._fetch is None:
            return f"{uri}: it moved into this file, which is not read here"
        try:
            # A complete label: what it refers to itself is followed no further.
            found = read_label(load_json(self._fetch(uri)))
        except LabelwrightError as error:
            return str(error)
        except ValueError as error:
            return f"{uri}: {error}"
        return found or f"{uri}: there is no label of schema {SCHEMA} in it"


def read_label(value: Json, fetch: Fetch | None = None) -> OwnLabel | None:
    """Read what stands under a label attribute; None where it is no label of ours.

    ``fetch`` reads the files into which parts moved. Without it, what moved can't be known.
    """
    if not isinstance(value, Mapping) or value.get("schema") != SCHEMA:
        return None
    return OwnLabel(value, fetch)


def read_any(value: Json, fetch: Fetch | None = None) -> OwnLabel:
    """Read what should be a label of ours; where it is none, the label's ``fault`` says so."""
    return read_label(value, fetch) or OwnLabel({}, None)


def _read_problem(found: Json) -> OwnProblem:
    if not isinstance(found, Mapping):
        return _ODD_PROBLEM
    annotation, field = found.get("annotation"), found.get("field")
    code, reason = found.get("code"), found.get("reason")
    if (
        not (annotation is None or _is_count(annotation))
        or not isinstance(field, str | None)
        or not isinstance(code, str)
        or not isinstance(reason, str)
    ):
        return _ODD_PROBLEM
    return OwnProblem(annotation, field, code, reason)


def _read_error(found: Json) -> OwnError | None:
    if found is None:
        return None
    code, reason = map(found.get, OwnError._fields) if isinstance(found, Mapping) else (None, None)
    if not isinstance(code, str) or not isinstance(reason, str):
        return _ODD_ERROR
    return OwnError(code, reason)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _address(value: Json) -> str | None:
    return _text(value) or None


def _is_count(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _share(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return float(value)
