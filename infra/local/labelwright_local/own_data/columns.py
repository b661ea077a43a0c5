"""Which column is the text, the picture, the id: as somebody says, else by names and contents."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright_local.own_data.folder import NOT_SHOWN, PICTURES
from labelwright_local.own_data.rows import Bytes, Row
from labelwright_local.printable import printable

#: Names by which columns are usually known, the surer first; without case, ``-`` and ``_``.
_TEXTS = (
    "text", "sentence", "content", "body", "document", "abstract", "review", "comment",
    "message", "tweet", "utterance", "paragraph", "description", "title", "question", "prompt",
)  # fmt: skip
_IMAGES = (
    "image", "sourceref", "imagepath", "imagefile", "imageurl", "img", "picture", "photo", "file",
    "filename", "filepath", "path", "uri", "url",
)  # fmt: skip
_IDS = ("id", "uid", "uuid", "exampleid", "itemid", "recordid", "key")
_PROMPTS = ("prompt", "question", "instruction", "query", "input", "source", "text")
_PAIRS = (
    ("responsea", "responseb"), ("answera", "answerb"), ("completiona", "completionb"),
    ("outputa", "outputb"), ("modela", "modelb"), ("response1", "response2"),
    ("answer1", "answer2"), ("output1", "output2"), ("completion1", "completion2"),
    ("chosen", "rejected"), ("a", "b"),
)  # fmt: skip
#: The column of ready responses, as the task's manifest has them.
RESPONSES = "responses"


class Columns(NamedTuple):
    """Which columns are used; ``guessed`` are those that nobody named."""

    text: str | None = None
    image: str | None = None
    identifier: str | None = None
    responses: tuple[str, ...] = ()
    guessed: frozenset[str] = frozenset()

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that become keys of ours."""
        named = (self.text, self.image, self.identifier, *self.responses)
        return tuple(name for name in named if name is not None)


def find_columns(
    wanted: str, sample: Sequence[Row], named: Columns, *, where: str = "the data"
) -> Columns:
    """Return the columns to use for ``text``, ``image`` or ``responses`` by the first rows.

    Raises:
        UsageError: a column that was named is not there, or none can be guessed.
    """
    columns = list(dict.fromkeys(name for row in sample for name in row.values))
    for name in named.used:
        if name not in columns:
            raise UsageError(f"{where}: there is no column '{printable(name)}'; {_there(columns)}")
    found = named
    if wanted == "image" and found.image is None:
        found = found._replace(image=_image(columns, sample))
    if wanted == "responses" and not found.responses:
        found = found._replace(responses=_responses(columns, sample))
    if wanted != "image" and found.text is None:
        names = _PROMPTS if wanted == RESPONSES else _TEXTS
        free = [name for name in columns if name not in found.used]
        found = found._replace(text=_known(free, names) or _longest(free, sample))
    if found.identifier is None:
        free = [name for name in columns if name not in found.used]
        found = found._replace(identifier=_known(free, _IDS))
    _must_be_found(found, wanted, where, columns)
    return found._replace(guessed=frozenset(set(found.used) - set(named.used)))


def _must_be_found(found: Columns, wanted: str, where: str, columns: list[str]) -> None:
    missing = {
        "text": found.text is None and ("text", "it with --text"),
        "image": found.image is None and ("path of the picture", "it with --image"),
        RESPONSES: (found.text is None and ("prompt", "it with --text"))
        or (not found.responses and ("two responses", "them with --responses")),
    }[wanted]
    if missing:
        what, option = missing
        raise UsageError(
            f"{where}: no column looks like the {what}; name {option}; {_there(columns)}"
        )


def _there(columns: Iterable[str]) -> str:
    names = ", ".join(f"'{printable(name)}'" for name in list(columns)[:30])
    return f"there are the columns {names}" if names else "there is no column at all"


def plain_name(name: str) -> str:
    """Return a column's name as names are compared."""
    return re.sub(r"[-_\s.]", "", name).casefold()


def _known(columns: Iterable[str], names: Sequence[str]) -> str | None:
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain_name(column), column)
    return next((by_name[name] for name in names if name in by_name), None)


def _longest(columns: Iterable[str], sample: Sequence[Row]) -> str | None:
    """Return the column with the longest texts, of those that hold texts and no addresses."""

    def length(column: str) -> float:
        values = [row.values.get(column) for row in sample]
        texts = [value for value in values if isinstance(value, str) and value.strip()]
        if len(texts) < max(1, len(values) // 2) or all(map(_is_number, texts)):
            return 0
        return sum(map(len, texts)) / len(texts)

    best = max(columns, key=length, default=None)
    return best if best is not None and length(best) > 0 else None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+\d.,:/% ]+", text) is not None


def _image(columns: Sequence[str], sample: Sequence[Row]) -> str | None:
    held = {
        name: sum(_is_picture(row.values.get(name)) for row in sample) / max(len(sample), 1)
        for name in columns
    }
    pictures = [name for name in columns if held[name] >= 0.5]
    return _known(pictures, _IMAGES) or next(iter(pictures), None) or _known(columns, _IMAGES[:10])


def _is_picture(value: Json) -> bool:
    if isinstance(value, Bytes):
        return True
    if not isinstance(value, str):
        return False
    suffix = PurePosixPath(value.split("?", 1)[0]).suffix.lower()
    return suffix in PICTURES or suffix in NOT_SHOWN


def _responses(columns: Sequence[str], sample: Sequence[Row]) -> tuple[str, ...]:
    by_name = {plain_name(name): name for name in reversed(columns)}
    for first, second in _PAIRS:
        if first in by_name and second in by_name:
            return by_name[first], by_name[second]
    if any(isinstance(row.values.get(RESPONSES), list) for row in sample):
        return (RESPONSES,)
    return ()
