"""``task.toml``: what a worker produces, so that page, handlers and local job agree.

The format is described in templates/README.md; an unset definition means that fields are
recognised by the shape of the answers (``labelwright.answers.shape``).
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from labelwright.contract.base import explain
from labelwright.contract.manifest import METADATA_SUFFIX, SOURCE
from labelwright.errors import TaskDefinitionError
from labelwright.task.skip import SkipRule

#: Keys of the task input that are ours: no manifest key may take their place.
RESERVED_INPUT_KEYS = frozenset(
    {
        "taskObject", "metadata", "text", "title", "instructions", "guide", "labels", "fields",
        "initial", "initialLeftOut", "initialSpans", "initialSpansLeftOut",
    }
)  # fmt: skip


class Kind(StrEnum):
    """What sort of value a field of the answer holds."""

    CHOICE = "choice"
    CHOICES = "choices"
    SPANS = "spans"
    BOXES = "boxes"
    NUMBER = "number"
    TEXT = "text"
    UNKNOWN = "unknown"


#: Kinds whose values are taken from a list of labels.
LABELLED_KINDS = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.SPANS, Kind.BOXES})

_KINDS_WITH_THRESHOLD = frozenset({Kind.CHOICES, Kind.SPANS, Kind.BOXES})


class _Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )


class FieldDefinition(_Table):
    """One field of the answer.

    ``path`` leads to it through the answer's keys, dot-separated; JSON strings are decoded on the
    way. ``offsets`` is the unit of span ends: Unicode code points, or the UTF-16 units that
    browsers count in; unset, each answer decides it by its keys (``startOffset`` counts UTF-16,
    ``start`` code points). ``threshold`` is the share of answering workers, in (0, 1], from which
    a part of the value (such as a span) is kept; with method ``sequence`` a span's confidence.
    ``title`` and ``hint`` are what the page asks by; a ``required`` field must be answered there.
    ``initial`` is the manifest key whose value, a model's or an earlier job's, the page shows as a
    suggestion.
    """

    name: Annotated[str, Field(min_length=1)]
    path: Annotated[str, Field(min_length=1)]
    kind: Annotated[Kind, Field(strict=False)]
    labels: Annotated[tuple[Annotated[str, Field(max_length=256)], ...], Field(strict=False)] = ()
    offsets: Literal["codepoint", "utf16"] | None = None
    method: str | None = None
    threshold: Annotated[float | None, Field(gt=0, le=1)] = None
    title: str = ""
    hint: str = ""
    required: bool = False
    initial: Annotated[str | None, Field(min_length=1)] = None
    _renamed: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def renamed(self) -> Mapping[str, str]:
        """What earlier names of labels are called now; answers keep the name they were given."""
        return self._renamed

    def current(self, label: str) -> str:
        """Return what a label is called now."""
        return self._renamed.get(label, label)

    def with_renames(self, renames: "Iterable[Rename]") -> Self:
        """Return the field as it is after its labels were renamed, one rename after the other."""
        steps = [(step.old, step.new) for step in renames if step.field == self.name]
        if not steps:
            return self
        now = {name: _renamed_by(steps, name) for step in steps for name in step}
        labels = tuple(dict.fromkeys(now.get(label, label) for label in self.labels))
        made = self.model_copy(update={"labels": labels})
        made._renamed = {old: new for old, new in now.items() if old != new}
        return made

    @field_validator("kind", mode="before")
    @classmethod
    def _kind_can_be_declared(cls, kind: Any) -> Any:
        declared = [str(kind) for kind in Kind if kind is not Kind.UNKNOWN]
        if kind not in declared:
            raise ValueError(f"must be one of {', '.join(declared)}")
        return kind

    @field_validator("labels")
    @classmethod
    def _labels_can_be_given(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if any(not label or label != label.strip() for label in labels):
            raise ValueError("a label is empty or has blanks at its ends, and no answer matches it")
        if len(set(labels)) < len(labels):
            raise ValueError("a label is named twice")
        return labels

    @model_validator(mode="after")
    def _settings_fit_the_kind(self) -> Self:
        if self.labels and self.kind not in LABELLED_KINDS:
            raise ValueError(f"labels: a field of kind {self.kind} has none")
        if self.offsets == "utf16" and self.kind is not Kind.SPANS:
            raise ValueError("offsets: only a field of kind spans has them")
        if self.threshold is not None and self.kind not in _KINDS_WITH_THRESHOLD:
            raise ValueError(f"threshold: a field of kind {self.kind} has none")
        return self


def _renamed_by(steps: Iterable[tuple[str, str]], label: str) -> str:
    for old, new in steps:
        label = new if label == old else label
    return label


class Rename(_Table):
    """A label of a field that has another name from now on: whatever says ``old`` means ``new``.

    Renames hold in their order, so that one can be renamed back. Into a label that is there, it
    becomes one with that.
    """

    field: Annotated[str, Field(min_length=1)]
    old: Annotated[str, Field(min_length=1, max_length=256)]
    new: Annotated[str, Field(min_length=1, max_length=256)]


class GuideEntry(_Table):
    """What the worker's guide says of a label, with positive and negative examples."""

    label: Annotated[str, Field(min_length=1)]
    text: str = ""
    good: Annotated[tuple[str, ...], Field(strict=False)] = ()
    bad: Annotated[tuple[str, ...], Field(strict=False)] = ()


