"""Skip rules: which data objects need no human.

A rule decides from the manifest line and its text alone. No rule, no skipping; an object whose text
can't be read for another reason than a missing file is an error, never a skip.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from labelwright.contract.base import Json
from labelwright.contract.manifest import labels_of


class SkipRule(BaseModel):
    """One ``[[skip]]`` table of the task definition.

    - ``key-missing``: the line lacks ``key`` (or it is null);
    - ``key-equals``: the line's ``key`` equals ``value``;
    - ``text-empty``: the text has nothing but white space, or its file does not exist;
    - ``text-length``: the text has fewer than ``min`` or more than ``max`` characters;
    - ``already-labeled``: the line has a label under ``attribute`` that did not fail; with
      ``confidence`` (0 to 1) one of at least that, read from its metadata (of boxes the least of
      ``objects[].confidence``), else from our own label's ``field``.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )

    when: Literal["text-empty", "key-missing", "already-labeled", "text-length", "key-equals"]
    key: str | None = None
    value: Any = None
    min: Annotated[int | None, Field(ge=0)] = None
    max: Annotated[int | None, Field(ge=0)] = None
    attribute: str | None = None
    field: str | None = None
    confidence: Annotated[float | None, Field(ge=0, le=1)] = None

    @property
    def needs_text(self) -> bool:
        """Whether the rule decides by the object's text."""
        return self.when in ("text-empty", "text-length")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        needed: dict[str, tuple[str, ...]] = {
            "key-missing": ("key",),
            "key-equals": ("key", "value"),
            "already-labeled": ("attribute",),
        }
        for name in needed.get(self.when, ()):
            if getattr(self, name) is None:
                raise ValueError(f"{self.when} needs '{name}'")
        if self.when == "text-length" and self.min is None and self.max is None:
            raise ValueError("text-length needs 'min' or 'max'")
        allowed = {
            *needed.get(self.when, ()),
            *(("min", "max") if self.when == "text-length" else ()),
            *(("confidence", "field") if self.when == "already-labeled" else ()),
            "when",
        }
        stray = sorted(self.model_fields_set - allowed)
        if stray:
            raise ValueError(f"{self.when} has no setting {', '.join(map(repr, stray))}")
        if self.field is not None and self.confidence is None:
            raise ValueError("'field' says whose confidence is read: it needs 'confidence'")
        return self


class Text(NamedTuple):
    """What is known of a data object's text when rules are applied.

    ``value`` is None when the line names no text or its file does not exist (``missing``).
    ``at_least`` is a lower bound of its length in characters when the file was too large to read.
    """

    value: str | None
    missing: bool = False
    at_least: int = 0


class Skip(NamedTuple):
    """That an object needs no human: the rule, and why, in words without the object's content."""

    rule: str
    reason: str


def first_skip(rules: Sequence[SkipRule], line: Mapping[str, Json], text: Text) -> Skip | None:
    """Return the first rule that applies to the object, or None when it goes to workers."""
    for rule in rules:
        reason = _reason(rule, line, text)
        if reason:
            return Skip(rule.when, reason)
    return None


def _reason(rule: SkipRule, line: Mapping[str, Json], text: Text) -> str | None:
    match rule.when:
        case "key-missing":
            return f"the line has no '{rule.key}'" if line.get(str(rule.key)) is None else None
        case "key-equals":
            return f"'{rule.key}' has the value that is skipped" if _equals(rule, line) else None
        case "text-empty":
            return _empty(text)
        case "text-length":
            return _length(rule, text)
        case "already-labeled":
            return _labeled(rule, line)


def _equals(rule: SkipRule, line: Mapping[str, Json]) -> bool:
    found = line.get(str(rule.key))
    # In Python True == 1; in JSON they differ.
    return bool(found == rule.value) and isinstance(found, bool) == isinstance(rule.value, bool)


def _empty(text: Text) -> str | None:
    if text.missing:
        return "the text file does not exist"
    if text.value is not None and not text.value.strip():
        return "the text is empty"
    return None


def _length(rule: SkipRule, text: Text) -> str | None:
    length = text.at_least if text.value is None else len(text.value)
    if rule.max is not None and length > rule.max:
        bound = "at least " if text.value is None else ""
        return f"the text has {bound}{length:,} characters, more than {rule.max:,}"
    if rule.min is not None and text.value is not None and length < rule.min:
        return f"the text has {length:,} characters, fewer than {rule.min:,}"
    return None


def _labeled(rule: SkipRule, line: Mapping[str, Json]) -> str | None:
    for label in labels_of(line):
        if label.attribute != rule.attribute or label.failed:
            continue
        if rule.confidence is None:
            return f"already labeled under '{label.attribute}'"
        confidence = label.metadata.least_confidence
        if confidence is None:
            confidence = _own_confidence(label.value, rule.field)
        if confidence is not None and confidence >= rule.confidence:
            return f"already labeled under '{label.attribute}' with confidence {confidence:.2f}"
    return None


def _own_confidence(label: Json, name: str | None) -> float | None:
    """Read a field's confidence from a label of ours, None where all fields moved into its file."""
    # Only here: a cold start pays for no reader that no rule asks for.
    from labelwright.contract.own_label import read_label

    own = read_label(label) if name else None
    field = own.fields.get(name or "") if own else None
    return field.confidence if field else None
