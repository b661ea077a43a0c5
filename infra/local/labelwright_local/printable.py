"""Text as it may be printed, whatever is in it; and numbers with their noun."""

_MAX_SHOWN = 60


def printable(text: str, limit: int | None = _MAX_SHOWN) -> str:
    r"""Return a key as it may be printed: cut, and with control characters as ``\xNN``."""
    cut = text if limit is None or len(text) <= limit else text[:limit] + "…"
    return "".join(char if char.isprintable() else _escaped(char) for char in cut)


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
