"""The fields of a job that is read: those of its task, of its labels and of its answers as one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from labelwright.answers.columns import AnsweredObject, fields_of
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition
from labelwright_local.finished_job.manifest_labels import LineLabel
from labelwright_local.finished_job.model import FieldLabel


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


def renamed(field: FieldLabel, names: Mapping[str, str]) -> FieldLabel:
    """Return the label of a field under the name that the job's field has."""
    name = names.get(field.name)
    return field if name is None else field._replace(name=name)


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
