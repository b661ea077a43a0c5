"""Where the Liquid is in a template, so that a parser of HTML can read what is around it."""

import re
from typing import NamedTuple

from labelwright_local.page.dialect.scanning import Piece, scan

_SKIPS_ESCAPING = re.compile(r"\|\s*skip_autoescape\Z")
_NOT_A_LINE_END = re.compile(r"[^\n]")

#: What stands for printed output: a letter, so that it is part of a name or a value.
FILLER = "\ufffc"


class Output(NamedTuple):
    """A ``{{ … }}``: where it begins, and whether it is printed as it stands."""

    start: int
    skips_escaping: bool


class Parts(NamedTuple):
    """``html`` is the template with its Liquid blanked out, character by character.

    So places in it are places in the template. Output is replaced by ``FILLER``, tags by blanks.
    """

    html: str
    outputs: list[Output]


def split_liquid(template: str) -> Parts:
    """Tell Liquid and HTML apart, also in a template that is no correct Liquid."""
    outputs: list[Output] = []
    html: list[str] = []
    comments = 0
    for piece in scan(template):
        whole = template[piece.start : piece.end]
        if piece.kind == "tag":
            comments = max(0, comments + {"comment": 1, "endcomment": -1}.get(piece.name, 0))
        if comments or piece.kind in ("tag", "doc"):
            html.append(_NOT_A_LINE_END.sub(" ", whole))
        elif piece.kind == "output":
            outputs.append(Output(piece.start, _SKIPS_ESCAPING.search(piece.value) is not None))
            html.append(_NOT_A_LINE_END.sub(FILLER, whole))
        else:
            html.append(_verbatim(whole, piece))
    return Parts("".join(html), outputs)


def _verbatim(whole: str, piece: Piece) -> str:
    """Return a text or the inside of a raw block, with blanks for the block's own tags."""
    before = piece.place - piece.start
    after = len(whole) - before - len(piece.value)
    opening = _NOT_A_LINE_END.sub(" ", whole[:before])
    return opening + piece.value + _NOT_A_LINE_END.sub(" ", whole[len(whole) - after :])
