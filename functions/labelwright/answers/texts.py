"""The text that spans lie in: what the page says it showed, and whether the spans fit it.

Post-labeling is sent no text. The page echoes address, length and hash of the text it showed
(``text`` beside the spans in its answer); whoever reads the text under that address checks both
before trusting an offset. Answers are worker-controlled: so is the address.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Literal, NamedTuple

from labelwright.answers.decode import look_up
from labelwright.answers.offsets import ShownOffsets, Utf16Offsets
from labelwright.answers.reading import Reading, read_in_part
from labelwright.answers.tokens import TokenOffsets
from labelwright.answers.values import MarkedSpan, Span
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition

#: What span ends count when it is not code points.
Offsets = Literal["utf16", "token"]

#: A problem of an answer that counts.
_IN_TOKENS = "spans count tokens, not code points: the text to convert them by is not known"


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
    def shown(self) -> ShownOffsets:
        """The text as crowd-entity-annotation shows it, which counts in that."""
        return ShownOffsets(self.text)

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


class Believed(NamedTuple):
    """The address of the text that an object's pages showed, None where that can't be known.

    ``doubt`` says why, where answers name one and it is not believed.
    """

    uri: str | None
    doubt: str | None = None


def believed_text(claims: Sequence[TextClaim | None]) -> Believed:
    """Return the address that more than half of an object's answers name.

    ``claims`` has one for each answer, None for one that names no text: it counts too, so that one
    worker who names one can't decide what text the others saw.
    """
    counts = Counter(claim.uri for claim in claims if claim)
    if not counts:
        return Believed(None)
    uri, count = counts.most_common(1)[0]
    if 2 * count > len(claims):
        return Believed(uri)
    return Believed(
        None,
        f"which text was shown is not known: {counts.total()} of {len(claims)} answers name one, "
        f"at most {count} the same, and more than half must; no span was checked against it",
    )


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


class Placed(NamedTuple):
    """Spans where they lie in the text, as ``Reading`` of ``tuple[Span, ...]``.

    ``units`` are what their ends count other than code points, because the text to turn them into
    those by is not known.
    """

    reading: Reading
    units: frozenset[Offsets] = frozenset()


def place_spans(
    spans: Iterable[MarkedSpan], field: FieldDefinition, known: KnownText | None
) -> Placed:
    """Return the spans in code points, checked against the text.

    What ends count is what the field's ``offsets`` say, else what the keys say by which they came.
    Without a text, they stay as they came; ``problems`` tell when they count tokens. A span that
    the text does not bear out is lost; an answer of which all are is silence.
    """
    spans = tuple(spans)
    if known is None:
        units = frozenset(unit for marked in spans if (unit := _unit(marked, field)))
        problems = (_IN_TOKENS,) if "token" in units else ()
        as_given = tuple(sorted({marked.span for marked in spans}))
        return Placed(Reading(as_given, problems), units)
    placed = [_place(marked, _unit(marked, field) == "utf16", known) for marked in spans]
    good = tuple(sorted({span for span in placed if span is not None}))
    lost = sum(span is None for span in placed)
    problem = f"{lost} of {len(spans)} spans do not fit the text"
    return Placed(read_in_part(good, len(good), lost, problem))


def _unit(marked: MarkedSpan, field: FieldDefinition) -> Offsets | None:
    if marked.tokens is not None:
        return "token"
    by_units = marked.by_element if field.offsets is None else field.offsets == "utf16"
    return "utf16" if by_units else None


def _place(marked: MarkedSpan, utf16: bool, known: KnownText) -> Span | None:
    start, end, label = marked.span
    if marked.tokens is not None:
        found = known.tokens.code_points(start, end, marked.tokens)
        return Span(*found, label) if found else None
    first, last = (_point(at, marked.by_element, utf16, known) for at in (start, end))
    if first is None or last is None or last > len(known.text):
        return None
    if marked.quote is not None and marked.quote != known.text[first:last]:
        return None
    return Span(first, last, label)


def _point(place: int, by_element: bool, utf16: bool, known: KnownText) -> int | None:
    if by_element:
        return known.shown.code_point(place, utf16=utf16)
    return known.utf16.code_point(place) if utf16 else place
