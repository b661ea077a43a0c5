"""Texts with spans or classes as spaCy's documents: what CoNLL and DocBin files are made of."""

from collections.abc import Iterator
from typing import Any

from labelwright.task.definition import Kind
from labelwright_local.export.files import lacking
from labelwright_local.export.overlaps import without_overlaps
from labelwright_local.export.prepare import Item, Prepared
from labelwright_local.finished_job.model import LabelledSpan

#: Where spaCy's span categorizer looks (https://spacy.io/api/spancategorizer).
SPANS_KEY = "sc"


def tokenizer(prepared: Prepared, format_name: str) -> Any:
    """Return a blank pipeline of a language, whose tokenizer is meant.

    Raises:
        UsageError: spaCy is not installed, or has no such language.
    """
    try:
        import spacy
    except ImportError as error:
        raise lacking(format_name, "spacy", error) from None
    try:
        return spacy.blank(prepared.settings.language)
    except ImportError as error:
        from labelwright.errors import UsageError

        raise UsageError(
            f"--language {prepared.settings.language}: spaCy can't make it ({error.msg[:100]}); "
            "'xx' serves any language that has spaces between words"
        ) from None


def spans_of(prepared: Prepared, item: Item, doc: Any, field: str) -> list[Any]:
    """Return an object's spans as spaCy's, on tokens; what doesn't align is counted."""
    label = item.labels.get(field)
    found = []
    for span in label.value if label is not None else ():
        made = _on_tokens(prepared, doc, span)
        if made is None:
            prepared.told["spans that begin or end inside a token (--align)"] += 1
        else:
            found.append(made)
    return found


def _on_tokens(prepared: Prepared, doc: Any, span: LabelledSpan) -> Any:
    return doc.char_span(
        span.start, span.end, label=span.label, alignment_mode=prepared.settings.align
    )


def apart(prepared: Prepared, spans: list[Any]) -> list[Any]:
    """Return spans without those that overlap another, which are counted."""
    by_place = {(span.start, span.end, span.label_): span for span in spans}
    plain = [LabelledSpan(*place, None) for place in by_place]
    rule = prepared.settings.overlaps
    kept, dropped = without_overlaps(plain, "longest" if rule == "all" else rule)
    if dropped:
        prepared.told["spans that overlap another (--overlaps)"] += len(dropped)
    return [by_place[span[:3]] for span in kept]


def texts(prepared: Prepared) -> Iterator[tuple[Item, str]]:
    """Yield the objects whose text is known; the others are counted."""
    for item in prepared.items:
        if item.object.text is None:
            prepared.told["objects whose text is not known"] += 1
        else:
            yield item, item.object.text


def conll_file(prepared: Prepared) -> Iterator[bytes]:
    """Yield CoNLL 2003's four columns: token, two that say nothing, and the tag in IOB2.

    Each object is a document of its own; white space is no token.

    Raises:
        UsageError: all overlapping spans are wanted, which the format can't hold; or no one field.
    """
    from labelwright.errors import UsageError

    if prepared.settings.overlaps == "all":
        raise UsageError(
            "conll has one tag a token, so overlapping spans can't all be kept: --overlaps longest "
            "or first, or the format spacy"
        )
    field = prepared.one_field((Kind.SPANS,), "conll")
    nlp = tokenizer(prepared, "conll")
    for item, text in texts(prepared):
        if field.name not in item.labels:
            continue
        doc = nlp.make_doc(text)
        tags = ["O"] * len(doc)
        for span in apart(prepared, spans_of(prepared, item, doc, field.name)):
            tags[span.start : span.end] = _iob(doc, span)
        yield b"-DOCSTART- -X- -X- O\n\n"
        lines = (
            f"{token.text} -X- _ {tag}\n"
            for token, tag in zip(doc, tags, strict=True)
            if not token.is_space
        )
        yield "".join(lines).encode("utf-8", "replace") + b"\n"


def _iob(doc: Any, span: Any) -> list[str]:
    """Return the tags of a span's tokens; the first that is no white space begins it."""
    name = "_".join(span.label_.split())
    tags = []
    begun = False
    for token in doc[span.start : span.end]:
        tags.append(f"I-{name}" if begun else f"B-{name}")
        begun = begun or not token.is_space
    return tags


def spacy_file(prepared: Prepared) -> Iterator[bytes]:
    """Yield a DocBin, as ``spacy train`` reads it.

    All spans are in ``doc.spans["sc"]``, and, without those that overlap another, in ``doc.ents``;
    with ``--overlaps all`` in ``doc.spans`` alone where any overlap. Classes are in ``doc.cats``.
    """
    nlp = tokenizer(prepared, "spacy")
    from spacy.tokens import DocBin

    marked = [field for field in prepared.fields if field.kind is Kind.SPANS]
    classes = {
        field.name: prepared.classes[field.name]
        for field in prepared.fields
        if field.kind in (Kind.CHOICE, Kind.CHOICES)
    }
    if not marked and not classes:
        prepared.one_field((Kind.SPANS, Kind.CHOICE, Kind.CHOICES), "spacy")
    documents = DocBin(store_user_data=True)
    for item, text in texts(prepared):
        doc = nlp.make_doc(text)
        spans = [span for field in marked for span in spans_of(prepared, item, doc, field.name)]
        doc.spans[SPANS_KEY] = spans
        doc.set_ents([] if _keeps_all(prepared, spans) else apart(prepared, spans))
        doc.cats = dict(_cats(item, classes))
        doc.user_data["object"] = item.object.id
        documents.add(doc)
    yield documents.to_bytes()


def _keeps_all(prepared: Prepared, spans: list[Any]) -> bool:
    """Tell whether spans overlap that are all wanted: entities can't."""
    if prepared.settings.overlaps != "all":
        return False
    return any(
        one.start < other.end and other.start < one.end
        for place, one in enumerate(spans)
        for other in spans[:place]
    )


def _cats(item: Item, classes: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, float]]:
    for field, names in classes.items():
        label = item.labels.get(field)
        if label is None:
            continue
        given = {label.value} if label.kind is Kind.CHOICE else set(label.value)
        for name in names:
            key = name if len(classes) == 1 else f"{field}.{name}"
            yield key, float(name in given)
