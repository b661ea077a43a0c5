"""Where the Liquid is in a template, so that a parser of HTML can read what is around it."""

import re
from typing import NamedTuple

_PART = re.compile(
    r"\{%-?\s*(?P<block>raw|comment)\s*-?%\}(?P<inside>.*?)\{%-?\s*end(?P=block)\s*-?%\}"
    r"|\{\{.*?\}\}"
    r"|\{%.*?%\}",
    re.DOTALL,
)
_SKIPS_ESCAPING = re.compile(r"\|\s*skip_autoescape\s*-?\}\}\Z")
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

    def blanked(match: re.Match[str]) -> str:
        text, block = match.group(), match.group("block")
        if block == "raw":
            before = match.start("inside") - match.start()
            after = match.end() - match.end("inside")
            return " " * before + match.group("inside") + " " * after
        if text.startswith("{{"):
            skips = _SKIPS_ESCAPING.search(text) is not None
            outputs.append(Output(match.start(), skips))
            return _NOT_A_LINE_END.sub(FILLER, text)
        return _NOT_A_LINE_END.sub(" ", text)

    return Parts(_PART.sub(blanked, template), outputs)
