"""Spans and categories as JSON Lines: as doccano, spaCy and Prodigy write them.

A line is an object with ``text`` and one of

- ``label`` or ``entities`` of doccano: ``[[start, end, label]]``, or ``{"start_offset",
  "end_offset", "label"}``; of texts as a whole ``label`` has names alone,
- ``entities``, ``ents`` or ``spans`` of spaCy, and its ``cats``,
- ``spans`` of Prodigy, its ``accept``, and its ``answer``, of which only accept counts,

or the pair ``[text, {"entities": …}]`` of spaCy. Ends count code points, as Python does.

https://doccano.github.io/doccano/, https://spacy.io/api/data-formats,
https://prodi.gy/docs/api-interfaces
"""

from collections.abc import Iterable, Iterator, Mapping

from labelwright.answers.numerals import read_number
from labelwright.contract.base import Json, load_json
from labelwright.task.definition import Kind
from labelwright_local.imports.model import Entry, Names, Note, Value
from labelwright_local.imports.offsets import code_points

_NO_SPAN = "no span: expected start, end and label"
#: spaCy's textcat says of every category how likely it is.
_LIKELY = 0.5


def read_spans(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Read the lines of a file; a blank one is passed over, a bad one told."""
    for number, data in enumerate(lines, 1):
        place = f"line {number}"
        if not data.strip():
            continue
        try:
            line = load_json(data.removeprefix(b"\xef\xbb\xbf"))
        except ValueError:
            yield Entry(place, Names(), (), (Note(place, "not JSON"),))
            continue
        yield _entry(line, place)


def _entry(line: Json, place: str) -> Entry:
    if isinstance(line, list) and len(line) == 2 and isinstance(line[1], dict):
        line = {"text": line[0], **line[1]}
    if not isinstance(line, dict):
        return Entry(place, Names(), (), (Note(place, "not an object with a text or an id"),))
    text = line.get("text", line.get("data"))
    text = text if isinstance(text, str) else None
    meta = line.get("meta")
    ids = [line.get("id"), meta.get("id") if isinstance(meta, dict) else None]
    names = Names(
        ids=tuple(str(one) for one in ids if isinstance(one, str | int)),
        texts=() if text is None else (text,),
    )
    if line.get("answer", "accept") != "accept":
        return Entry(place, names, (), (Note(place, "its answer is not accept"),))
    read = list(_values(line, text, place))
    return Entry(
        place,
        names,
        tuple(one for one in read if isinstance(one, Value)),
        tuple(one for one in read if isinstance(one, Note)),
    )


def _values(line: Mapping[str, Json], text: str | None, place: str) -> Iterator[Value | Note]:
    for key in ("spans", "entities", "ents", "label", "labels", "accept"):
        found = line.get(key)
        # spaCy's spans are in groups by name.
        groups = found.items() if isinstance(found, dict) else [("", found)]
        for control, items in groups:
            for number, item in enumerate(_listed(items), 1):
                yield _value(item, text, f"{place}, {key} {number}", control)
    cats = line.get("cats")
    for name, score in cats.items() if isinstance(cats, dict) else ():
        known = float(score) if isinstance(score, bool) else read_number(score)
        if known is not None and known >= _LIKELY:
            yield Value(f"{place}, cats", Kind.CHOICE, str(name).strip(), score=known)


def _listed(items: Json) -> list[Json]:
    if items is None:
        return []
    return items if isinstance(items, list) else [items]


def _value(item: Json, text: str | None, place: str, control: str) -> Value | Note:
    if isinstance(item, str):
        name = item.strip()
        return Value(place, Kind.CHOICE, name, control) if name else Note(place, "no label")
    start: Json = None
    end: Json = None
    label: Json = None
    quote: Json = None
    score: Json = None
    if isinstance(item, list) and len(item) >= 3:
        start, end, label = item[:3]
    elif isinstance(item, dict):
        start = item.get("start", item.get("start_offset"))
        end = item.get("end", item.get("end_offset"))
        label, quote, score = item.get("label"), item.get("text"), item.get("score")
    if not _is_whole(start) or not _is_whole(end) or not isinstance(label, str):
        return Note(place, _NO_SPAN)
    label = label.strip()
    if not label:
        return Note(place, _NO_SPAN)
    placed: tuple[int, int] | str = (start, end)
    if text is not None:
        placed = code_points(text, start, end, quote if isinstance(quote, str) else None)
    elif not 0 <= start < end:
        return Note(place, _NO_SPAN, label)
    if isinstance(placed, str):
        return Note(place, placed, label)
    value: Json = {"start": placed[0], "end": placed[1], "label": label}
    return Value(place, Kind.SPANS, value, control, read_number(score))


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
