"""The fields of a job that is read: those of its task, of its labels and of its answers as one."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from labelwright.answers.columns import AnsweredObject, fields_of
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind, Rename, TaskDefinition
from labelwright_local.finished_job.manifest_labels import LineLabel
from labelwright_local.finished_job.model import FieldLabel, LabelledBox, LabelledSpan


def join_fields(
    definition: TaskDefinition | None,
    answered: Sequence[AnsweredObject],
    labels: Iterable[LineLabel],
) -> tuple[tuple[FieldDefinition, ...], Mapping[str, str]]:
    """Return the job's fields, and the name that the field of a label goes by where it is another.

    Without a definition answers are read by their shape, and a field is named by its path. A label
    knows its own name: where the path ends in it, that is the field. The one label of a built-in
    job is named by the attribute: it is the answers' one field of its kind.
    """
    found: dict[str, Counter[Kind]] = {}
    built_in = set()
    for label in labels:
        for field in label.fields:
            found.setdefault(field.name, Counter())[field.kind] += 1
            if label.built_in:
                built_in.add(field.name)
    kinds = {name: counts.most_common(1)[0][0] for name, counts in found.items()}
    if definition is not None and not built_in:
        return definition.fields + _made(definition.fields, kinds), {}
    fields = list(fields_of(definition, answered))
    names: dict[str, str] = {}
    for name, kind in kinds.items():
        place = _place(fields, name, kind, any_name=name in built_in)
        if place is None:
            fields += _made(fields, {name: kind})
        elif name in built_in:
            names[name] = fields[place].name
        else:
            # A choice that a hidden control holds looks like a text: the label knows better.
            known = {"name": name} if kind is Kind.UNKNOWN else {"name": name, "kind": kind}
            fields[place] = fields[place].model_copy(update=known)
    return tuple(fields), names


def as_called_now(
    fields: Iterable[FieldDefinition], definition: TaskDefinition | None, steps: Sequence[Rename]
) -> tuple[FieldDefinition, ...]:
    """Return fields whose labels are called as they are after a job's renames.

    Where the definition ends with the same renames, they were applied when it was read.
    """
    known = definition.renamed[-len(steps) :] if definition is not None else ()
    if not steps or list(known) == list(steps):
        return tuple(fields)
    return tuple(field.with_renames(steps) for field in fields)


class LabelNames(NamedTuple):
    """What is called otherwise in a job than in its manifest.

    ``fields`` are the names of the job's fields by those in labels; ``renamed`` are the fields, by
    their names, whose labels were renamed after some of the manifest's were made.
    """

    fields: Mapping[str, str]
    renamed: Mapping[str, FieldDefinition]

    def of(self, label: FieldLabel) -> FieldLabel:
        """Return the label of a field under the names that the job has now."""
        label = label._replace(name=self.fields.get(label.name, label.name))
        field = self.renamed.get(label.name)
        if field is None or label.value is None:
            return label
        rename = _RENAMED.get(label.kind)
        if rename is None:
            return label
        parts: dict[str, float] = {}
        for name, confidence in label.parts.items():
            now = field.current(name)
            parts[now] = max(confidence, parts.get(now, 0))
        return label._replace(value=rename(label.value, field.current), parts=parts)


_Current = Callable[[str], str]


def _parts_renamed(value: Iterable[LabelledSpan | LabelledBox], current: _Current) -> Json:
    """Rename spans or boxes; of two that are the same now, the surer one stays."""
    found: dict[Json, LabelledSpan | LabelledBox] = {}
    for part in value:
        now = part._replace(label=current(part.label))
        same = now._replace(confidence=None)
        before = found.get(same)
        if before is None or (now.confidence or 0) > (before.confidence or 0):
            found[same] = now
    return tuple(found.values())


_RENAMED: Mapping[Kind, Callable[[Json, _Current], Json]] = {
    Kind.CHOICE: lambda value, current: current(value),
    Kind.CHOICES: lambda value, current: tuple(dict.fromkeys(map(current, value))),
    Kind.SPANS: _parts_renamed,
    Kind.BOXES: _parts_renamed,
}


def _place(
    fields: Sequence[FieldDefinition], name: str, kind: Kind, *, any_name: bool
) -> int | None:
    """Return which field a label is of, None where it is of none of them."""
    exact = [place for place, field in enumerate(fields) if field.name == name]
    if exact:
        return exact[0]
    alike = [
        place
        for place, field in enumerate(fields)
        if (field.kind is kind if any_name else f".{name}." in f".{field.path}.")
    ]
    return alike[0] if len(alike) == 1 else None


def _made(
    fields: Iterable[FieldDefinition], kinds: Mapping[str, Kind]
) -> tuple[FieldDefinition, ...]:
    """Return fields for labels that are of none of these."""
    known = {field.name for field in fields}
    return tuple(
        # model_construct: kind unknown is ours to give, a definition may not declare it.
        FieldDefinition.model_construct(name=name, path=name, kind=kind)
        for name, kind in kinds.items()
        if name not in known
    )
