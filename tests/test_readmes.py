"""What every README says of the project is so."""

import json
import re
from pathlib import Path

import pytest

from labelwright.task.definition import parse_definition
from tests.markdown import ROOT, anchors, blocks, commands_in, links, name_of, read, readmes
from tests.readme import commands

every_readme = pytest.mark.parametrize("readme", readmes(), ids=name_of)

OPTIONS = {
    name: {option for parameter in command.params for option in parameter.opts}
    for name, command in commands()
}


def target(readme: Path, link: str) -> Path:
    """Return what a relative link leads to; a folder shows its README."""
    path = link.split("#", maxsplit=1)[0]
    found = (readme.parent / path).resolve() if path else readme
    return found / "README.md" if (found / "README.md").is_file() else found


def relative_links(readme: Path) -> list[str]:
    """Return the links of a README into the project."""
    return [link for link in links(read(readme)) if not link.startswith(("https://", "http://"))]


@every_readme
def test_every_link_and_picture_is_there(readme: Path) -> None:
    """No dead link into the project, nor to a heading."""
    for link in relative_links(readme):
        found = target(readme, link)
        assert found.exists(), link
        assert ROOT in found.parents or found == ROOT, link
        if "#" in link:
            assert link.split("#")[1] in anchors(read(found)), link


@every_readme
def test_every_command_shown_exists_with_its_options(readme: Path) -> None:
    """Nobody types what does not work."""
    for line in commands_in(read(readme), "labelwright"):
        names = [name for name in OPTIONS if f"{line} ".startswith(f"{name} ")]
        assert names, line
        assert set(re.findall(r"(?<=\s)--[a-z-]+", line)) <= OPTIONS[max(names, key=len)], line


def test_commands_are_shown() -> None:
    """What the tests above look for is found at all."""
    shown = [line for readme in readmes() for line in commands_in(read(readme), "labelwright")]
    used = {max((n for n in OPTIONS if line.startswith(n)), key=len) for line in shown}
    assert used == set(OPTIONS)


@every_readme
def test_every_make_target_named_exists(readme: Path) -> None:
    """In blocks and in sentences."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {line.split()[1] for line in commands_in(read(readme), "make")}
    assert named <= targets


@every_readme
def test_every_module_started_exists(readme: Path) -> None:
    """`python -m tests.…` starts something."""
    for module in re.findall(r"python -m (tests[.\w]+)", read(readme)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module


@every_readme
def test_json_is_json_and_toml_defines_a_task(readme: Path) -> None:
    """People copy them."""
    for block in blocks(read(readme), "json"):
        json.loads(block)
    for block in blocks(read(readme), "toml"):
        parse_definition(block.encode(), name_of(readme))


@every_readme
def test_every_event_folder_named_is_there(readme: Path) -> None:
    """Examples of replay run."""
    named = set(re.findall(r"events/((?:pre|post|sam)-[a-z0-9-]+)", read(readme)))
    assert {name for name in named if not (ROOT / "events" / name).is_dir()} == set()


@every_readme
def test_sentences_are_short_enough_to_read_as_text(readme: Path) -> None:
    """At most 120 characters a line outside of blocks, tables and what a table is made of."""
    text = re.sub(r"^```.*?^```$", "", read(readme), flags=re.DOTALL | re.MULTILINE)
    generated = re.sub(r"<!-- commands -->.*<!-- /commands -->", "", text, flags=re.DOTALL)
    long = [line for line in generated.splitlines() if len(line) > 120]
    assert [line for line in long if not line.startswith("|") and "](" not in line] == []


def test_every_readme_can_be_reached_from_the_front_page() -> None:
    """Link by link: no room is forgotten."""
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        readme = waiting.pop()
        if readme in reached or readme.name != "README.md":
            continue
        reached.add(readme)
        waiting += [target(readme, link) for link in relative_links(readme)]
    assert set(readmes()) <= reached
