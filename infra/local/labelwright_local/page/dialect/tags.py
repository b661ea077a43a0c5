"""Tags whose expressions are read by ``tokens``; python-liquid would read them by its own rules."""

import re

from liquid import Token
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.liquid_tag import LiquidTag
from liquid.exceptions import LiquidSyntaxError
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.token import TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG

from labelwright_local.page.dialect.tokens import expression_tokens

_LOOPS = frozenset({"for", "tablerow"})
_LINE = re.compile(r"[ \t]*(#|\w+)[ \t]*")


class Stream(TokenStream):
    """Tokens of a template, whose expressions are read by ``tokens``."""

    def into_inner(self, *, tag: Token | None = None, eat: bool = True) -> TokenStream:
        """Return the tokens of the expression that is next, those of ``tag``."""
        token = self.current
        if token.kind != TOKEN_EXPRESSION:
            raise LiquidSyntaxError("missing expression", token=tag or token)
        if eat:
            next(self)
        loop = tag is not None and tag.value in _LOOPS
        return Stream(iter(expression_tokens(token.value, token, loop=loop)))


class PrintedOutput(Output):
    """``{{ … }}``, whose expression is read by ``tokens``."""

    def parse(self, stream: TokenStream) -> OutputNode:
        """Parse tokens into a node."""
        token = stream.eat(TOKEN_OUTPUT)
        inner = stream.into_inner(tag=token, eat=False)
        return self.node_class(token, FilteredExpression.parse(self.env, inner))


class LiquidLines(LiquidTag):
    """``{% liquid %}``: a tag on each line, read in one pass."""

    def parse(self, stream: TokenStream) -> Node:
        """Parse tokens into a node."""
        if stream.peek.kind != TOKEN_EXPRESSION:
            return super().parse(stream)
        token = stream.eat(TOKEN_TAG)
        lines = stream.current
        inner = Stream(iter(_line_tokens(lines)), block_depth_carry=stream.block_depth)
        block: BlockNode = get_parser(self.env).parse_block(inner, end=())
        return self.node_class(token, lines, block=block)


def _line_tokens(lines: Token) -> list[Token]:
    found: list[Token] = []
    start = 0
    for line in lines.value.split("\n"):
        text = line.rstrip(" \t\r")
        match = _LINE.match(text)
        if match is not None:
            name = lines.start_index + start + match.start(1)
            found.append(Token(TOKEN_TAG, match.group(1), name, lines.source))
            if text[match.end() :]:
                place = lines.start_index + start + match.end()
                found.append(Token(TOKEN_EXPRESSION, text[match.end() :], place, lines.source))
        elif text.strip():
            raise LiquidSyntaxError(
                f"expected a tag on each line, found {text.strip()[:20]!r}", token=lines
            )
        start += len(line) + 1
    return found
