"""READMEs as tests read them: their blocks, links and headings."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FRONT_PAGE = ROOT / "README.md"

_ELSEWHERE = {"node_modules", "build", "mine", "workspace"}
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)


def readmes() -> list[Path]:
    """Return every README of the project; what tools made lies in hidden folders."""
    return sorted(
        path
        for path in ROOT.rglob("README.md")
        if not any(part.startswith(".") or part in _ELSEWHERE for part in _inside(path).parts)
    )


def _inside(path: Path) -> Path:
    return path.relative_to(ROOT)


def name_of(path: Path) -> str:
    """Return a README's place in the project, as it names a test."""
    return str(_inside(path))


def read(path: Path) -> str:
    """Return a README's text."""
    return path.read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language; the empty one is none."""
    return [block for found, block in _FENCED.findall(text) if found == language]


def commands_in(text: str, program: str) -> list[str]:
    """Return the lines that call a program: in shell blocks, and in single backquotes."""
    typed = [line for block in blocks(text, "sh") for line in block.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", _FENCED.sub("", text))
    return [
        line.split(" #")[0].strip()
        for line in (*typed, *spans)
        if re.match(rf"{program}\s+[a-z-]", line)
    ]


def section(text: str, heading: str) -> str:
    """Return what stands below a heading, up to the next one of its level or above.

    Comments in shell blocks look like headings of the first level: those never end a section.
    """
    level = heading.index(" ")
    _, below = f"\n{text}".split(f"\n{heading}\n", maxsplit=1)
    return re.split(rf"^#{{2,{level}}} ", below, maxsplit=1, flags=re.MULTILINE)[0]


def links(text: str) -> list[str]:
    """Return the addresses of all links and pictures."""
    without_code = re.sub(r"`[^`\n]*`", "", _FENCED.sub("", text))
    return re.findall(r"\]\(([^)\s]+)\)", without_code)


def anchors(text: str) -> set[str]:
    """Return what a ``#fragment`` can name: headings as GitHub spells them."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
