"""The tables of commands in infra/cli/README.md, made from the commands themselves.

``python -m tests.readme`` (``make tables``) writes them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperArgument, TyperGroup, TyperOption

from labelwright_cli.main import app

TABLES = Path(__file__).parents[1] / "infra" / "cli" / "README.md"
BEGIN, END = "<!-- commands -->\n", "<!-- /commands -->\n"


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its whole name."""
    yield from _walk("labelwright", typer.main.get_command(app))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(command, TyperGroup):
        for sub in command.commands.values():
            yield from _walk(f"{name} {sub.name}", sub)
    else:
        yield name, command.load()


def reference() -> str:
    """Return the section between the markers."""
    return "".join(_section(name, command) for name, command in commands())


def _section(name: str, command: Any) -> str:
    summary = (command.help or "").split("\n\n")[0].replace("\n", " ")
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    usage = " ".join([name, *(p.metavar or str(p.name).upper() for p in arguments)])
    rows = "".join(_row(p) for p in command.params if isinstance(p, TyperOption))
    table = f"\n| option | |\n|---|---|\n{rows}" if rows else ""
    return f"\n### `{usage}`\n\n{summary}\n{table}"


def _row(option: TyperOption) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    default = "" if option.default in (None, False) else f" Default: `{option.default}`."
    return f"| {names} | {' '.join((option.help or '').split())}{default} |\n"


def updated(text: str) -> str:
    """Return the text with its section made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{reference()}\n{END}{after}"


if __name__ == "__main__":
    TABLES.write_text(updated(TABLES.read_text(encoding="utf-8")), encoding="utf-8")
