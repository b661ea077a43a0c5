"""From what a file says of objects to the suggestions of a manifest's lines."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from labelwright.contract.base import Json, dump_json
from labelwright.contract.manifest import MAX_LINE_CHARACTERS
from labelwright.errors import UsageError
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition
from labelwright_local.imports.match import Objects
from labelwright_local.imports.model import Entry, Note, Value
from labelwright_local.manifest.form import parse_line
from labelwright_local.manifest.lines import RawLine, members, without

UNKNOWN_LABEL = "the task's field has no such label"
TOO_LONG = f"with its suggestions the line would have more than {MAX_LINE_CHARACTERS:,} characters"
TWICE = "the object has its suggestions from an entry before"

#: Which fields take a value of a kind.
_TAKE = {kind: (kind,) for kind in Kind} | {Kind.CHOICE: (Kind.CHOICE, Kind.CHOICES)}


@dataclass
class Imported:
    """Suggestions by line and manifest key, with what was not taken.

    ``values`` counts the values in them, ``entries`` those of the file, ``silent`` those that say
    nothing of their object.
    """

    by_line: dict[int, dict[str, Json]] = field(default_factory=lambda: defaultdict(dict))
    notes: list[Note] = field(default_factory=list)
    values: int = 0
    entries: int = 0
    silent: int = 0

    @property
    def dropped(self) -> Counter[str]:
        """Count what was not taken, by reason."""
        return Counter(note.reason for note in self.notes if not note.kept)

    @property
    def changed(self) -> Counter[str]:
        """Count what was taken otherwise than it stood, by reason."""
        return Counter(note.reason for note in self.notes if note.kept)


def suggestion_fields(definition: TaskDefinition) -> dict[str, str]:
    """Return the manifest key of each field that shows suggestions, by the field's name.

    Raises:
        UsageError: no field does.
    """
    keys = {item.name: item.initial for item in definition.fields if item.initial is not None}
    if definition.initial_spans is not None:
        spans = next(item for item in definition.fields if item.kind is Kind.SPANS)
        keys[spans.name] = definition.initial_spans
    if not keys:
        raise UsageError(
            "no field of the task shows suggestions; name a manifest key for one in its task.toml, "
            'such as initial = "suggestion" below [[fields]]'
        )
    return keys


def import_suggestions(
    entries: Iterable[Entry],
    objects: Objects,
    definition: TaskDefinition,
    renamed: Mapping[str, str] | None = None,
    least_score: float = 0,
) -> Imported:
    """Give each object what the entries say of it, as far as the task's fields take it.

    ``renamed`` has the task's labels by those of the file. Values whose score is known and below
    ``least_score`` are not taken. Of two entries about one object the first counts.

    Raises:
        UsageError: no field of the task shows suggestions.
    """
    keys = suggestion_fields(definition)
    made = Imported()
    for entry in entries:
        made.entries += bool(entry.place)
        made.notes += entry.notes
        if not entry.values:
            made.silent += bool(entry.place) and not entry.notes
            continue
        lines = objects.find(entry.names)
        if isinstance(lines, str):
            made.notes.append(Note(entry.place, lines))
            continue
        fresh = [line for line in lines if line not in made.by_line]
        if not fresh:
            made.notes.append(Note(entry.place, TWICE))
            continue
        found = _by_key(entry.values, definition, keys, renamed or {}, least_score, made)
        for line in fresh if found else ():
            made.by_line[line] = found
    return made


def written(lines: Iterable[RawLine], made: Imported) -> Iterator[bytes]:
    """Yield the manifest's lines with their suggestions; all others as they are.

    A line that would be longer than a manifest's may be keeps what it has, and a note says so.
    """
    for raw in lines:
        found = made.by_line.get(raw.number)
        text = parse_line(raw).text if found else None
        longer = with_suggestions(text, found) if found and text is not None else None
        if longer is not None and len(longer) > MAX_LINE_CHARACTERS:
            made.notes.append(Note(f"the manifest's line {raw.number}", TOO_LONG))
            longer = None
        if longer is not None:
            yield longer.encode("utf-8", "surrogatepass") + b"\n"
        elif raw.data is not None:
            yield raw.data


def with_suggestions(text: str, found: Mapping[str, Json]) -> str:
    """Return a manifest line's text with suggestions, each under its key, all else as it was.

    What the key had before is replaced.
    """
    if any(member.key in found for member in members(text)):
        text = without(text, set(found))
    more = ", ".join(f"{dump_json(key)}: {dump_json(value)}" for key, value in found.items())
    end = text.rindex("}")
    between = ", " if next(members(text), None) else ""
    return f"{text[:end].rstrip()}{between}{more}{text[end:]}"


def _by_key(
    values: Iterable[Value],
    definition: TaskDefinition,
    keys: Mapping[str, str],
    renamed: Mapping[str, str],
    least_score: float,
    made: Imported,
) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for value in values:
        if value.label in renamed:
            value = value.renamed(renamed[value.label])  # noqa: PLW2901 - the same, called ours
        if value.score is not None and value.score < least_score:
            made.notes.append(Note(value.place, "its score is under the least", value.label))
            continue
        target = _field_of(value, definition, keys)
        if isinstance(target, str):
            made.notes.append(Note(value.place, target, value.label))
        elif value.label and target.labels and value.label not in target.labels:
            made.notes.append(Note(value.place, UNKNOWN_LABEL, value.label))
        elif (reason := _put(found, keys[target.name], target, value.value)) is not None:
            made.notes.append(Note(value.place, reason, value.label))
        else:
            made.values += 1
    return found


def _field_of(
    value: Value, definition: TaskDefinition, keys: Mapping[str, str]
) -> FieldDefinition | str:
    """Return the field that takes a value: that of its control's name, else the first that does."""
    fields = [item for item in definition.fields if item.kind in _TAKE[value.kind]]
    fields = [item for item in fields if item.name == value.control] or fields
    if not fields:
        return f"the task has no field that takes {value.kind}"
    shown = [item for item in fields if item.name in keys]
    return shown[0] if shown else f"the task's field of kind {value.kind} shows no suggestions"


def _put(found: dict[str, Json], key: str, target: FieldDefinition, value: Json) -> str | None:
    """Add a value to a field's suggestion, or say why it can't be."""
    if target.kind in (Kind.CHOICES, Kind.SPANS, Kind.BOXES):
        have = found.setdefault(key, [])
        if value in have:
            return "it is there twice"
        have.append(value)
        return None
    if key in found:
        return "its field takes one value, and has it"
    found[key] = value
    return None
