"""Which variables of a template a task input does not have, or has in a form that prints badly."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from liquid import BoundTemplate, Node, RenderContext
from liquid.ast import ConditionalBlockNode
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.case_tag import CaseNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression

from labelwright.contract.base import Json

#: What Liquid itself gives lists and texts.
_PROPERTIES = frozenset({"size", "first", "last"})


class Missing(NamedTuple):
    """A variable that prints nothing, or badly: its name, and the character where it stands."""

    name: str
    place: int


def missing_variables(template: BoundTemplate, task_input: Json) -> list[Missing]:
    """Return each variable that a page of this task input does not have, in order of its place.

    A variable that the template itself tests or gives a default may well be missing. What a loop
    goes over is known to be there or not; what is in it is not looked at.
    """
    return _missing(template, {"task": {"input": task_input}})


def unknown_variables(template: BoundTemplate) -> list[Missing]:
    """Return each variable that no page has: Ground Truth knows ``task.input`` and no other."""
    return _missing(template, {"task": {"input": _Anything()}})


def bare_values(template: BoundTemplate, task_input: Json) -> list[Missing]:
    """Return each list or object of the task input that is printed without a filter."""
    variables = {"task": {"input": task_input}}
    found = [
        Missing(str(path), path.token.start_index)
        for path in _printed(template.nodes, RenderContext(template))
        if isinstance(_value(variables, path.path), list | dict)
    ]
    return sorted(found, key=lambda bare: bare.place)


class _Anything:
    """A value that is not known: whatever is asked of it is there."""


#: What a path leads to that leads nowhere.
_NOTHING = object()


def _missing(template: BoundTemplate, variables: Any) -> list[Missing]:
    optional = set(_optional(template.nodes, RenderContext(template)))
    found = {
        Missing(str(variable), variable.span.index)
        for uses in template.analyze(include_partials=False).globals.values()
        for variable in uses
        if str(variable) not in optional and not _has(variables, variable.segments)
    }
    return sorted(found, key=lambda missing: missing.place)


def _has(variables: Any, segments: Sequence[Any]) -> bool:
    return _value(variables, segments) is not _NOTHING


def _value(value: Any, segments: Sequence[Any]) -> Any:
    """Return what a path leads to, as far as it can be known, or ``_NOTHING``."""
    for segment in segments:
        if isinstance(value, _Anything) or not isinstance(segment, str | int):
            return _Anything()
        if isinstance(value, dict) and segment in value:
            value = value[segment]
        elif isinstance(value, list) and isinstance(segment, int):
            if not -len(value) <= segment < len(value):
                return _NOTHING
            value = value[segment]
        elif segment in _PROPERTIES and isinstance(value, list | dict | str):
            value = _Anything()
        else:
            return _NOTHING
    return value


def _printed(nodes: Iterable[Node], context: RenderContext) -> Iterator[Path]:
    """Yield the variables that are printed as they are."""
    for node in nodes:
        if isinstance(node, OutputNode):
            for expression in node.expressions():
                if (
                    isinstance(expression, FilteredExpression)
                    and not expression.filters
                    and isinstance(expression.left, Path)
                ):
                    yield expression.left
        yield from _printed(node.children(context, include_partials=False), context)


def _optional(nodes: Iterable[Node], context: RenderContext) -> Iterator[str]:
    """Yield the variables that conditions ask about, and those with a default."""
    for node in nodes:
        tests = isinstance(node, IfNode | UnlessNode | CaseNode | ConditionalBlockNode)
        for expression in node.expressions():
            yield from _paths(expression) if tests else _defaulted(expression)
        yield from _optional(node.children(context, include_partials=False), context)


def _paths(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Path):
        yield str(expression)
    for inner in expression.children():
        yield from _paths(inner)


def _defaulted(expression: Expression) -> Iterator[str]:
    if isinstance(expression, FilteredExpression) and any(
        found.name == "default" for found in expression.filters or ()
    ):
        yield from _paths(expression.left)
    for inner in expression.children():
        yield from _defaulted(inner)
