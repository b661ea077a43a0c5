"""Every section of the contract that is cited stands in the contract's README."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "functions" / "labelwright" / "contract" / "README.md"

_NUMBER = r"\d+(?:\.\d+)?"
_CITED = re.compile(rf"contract\s+sections?\s+({_NUMBER}(?:(?:,|\s+to|\s+and)\s+{_NUMBER})*)", re.I)


def sections() -> set[str]:
    """Return the numbers of the README's sections."""
    text = README.read_text(encoding="utf-8")
    return set(re.findall(rf"^##+ ({_NUMBER})\.? ", text, flags=re.MULTILINE))


def cited(text: str) -> set[str]:
    """Return all sections that a text cites, those between the ends of a range included."""
    found: set[str] = set()
    for citation in _CITED.findall(text):
        found.update(re.findall(_NUMBER, citation))
        for first, last in re.findall(rf"({_NUMBER})\s+to\s+({_NUMBER})", citation):
            chapter, low = first.split(".")
            found.update(f"{chapter}.{n}" for n in range(int(low), int(last.split(".")[1]) + 1))
    return found


def sources() -> list[Path]:
    """Return all modules of ours, and none of what `make build` leaves in infra/.aws-sam."""
    return [
        path
        for room in ("functions", "infra", "tests")
        for path in (ROOT / room).rglob("*.py")
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]


def test_every_section_cited_is_there() -> None:
    """A citation leads somewhere."""
    text = {path: cited(path.read_text(encoding="utf-8")) for path in sources()}
    assert set().union(*text.values())
    assert {path: found - sections() for path, found in text.items() if found - sections()} == {}


def test_sections_are_cited_as_the_contracts() -> None:
    """No bare "section 3.1", of which nobody knows where it stands."""
    bare = [
        path
        for path in sources()
        if path != Path(__file__)
        for match in re.finditer(r"\bsections?\s+\d", path.read_text(encoding="utf-8"), re.I)
        if not re.search(r"(?:contract|RFC \d+,)\s+$", match.string[: match.start()], re.I)
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contract section 5", {"5"}),
        ("(contract sections 2.2, 3.1 and 9)", {"2.2", "3.1", "9"}),
        ("Contract sections\n3.2 to 3.4 and 4", {"3.2", "3.3", "3.4", "4"}),
        ("RFC 6335, section 6", set()),
    ],
)
def test_citations_are_read_in_every_form(text: str, expected: set[str]) -> None:
    """One number, a list, a range, over the end of a line; not those of other documents."""
    assert cited(text) == expected
