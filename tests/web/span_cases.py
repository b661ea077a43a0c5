"""Texts, spans and what Python makes of them, for the page's span core to agree with.

``python -m tests.web.span_cases`` writes web/page/core/cases.json, which both test suites read.
"""

import hashlib
import json
import random
from pathlib import Path
from typing import Any

CASES = Path(__file__).parents[2] / "web" / "page" / "core" / "cases.json"

#: What texts are made of: each is hard for somebody.
PIECES = (
    "gene", "Zürich", " ", "  ", "\t", "\n", "\r\n", "\r", ".", ", ", "(", ")", "\u00a0", "\u2028",
    "\U0001f9ec", "\U0001f469\u200d\U0001f52c", "\U0001f1ee\U0001f1f8", "\U0001f44d\U0001f3fd",
    "\U0001d6fc", "e\u0301", "a\u0323\u0302", "\u05e9\u05dc\u05d5\u05dd", "\u05d1\u05bc\u05b0",
    "\u0627\u0644\u0633\u0644\u0627\u0645", "\u202b", "\u202c", "\u200b", "\ufeff", "\u0000",
    "\u65e5\u672c\u8a9e", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "</div>", "<script>", "{{ x }}",
    "&amp;", '"', "'", "\\",
)  # fmt: skip
#: Half surrogate pairs, which JSON can hold and no file can.
HALVES = ("\ud83e", "\uddec", "\udfff")


def cases() -> list[dict[str, Any]]:
    """Return 60 texts with spans, the same on every run."""
    chance = random.Random(20261125)
    return [_case(chance, pieces) for pieces in range(60)]


def _case(chance: random.Random, pieces: int) -> dict[str, Any]:
    choice = PIECES + 2 * HALVES if pieces % 3 == 2 else PIECES
    made = "".join(chance.choice(choice) for _ in range(pieces))
    # Two halves of a pair side by side are one character once they went through JSON.
    text: str = json.loads(json.dumps(made))
    ends = [sorted(chance.choices(range(len(text) + 1), k=2)) for _ in range(6)]
    return {
        "text": text,
        "length": len(text),
        "units": units(text),
        "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "spans": [span(text, start, end) for start, end in ends if start < end],
    }


def span(text: str, start: int, end: int) -> dict[str, Any]:
    """Return a span by code points, by UTF-16 units, and what it covers."""
    return {
        "start": start,
        "end": end,
        "from": units(text[:start]),
        "to": units(text[:end]),
        "quote": text[start:end],
    }


def units(text: str) -> int:
    """Count the UTF-16 units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def serialised() -> str:
    """Return the content of cases.json: ASCII, a case a line."""
    return "[\n" + ",\n".join(json.dumps(case) for case in cases()) + "\n]\n"


if __name__ == "__main__":
    CASES.write_text(serialised(), encoding="ascii")