class TaskDefinition(_Table):
    """A whole ``task.toml``.

    ``page_keys`` are the manifest keys that may reach the page; earlier labels and our own keys of
    the task input can't be among them. ``gold`` is read by post-labeling only. ``initial_spans`` is
    the older name of a spans field's ``initial``; its spans reach the page as ``initialSpans``.
    ``renamed`` are labels that have another name now; ``fields`` and ``guide`` have the present
    ones.
    """

    name: Annotated[str, Field(max_length=63)]
    title: str = ""
    instructions: str = ""
    guide: Annotated[tuple[GuideEntry, ...], Field(strict=False)] = ()
    page_keys: Annotated[tuple[str, ...], Field(strict=False)] = ()
    gold: Annotated[str | None, Field(pattern=r"^s3://[^/]+/.+")] = None
    initial_spans: Annotated[str | None, Field(min_length=1)] = None
    fields: Annotated[tuple[FieldDefinition, ...], Field(min_length=1, strict=False)]
    skip: Annotated[tuple[SkipRule, ...], Field(strict=False)] = ()
    workers: Annotated[int | None, Field(ge=1, le=9, strict=True)] = None
    data: Annotated[str | None, Field(min_length=1)] = None
    renamed: Annotated[tuple[Rename, ...], Field(strict=False)] = ()

    @field_validator("name")
    @classmethod
    def _name_can_be_a_jobs(cls, name: str) -> str:
        if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name):
            raise ValueError("must be lower-case letters, digits and single inner hyphens")
        return name

    @field_validator("page_keys")
    @classmethod
    def _page_keys_are_free(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        taken = sorted(RESERVED_INPUT_KEYS.intersection(keys))
        if taken or SOURCE in keys:
            raise ValueError(
                f"{', '.join(taken) or SOURCE} already has its place in the task input"
            )
        if any(key.endswith(METADATA_SUFFIX) for key in keys):
            raise ValueError("earlier labels and their -metadata never reach a page")
        return keys

    @model_validator(mode="after")
    def _initial_spans_have_a_field(self) -> Self:
        spans = [field for field in self.fields if field.kind is Kind.SPANS]
        if self.initial_spans is not None and len(spans) != 1:
            raise ValueError("initial_spans: needs exactly one field of kind spans")
        if self.initial_spans is not None and spans[0].initial is not None:
            raise ValueError(
                f"initial_spans: the field '{spans[0].name}' has its initial already; keep that one"
            )
        return self

    @property
    def has_suggestions(self) -> bool:
        """Whether a manifest line may have suggestions for some field."""
        return self.initial_spans is not None or any(field.initial for field in self.fields)

    @model_validator(mode="after")
    def _renames_have_a_field(self) -> Self:
        labelled = {field.name for field in self.fields if field.kind in LABELLED_KINDS}
        for step in self.renamed:
            if step.field not in labelled:
                raise ValueError(f"renamed: no field with labels has the name {step.field!r}")
            if step.new != step.new.strip():
                raise ValueError(
                    "renamed: a label has blanks at its ends, and no answer matches it"
                )
        return self

    @model_validator(mode="after")
    def _fields_are_distinct(self) -> Self:
        for what in ("name", "path"):
            repeated = _first_repeated(getattr(field, what) for field in self.fields)
            if repeated is not None:
                raise ValueError(f"fields: two fields have the {what} {repeated!r}")
        return self


def _first_repeated(values: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def parse_definition(data: bytes, place: str) -> TaskDefinition:
    """Read a ``task.toml``; ``place`` (file or address) is named in errors.

    Raises:
        TaskDefinitionError: with the file, and the line or the key that is wrong.
    """
    # What reads votes of a CSV has no such file.
    import tomllib

    try:
        table: dict[str, Any] = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TaskDefinitionError(f"{place}: not UTF-8 at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise TaskDefinitionError(f"{place}: not TOML: {error}") from None
    try:
        return with_present_names(TaskDefinition.model_validate(table))
    except ValidationError as error:
        raise TaskDefinitionError(f"{place}: {explain(error)}") from None


def with_present_names(definition: TaskDefinition) -> TaskDefinition:
    """Return a definition whose fields and guide call labels as they are called now."""
    if not definition.renamed:
        return definition
    fields = tuple(field.with_renames(definition.renamed) for field in definition.fields)
    now = {old: new for field in fields for old, new in field.renamed.items()}
    guide = {
        entry.label: entry
        for entry in (
            entry.model_copy(update={"label": now.get(entry.label, entry.label)})
            # An entry that has the present name already is the one that was meant.
            for entry in sorted(definition.guide, key=lambda entry: entry.label not in now)
        )
    }
    order = dict.fromkeys(now.get(entry.label, entry.label) for entry in definition.guide)
    return definition.model_copy(
        update={"fields": fields, "guide": tuple(guide[label] for label in order)}
    )
