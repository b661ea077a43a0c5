"""The text that spans lie in: what the page says it showed, and whether the spans fit it.

Post-labeling is sent no text. The page echoes address, length and hash of the text it showed
(``text`` beside the spans in its answer); whoever reads the text under that address checks both
before trusting an offset. Answers are worker-controlled: so is the address.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from labelwright.answers.decode import look_up
from labelwright.answers.offsets import Utf16Offsets
from labelwright.answers.tokens import TokenOffsets
from labelwright.answers.values import MarkedSpan, Reading, Span
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition

#: A problem of an answer that counts.
IN_TOKENS = "spans count tokens, not code points: the text to convert them by is not known"


class TextClaim(NamedTuple):
    """What a page says of the text it showed; ``length`` is in code points."""

    uri: str
    length: int | None
    sha256: str | None


class KnownText:
    """A text in hand, with what a claim is checked against."""

    def __init__(self, uri: str | None, text: str) -> None:
        self.uri = uri
        self.text = text
        self.sha256 = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self.utf16 = Utf16Offsets(text)

    @cached_property
    def tokens(self) -> TokenOffsets:
        """The text's tokens, which the page of 2019 counted in."""
        return TokenOffsets(self.text)


def text_claim(answer: Json, field: FieldDefinition) -> TextClaim | None:
    """Return the claim that stands beside a spans field in an answer, or None."""
    parent, _, _ = field.path.rpartition(".")
    try:
        echo = look_up(answer, f"{parent}.text" if parent else "text")
    except ValueError:
        return None
    if not isinstance(echo, dict) or not isinstance(echo.get("uri"), str) or not echo["uri"]:
        return None
    length, digest = echo.get("length"), echo.get("sha256")
    return TextClaim(
        echo["uri"],
        length if isinstance(length, int) else None,
        digest if isinstance(digest, str) else None,
    )


def most_claimed(claims: Iterable[TextClaim | None], prefix: str | None) -> str | None:
    """Return the address that most workers' pages name, among those below ``prefix``.

    None when there is no such address, no prefix, or a tie: nobody can say who is right then.
    """
    if not prefix:
        return None
    counts = Counter(claim.uri for claim in claims if claim and claim.uri.startswith(prefix))
    first, second = (*counts.most_common(2), (None, 0), (None, 0))[:2]
    return first[0] if first[1] > second[1] else None


def claim_fault(claim: TextClaim | None, known: KnownText | None) -> str | None:
    """Say why a worker's offsets can't be of the known text, or return None."""
    if claim is None or known is None or known.uri is None:
        return None
    if claim.uri != known.uri:
        return "the page showed another text than most workers saw"
    if claim.length is not None and claim.length != len(known.text):
        return "the text has another length than the one the page showed"
    if claim.sha256 is not None and claim.sha256.lower() != known.sha256:
        return "the text is not the one the page showed (its hash differs)"
    return None


def place_spans(
    spans: Iterable[MarkedSpan], field: FieldDefinition, known: KnownText | None
) -> Reading:
    """Return the spans as ``tuple[Span, ...]`` in code points, checked against the text.

    Without a text, offsets stay as they came; ``problems`` tell when they count tokens. A span that
    the text does not bear out is left out and counted in ``problems``.
    """
    spans = tuple(spans)
    if known is None:
        in_tokens = any(marked.tokens is not None for marked in spans)
        problems = (IN_TOKENS,) if in_tokens else ()
        return Reading(tuple(marked.span for marked in spans), problems)
    placed = [_place(marked, field.offsets == "utf16", known) for marked in spans]
    good = tuple(sorted({span for span in placed if span is not None}))
    lost = sum(span is None for span in placed)
    problems = (f"{lost} of {len(spans)} spans do not fit the text",) if lost else ()
    return Reading(good, problems)


def _place(marked: MarkedSpan, utf16: bool, known: KnownText) -> Span | None:
    start, end, label = marked.span
    if marked.tokens is not None:
        found = known.tokens.code_points(start, end, marked.tokens)
        return Span(*found, label) if found else None
    if utf16:
        first, last = known.utf16.code_point(start), known.utf16.code_point(end)
        if first is None or last is None:
            return None
        start, end = first, last
    if end > len(known.text):
        return None
    if marked.quote is not None and marked.quote != known.text[start:end]:
        return None
    return Span(start, end, label)
