"""A typer app with as many commands as ours, and nothing in them: what any door has to cost."""

import typer

app = typer.Typer(
    name="bare",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="markdown",
)
group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


def _nothing() -> None:
    """Do nothing at all, in a sentence that is as long as those of our own commands are."""


_NAMES = (
    "init", "run", "serve", "rename-label", "ask-again", "replay", "preview", "consolidate",
    "import", "export",
)  # fmt: skip
for _name in _NAMES:
    app.command(_name)(_nothing)
for _name in ("check", "filter", "failed", "upload"):
    group.command(_name)(_nothing)
app.add_typer(group, name="manifest", help="A group of commands, as ours has one for manifests.")


def main() -> None:
    """Entry point, as a console script calls it."""
    app()
