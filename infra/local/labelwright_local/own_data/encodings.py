"""In which encoding a text file is, and its text; what is damaged costs no more than itself."""

import codecs
from pathlib import Path
from typing import NamedTuple

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SAMPLE = 65_536
#: What can't be decoded becomes one of these: ``surrogateescape``.
ESCAPES = ("\udc80", "\udcff")


class Encoding(NamedTuple):
    """An encoding by Python's name, the handler of errors that goes with it, and its usual name."""

    codec: str
    errors: str
    name: str


def encoding_of(path: Path) -> Encoding:
    """Tell a file's encoding: by its mark, else UTF-8, UTF-16 without a mark, or Windows-1252.

    A file is UTF-8 also where few of its lines are damaged: those decode to ``ESCAPES``.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
        for mark, codec, name in _MARKS:
            if start.startswith(mark):
                return Encoding(codec, _errors_of(codec), name)
        if (codec_16 := _unmarked_utf16(start)) is not None:
            return Encoding(codec_16, _errors_of(codec_16), "UTF-16")
        file.seek(0)
        valid = damaged = 0
        for line in file:
            if line.isascii():
                continue
            try:
                line.decode()
                valid += 1
            except UnicodeDecodeError:
                damaged += 1
    if damaged > valid:
        return Encoding("cp1252", "surrogateescape", "Windows-1252")
    return Encoding("utf-8", "surrogateescape", "UTF-8")


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a whole file, without a mark, and its encoding's name.

    Raises:
        ValueError: it is in none of the encodings.
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return data.decode(codec), name
    codec_16 = _unmarked_utf16(data[:_SAMPLE])
    if codec_16 is not None:
        return data.decode(codec_16), "UTF-16"
    try:
        return data.decode(), "UTF-8"
    except UnicodeDecodeError:
        return data.decode("cp1252"), "Windows-1252"


def is_damaged(text: str) -> bool:
    """Tell whether something in a text could not be decoded, or is half a character."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _errors_of(codec: str) -> str:
    return "surrogateescape" if codec.startswith("utf-8") else "replace"


def _unmarked_utf16(start: bytes) -> str | None:
    """Tell UTF-16 by its zeros: every other byte of a text in Latin letters is one."""
    if len(start) < 4 or b"\0" not in start:
        return None
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None
