"""Text as it may be printed, whatever is in it; and numbers with their noun."""

_MAX_SHOWN = 60


#: What lines and columns are made of.
LAID_OUT = "\n"

#: What a page may have besides: tabs, spaces of any width, and what joins letters and emoji.
_SPACES = "\xa0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
ON_A_PAGE = f"\n\t\u200c\u200d{_SPACES}"


def printable(text: str, limit: int | None = _MAX_SHOWN, kept: str = "") -> str:
    r"""Return a text as it may be shown: cut, and with control characters as ``\xNN``.

    So is what turns the direction of writing, and all else that has no shape of its own, but for
    the characters ``kept``.
    """
    cut = text if limit is None or len(text) <= limit else text[:limit] + "…"
    if cut.isprintable():
        return cut
    return "".join(char if char.isprintable() or char in kept else _escaped(char) for char in cut)


def json_visible(line: bytes) -> bytes:
    r"""Return a line of JSON whose characters without a shape are escaped as ``\uNNNN``.

    It is the same JSON: such characters can be in strings alone, but for spaces between values.
    """
    text = line.decode("utf-8", "backslashreplace")
    if text.removesuffix("\n").isprintable():
        return line
    plain = text.replace("\r\n", "\n").replace("\r", " ").replace("\t", " ")
    shown = (
        char if char.isprintable() or char in _SPACES or char == "\n" else _json_escaped(char)
        for char in plain
    )
    return "".join(shown).encode()


def _json_escaped(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))


def counted(count: int, what: str) -> str:
    """Say how many there are of something: ``1 worker``, ``2,000 workers``."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def storable(text: str) -> str:
    """Return a text that SQLite and pages can hold: halves of surrogate pairs are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()
