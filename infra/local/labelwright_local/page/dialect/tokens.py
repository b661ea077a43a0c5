"""The tokens of templates and of expressions, as python-liquid's parser takes them.

Both are found in time that grows as the text does. A word such as ``limit`` is a keyword only where
one can stand, as in Ruby's Liquid: anywhere else it is a name.
"""

import re
from collections.abc import Iterator, Sequence

from liquid import Token
from liquid.exceptions import LiquidSyntaxError
from liquid.token import (
    TOKEN_COLON,
    TOKEN_COMMA,
    TOKEN_COMMENT,
    TOKEN_CONTENT,
    TOKEN_CONTINUE,
    TOKEN_DOC,
    TOKEN_DOT,
    TOKEN_EOF,
    TOKEN_EXPRESSION,
    TOKEN_FLOAT,
    TOKEN_IDENTINDEX,
    TOKEN_IDENTSTRING,
    TOKEN_ILLEGAL,
    TOKEN_INTEGER,
    TOKEN_LBRACKET,
    TOKEN_LPAREN,
    TOKEN_NOT,
    TOKEN_OFFSET,
    TOKEN_OUTPUT,
    TOKEN_RANGE_LITERAL,
    TOKEN_RBRACKET,
    TOKEN_REVERSED,
    TOKEN_RPAREN,
    TOKEN_STRING,
    TOKEN_TAG,
    TOKEN_WORD,
    operators,
)

from labelwright_local.page.dialect.scanning import Piece, scan

#: Brackets inside each other, and conditions joined by ``and`` and ``or``: each one is a level of
#: the parser, whose depth must not depend on who calls it.
MAX_BRACKETS = 20
MAX_JOINED = 100

_LITERALS = frozenset({"true", "false", "nil", "null", "empty", "blank"})
_JOINING = frozenset({"and", "or"})
_KEYWORDS = (
    _LITERALS
    | _JOINING
    | frozenset(
        [
            "contains",
            "not",
            "in",
            "offset",
            "limit",
            "reversed",
            "cols",
            "continue",
            "with",
            "for",
            "as",
            "if",
            "else",
            "required",
        ]
    )
)
#: A path's next step.
_STEPS = frozenset({TOKEN_DOT, TOKEN_LBRACKET, TOKEN_IDENTINDEX, TOKEN_IDENTSTRING})
#: What ends a value: a keyword can follow, and no further value.
_VALUES = frozenset(
    {
        TOKEN_WORD,
        TOKEN_STRING,
        TOKEN_INTEGER,
        TOKEN_FLOAT,
        TOKEN_IDENTINDEX,
        TOKEN_IDENTSTRING,
        TOKEN_RBRACKET,
        TOKEN_RPAREN,
        TOKEN_REVERSED,
        TOKEN_CONTINUE,
        *_LITERALS,
    }
)
_BEGINS_VALUE = _KEYWORDS | {
    TOKEN_WORD,
    TOKEN_STRING,
    TOKEN_INTEGER,
    TOKEN_FLOAT,
    TOKEN_RANGE_LITERAL,
    TOKEN_LBRACKET,
    TOKEN_IDENTSTRING,
    TOKEN_LPAREN,
}

