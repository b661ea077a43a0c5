"""Which objects of a manifest an entry is about: by its text, its file, or its id."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import PurePosixPath
from re import compile as pattern
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from labelwright.contract.base import Json
from labelwright.contract.manifest import SOURCE, SOURCE_REF, TEXT_REF
from labelwright_local.imports.model import Names

#: The manifest key with an id of the user's own.
ID = "id"

NO_OBJECT = "no object of the manifest has this id, file or text"
AMBIGUOUS = "several objects have a file of this name, and its folders do not tell them apart"
OTHER_TEXT = "the object with this id has another text"

#: What Label Studio puts before the name of a file that was uploaded.
_UPLOADED = pattern("[0-9a-f]{8}-(.+)")


class _File(NamedTuple):
    line: int
    parts: tuple[str, ...]


class Objects:
    """A manifest's objects, by all that an entry may name them by; lines count from 1.

    ``text_at`` reads the text file at an address; None where it can't be read.
    """

    def __init__(
        self,
        lines: Iterable[tuple[int, Mapping[str, Json]]],
        text_at: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._text_at = text_at
        self._ids: dict[str, list[int]] = defaultdict(list)
        self._texts: dict[bytes, list[int]] = defaultdict(list)
        self._files: dict[str, list[_File]] = defaultdict(list)
        #: The lines whose text is known.
        self._with_text: set[int] = set()
        for number, line in lines:
            self._add(number, line)

    def _add(self, number: int, line: Mapping[str, Json]) -> None:
        own = line.get(ID)
        if isinstance(own, str | int) and not isinstance(own, bool):
            self._ids[str(own)].append(number)
        address = line.get(TEXT_REF)
        text = self._text_at(address) if isinstance(address, str) else line.get(SOURCE)
        if isinstance(text, str):
            self._texts[_digest(text)].append(number)
            self._with_text.add(number)
        for key in (SOURCE_REF, TEXT_REF):
            address = line.get(key)
            if isinstance(address, str) and (parts := _parts(address)):
                self._files[parts[-1]].append(_File(number, parts))

    def find(self, names: Names) -> tuple[int, ...] | str:
        """Return the lines that an entry is about, or why there is none.

        A text is surest, then a file, then an id: other tools count ids of their own. Objects with
        the same text are all meant.
        """
        lines = {line for text in names.texts for line in self._texts.get(_digest(text), ())}
        if lines:
            return tuple(sorted(lines))
        reason = NO_OBJECT
        for given in names.files:
            found = self._by_file(given)
            if isinstance(found, int):
                return (found,)
            reason = found or reason
        for given in names.ids:
            for line in self._ids.get(given, ()):
                if names.texts and not names.files and line in self._with_text:
                    reason = OTHER_TEXT
                else:
                    lines.add(line)
        return tuple(sorted(lines)) if lines else reason

    def _by_file(self, given: str) -> int | str | None:
        """Return the line, None where none has the file, or why it is not known."""
        for parts in _spellings(given):
            alike = [(_shared(file.parts, parts), file) for file in self._files.get(parts[-1], ())]
            if not alike:
                continue
            most = max(shared for shared, _ in alike)
            lines = {file.line for shared, file in alike if shared == most}
            return lines.pop() if len(lines) == 1 else AMBIGUOUS
        return None


def _spellings(given: str) -> Iterator[tuple[str, ...]]:
    """Yield the ways in which tools write the name of a file, as its folders and name."""
    if parts := _parts(given):
        yield parts
    try:
        address = urlsplit(given)
    except ValueError:
        return
    local = parse_qs(address.query).get("d")
    for path in (local[0] if local else None, unquote(address.path)):
        parts = _parts(path or "")
        if not parts:
            continue
        yield parts
        if uploaded := _UPLOADED.fullmatch(parts[-1]):
            yield (*parts[:-1], uploaded[1])


def _parts(address: str) -> tuple[str, ...]:
    # File systems differ in how they write a letter with an accent.
    address = unicodedata.normalize("NFC", address.replace("\\", "/"))
    return tuple(part for part in PurePosixPath(address).parts if part not in ("/", "."))


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Count the last parts that two paths share."""
    count = 0
    for mine, theirs in zip(reversed(one), reversed(other), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
