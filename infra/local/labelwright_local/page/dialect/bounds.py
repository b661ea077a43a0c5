"""A parsed template within bounds: what its loops, ranges and comparisons take is counted.

python-liquid bounds the rounds of loops that lie inside each other. It does not count what is in
them, nor loops that follow each other, nor what a range or a comparison takes.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from liquid import Node, RenderContext
from liquid.ast import BlockNode
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path
from liquid.builtin.expressions.logical import (
    ContainsExpression,
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LtExpression,
    NeExpression,
)
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.case_tag import MultiExpressionBlockNode, _AnyExpression
from liquid.builtin.tags.cycle_tag import CycleNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.exceptions import ResourceLimitError
from liquid.expression import Expression
from liquid.limits import to_int

from labelwright_local.page.dialect.values import text
from labelwright_local.page.dialect.work import MAX_ELEMENTS, steps_for, work_of

#: What each cell of ``tablerow`` writes around its content.
_CELL = 3
_COMPARISONS = (
    ContainsExpression,
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LtExpression,
    NeExpression,
)


def bound(nodes: Iterable[Node], context: RenderContext) -> int:
    """Put the bounds into a parsed template; return its weight, the steps of rendering it once.

    A loop's body counts for each of its rounds, when the loop begins.
    """
    weight = 0
    for node in nodes:
        inside = bound(node.children(context, include_partials=False), context)
        weight += _own_weight(node)
        for expression in node.expressions():
            weight += _bound_expression(expression)
        if isinstance(node, ForNode):
            node.expression = _CountedLoop(node.expression, inside)
        elif isinstance(node, TablerowNode):
            node.expression = _CountedLoop(node.expression, inside + _CELL)
        else:
            weight += inside
        if isinstance(node, MultiExpressionBlockNode):
            node.expression = _CountedCase(node.expression, inside)
        if isinstance(node, OutputNode):
            node.expression = _Printed(node.expression)
        elif isinstance(node, CycleNode):
            node.args = [_Printed(arg) for arg in node.args]
    return weight


def _own_weight(node: Node) -> int:
    if isinstance(node, BlockNode):
        return 0
    return steps_for(node.text) if isinstance(node, ContentNode) else 1


def _bound_expression(expression: Expression) -> int:
    weight = len(expression.path) if isinstance(expression, Path) else 1
    for child in expression.children():
        weight += _bound_expression(child)
    if isinstance(expression, RangeLiteral):
        expression.stop = _RangeEnd(expression.start, expression.stop)
    elif isinstance(expression, _COMPARISONS):
        expression.left = _Compared(expression.left, expression.right)
    return weight


class _CountedLoop(LoopExpression):
    """What a loop goes over, with the weight of one round."""

    __slots__ = ("weight",)

    def __init__(self, loop: LoopExpression, weight: int) -> None:
        super().__init__(
            loop.token,
            loop.identifier,
            loop.iterable,
            limit=loop.limit,
            offset=loop.offset,
            reversed_=loop.reversed,
            cols=loop.cols,
        )
        self.weight = max(1, weight)

    def evaluate(self, context: RenderContext) -> tuple[Iterator[object], int]:
        """Return what the loop goes over, and how many rounds that is."""
        rounds, length = super().evaluate(context)
        work_of(context).spend(1 + length * self.weight)
        return rounds, length


class _CountedCase(_AnyExpression):
    """What ``when`` compares with; its body is rendered as often as something fits."""

    __slots__ = ("weight",)

    def __init__(self, case: _AnyExpression, weight: int) -> None:
        super().__init__(case.token, case.left, case.expressions)
        self.weight = weight

    def evaluate(self, context: RenderContext) -> list[bool]:
        """Return for each value whether it fits."""
        left = self.left.evaluate(context)
        for right in self.expressions:
            _count_comparison(left, right, context)
        fits = super().evaluate(context)
        work_of(context).spend(fits.count(True) * self.weight)
        return fits


class _Wrapped(Expression):
    """An expression that is looked at when it is evaluated, and else is what it wraps."""

    __slots__ = ("inner",)

    def __init__(self, inner: Expression) -> None:
        super().__init__(inner.token)
        self.inner = inner

    def __str__(self) -> str:
        return str(self.inner)

    def children(self) -> list[Expression]:
        return [self.inner]


class _RangeEnd(_Wrapped):
    """The end of a range, which may not be too far from its start."""

    __slots__ = ("start",)

    def __init__(self, start: Expression, stop: Expression) -> None:
        super().__init__(stop)
        self.start = start

    def evaluate(self, context: RenderContext) -> object:
        stop = self.inner.evaluate(context)
        if _whole(stop) - _whole(self.start.evaluate(context)) >= MAX_ELEMENTS:
            raise ResourceLimitError(
                f"more than {MAX_ELEMENTS:,} numbers in a range", token=self.token
            )
        return stop


def _whole(value: Any) -> int:
    try:
        return to_int(value)
    except (TypeError, ValueError):
        return 0  # as python-liquid reads it


class _Compared(_Wrapped):
    """The left side of a comparison, counted when there is much to compare."""

    __slots__ = ("right",)

    def __init__(self, left: Expression, right: Expression) -> None:
        super().__init__(left)
        self.right = right

    def evaluate(self, context: RenderContext) -> object:
        left = self.inner.evaluate(context)
        _count_comparison(left, self.right, context)
        return left


def _count_comparison(left: object, other: Expression, context: RenderContext) -> None:
    if not isinstance(left, str | list | tuple | dict | range):
        return
    work = work_of(context)
    right = other.evaluate(context)
    if isinstance(left, str):
        work.spend(steps_for(left))
    elif isinstance(right, list | tuple | dict):
        work.look_at(left)
    else:
        work.spend(1 + len(left))


class _Printed(FilteredExpression):
    """What is printed, as it prints."""

    __slots__ = ("inner",)

    def __init__(self, inner: Expression) -> None:
        if isinstance(inner, FilteredExpression):
            super().__init__(inner.token, inner.left, inner.filters)
        else:
            super().__init__(inner.token, inner)
        self.inner = inner

    def evaluate(self, context: RenderContext) -> object:
        work = work_of(context)
        printed = text(self.inner.evaluate(context), work)
        work.spend(steps_for(printed))
        return printed