#: python-liquid's rules, but for quotes, which end at the next one as in Ruby, and for ranges.
_EXPRESSION = re.compile(
    r"""
      \[\s*(?P<identindex>-?\d+)\s*\]
    | \[\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')\s*\]
    | "(?P<string>[^"]*)"
    | '(?P<string2>[^']*)'
    | (?P<range>\.\.)
    | (?P<float>-?\d+\.(?!\.)\d*)
    | (?P<integer>-?\d+\b)
    | (?P<dot>\.)
    | (?P<word>\w[\w\-]*\??)
    | (?P<lparen>\()
    | (?P<rparen>\))
    | (?P<lbracket>\[)
    | (?P<rbracket>\])
    | (?P<colon>:)
    | (?P<comma>,)
    | (?P<dpipe>\|\|)
    | (?P<pipe>\|)
    | (?P<op>[!=<>]{1,2})
    | (?P<skip>[ \n\t\r]+)
    | (?P<illegal>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_RENAMED = {
    "double": TOKEN_IDENTSTRING,
    "single": TOKEN_IDENTSTRING,
    "string2": TOKEN_STRING,
}


def template_tokens(template: str) -> Iterator[Token]:
    """Yield the tokens of a template.

    Raises:
        LiquidSyntaxError: an output or a tag is not closed.
    """
    pieces = list(scan(template))
    trims = False
    comment: list[str] = []
    depth = place = 0
    for index, piece in enumerate(pieces):
        if depth:
            depth += {"comment": 1, "endcomment": -1}.get(piece.name, 0) * (piece.kind == "tag")
            if depth:
                comment.append(template[piece.start : piece.end])
            else:
                yield Token(TOKEN_COMMENT, "".join(comment), place, template)
                comment.clear()
                yield Token(TOKEN_TAG, piece.name, piece.name_place, template)
                trims = piece.trims
            continue
        if piece.kind == "text":
            before = _trimmed_before(template, pieces, index)
            yield from _text(template, piece, trims_start=trims, trims_end=before)
            continue
        trims = piece.trims
        if piece.kind == "output":
            yield Token(TOKEN_OUTPUT, template[piece.start : piece.end], piece.start, template)
            yield Token(TOKEN_EXPRESSION, piece.value, piece.place, template)
        elif piece.kind == "tag":
            yield Token(TOKEN_TAG, piece.name, piece.name_place, template)
            if piece.value:
                yield Token(TOKEN_EXPRESSION, piece.value, piece.place, template)
            if piece.name == "comment":
                depth, place = 1, piece.end
        else:
            kind = TOKEN_CONTENT if piece.kind == "raw" else TOKEN_DOC
            yield Token(kind, piece.value, piece.start, template)


def _trimmed_before(template: str, pieces: Sequence[Piece], index: int) -> bool:
    """Tell whether what follows a text takes the white space before it (``{{-``)."""
    if index + 1 == len(pieces):
        return False
    return template.startswith("-", pieces[index + 1].start + 2)


def _text(template: str, piece: Piece, *, trims_start: bool, trims_end: bool) -> Iterator[Token]:
    value = piece.value.lstrip() if trims_start else piece.value
    value = value.rstrip() if trims_end else value
    if not value:
        return
    if value.startswith(("{{", "{%")):
        message = (
            "expected '}}', found end of file"
            if value.startswith("{{")
            else "missing tag name or closing delimiter"
        )
        raise LiquidSyntaxError(message, token=Token(TOKEN_EOF, value, piece.start, template))
    yield Token(TOKEN_CONTENT, value, piece.start, template)


def expression_tokens(source: str, parent: Token, *, loop: bool) -> list[Token]:
    """Return the tokens of an expression; ``loop`` says that it is one of ``for`` or ``tablerow``.

    Raises:
        LiquidSyntaxError: a character can't stand there, or it is nested too deeply.
    """
    tokens = list(_scanned(source, parent))
    found: list[Token] = []
    wants_value = True
    for index, token in enumerate(tokens):
        kind = token.kind
        if kind == TOKEN_WORD and token.value in _KEYWORDS:
            following = tokens[index + 1].kind if index + 1 < len(tokens) else TOKEN_EOF
            if not _is_name(token.value, found, following, wants_value=wants_value, loop=loop):
                kind = token.value
        found.append(token._replace(kind=kind))
        wants_value = kind not in _VALUES
    _bounded(found)
    return found


def _is_name(
    word: str, before: Sequence[Token], following: str, *, wants_value: bool, loop: bool
) -> bool:
    """Tell whether a word that could be a keyword is a property or a variable."""
    last = before[-1].kind if before else TOKEN_EOF
    if last == TOKEN_DOT:
        return True
    if not wants_value:
        return False
    if following in _STEPS:
        return True
    if word in _LITERALS:
        return False
    if word == TOKEN_NOT:
        return following not in _BEGINS_VALUE
    if loop and last == TOKEN_COMMA:
        return False
    after_offset = len(before) > 1 and before[-2].kind == TOKEN_OFFSET and last == TOKEN_COLON
    return not (word == TOKEN_CONTINUE and after_offset)


def _bounded(tokens: Sequence[Token]) -> None:
    depth = joined = 0
    for token in tokens:
        depth += {TOKEN_LBRACKET: 1, TOKEN_RBRACKET: -1}.get(token.kind, 0)
        joined += token.kind in _JOINING
        if depth > MAX_BRACKETS:
            raise LiquidSyntaxError(
                f"more than {MAX_BRACKETS} brackets inside each other", token=token
            )
        if joined > MAX_JOINED:
            raise LiquidSyntaxError(
                f"more than {MAX_JOINED} conditions joined by 'and' and 'or'; "
                "use {% case %}, or a list and 'contains'",
                token=token,
            )


def _scanned(source: str, parent: Token) -> Iterator[Token]:
    last_range = source.rfind("..")
    for match in _EXPRESSION.finditer(source):
        kind = match.lastgroup or TOKEN_ILLEGAL
        if kind == "skip":
            continue
        kind = _RENAMED.get(kind, kind)
        value = match.group(match.lastgroup or 0)
        if kind == TOKEN_LPAREN and last_range > match.end():
            kind = TOKEN_RANGE_LITERAL
        token = Token(kind, value, parent.start_index + match.start(), parent.source)
        if kind == "op":
            if value not in operators:
                raise LiquidSyntaxError(f"unknown operator {value!r}", token=token)
            token = token._replace(kind=operators[value])
        elif kind == TOKEN_ILLEGAL:
            raise LiquidSyntaxError(f"unexpected {value!r}", token=token)
        yield token
