"""The map of the command line says what is so."""

import re

from tests.readme import TABLES, commands, updated

TEXT = TABLES.read_text(encoding="utf-8")


def test_the_tables_of_commands_are_those_of_the_commands() -> None:
    """`make tables` writes them."""
    assert updated(TEXT) == TEXT


def test_every_command_and_each_of_its_options_has_its_line() -> None:
    """As --help has them."""
    for name, command in commands():
        section = re.split(rf"### `{name}\b", TEXT)[1].split("###")[0]
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert f"| `{parameter.opts[0]}` |" in section


def test_every_command_says_its_exit_status() -> None:
    """In a paragraph of its help."""
    assert [name for name, command in commands() if "\n\nExit status" not in command.help] == []


def test_the_map_names_every_module_and_no_other() -> None:
    """A reader who looks for a module finds it."""
    package = TABLES.parent / "labelwright_cli"
    lying = {path.name for path in package.iterdir() if path.suffix == ".py"} - {"__init__.py"}
    rooms = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").is_file()}
    mapped = TEXT.split("|---|---|")[1].split("\n\n")[0]
    first_cells = " ".join(line.split("|")[1] for line in mapped.strip().splitlines())
    assert set(re.findall(r"`([a-z_./]+)`", first_cells)) == lying | rooms
