"""How a template is cut into tokens, held to python-liquid's own way, and in one pass."""

from collections.abc import Callable, Iterator
from typing import SupportsIndex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid import Token
from liquid.builtin.expressions import tokenize
from liquid.exceptions import LiquidSyntaxError
from liquid.lex import get_lexer
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION

from labelwright_local.page.dialect.scanning import scan
from labelwright_local.page.dialect.tokens import expression_tokens, template_tokens

LETTERS = "{%}-# \n'ab|x"
WORDS = ["{{", "}}", "{%", "%}", "{{-", "-}}", "{%-", "-%}", "raw", "endraw", "comment", "doc"]
templates = st.lists(
    st.text(LETTERS, max_size=4)
    | st.sampled_from(
        [
            *WORDS,
            "{% raw %}",
            "{%- endraw -%}",
            "{% comment %}",
            "{% endcomment %}",
            "{% if x %}",
            "{{ a -}}",
            "enddoc",
        ]
    ),
    max_size=14,
).map("".join)


def told(tokens: Callable[[str], Iterator[Token]], template: str) -> list[tuple[str, str]] | None:
    """Return kind and value of the tokens, texts side by side as one, or None for an error."""
    found: list[tuple[str, str]] = []
    try:
        for token in tokens(template):
            if token.kind == TOKEN_CONTENT and found and found[-1][0] == TOKEN_CONTENT:
                found[-1] = (TOKEN_CONTENT, found[-1][1] + token.value)
            elif token.kind != TOKEN_EXPRESSION or token.value:
                found.append((token.kind, token.value))
    except LiquidSyntaxError:
        return None
    return found


@given(templates)
def test_a_template_is_cut_as_python_liquid_cuts_it(template: str) -> None:
    """Whatever is in it: white space control, raw blocks, comments, what is never closed."""
    assert told(template_tokens, template) == told(get_lexer(), template)


@given(templates)
def test_pieces_are_the_template_without_gaps(template: str) -> None:
    """So places in one are places in the other."""
    end = 0
    for piece in scan(template):
        assert piece.start == end
        end = piece.end
        assert template[piece.place : piece.place + len(piece.value)] == piece.value
    assert end == len(template)


@given(st.text("ab.[]()'\"0123-|:,=<>! \n?", max_size=30))
def test_an_expression_is_cut_as_python_liquid_cuts_it(source: str) -> None:
    """But for a quote within brackets, which ends at the next one, as in Ruby."""
    parent = Token(TOKEN_EXPRESSION, source, 0, source)

    def ours(text: str) -> Iterator[Token]:
        yield from expression_tokens(text, parent, loop=False)

    def theirs(text: str) -> Iterator[Token]:
        yield from tokenize(text, parent)

    if "[" not in source or not set(source) & set("'\""):
        assert told(ours, source) == told(theirs, source)


@pytest.mark.parametrize(
    "piece", ["{{", "{%", "{% raw %}", "{% comment %}{{", "{{-", "{% doc %}", "{% liquid"]
)
def test_what_is_never_closed_is_looked_for_once(piece: str) -> None:
    """Not again from each place on: the search for an end is counted."""
    few, many = (searches(piece * count) for count in (200, 2_000))
    assert few == many <= 4


def searches(template: str) -> int:
    """Return how often the rest of a template is searched in vain."""
    counted = _Counted(template)
    list(scan(counted))
    return counted.in_vain


class _Counted(str):
    """A text that counts how often something is not found in it."""

    __slots__ = ("in_vain",)
    in_vain: int

    def __new__(cls, text: str) -> "_Counted":
        """Make one."""
        made = super().__new__(cls, text)
        made.in_vain = 0
        return made

    def find(self, sub: str, *bounds: SupportsIndex | None) -> int:
        """Find, and count when nothing is found."""
        found = super().find(sub, *bounds)
        self.in_vain += found < 0
        return found
