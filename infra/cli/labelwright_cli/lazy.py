"""Commands whose modules are loaded when they are called: the list of them costs nothing."""

import importlib
from collections.abc import Callable
from typing import Any, Literal, cast

import typer
from typer.core import TyperCommand
from typer.main import get_command

#: Paragraphs flow with the terminal's width, and square brackets stay what they are.
MARKUP: Literal["markdown"] = "markdown"


class LazyCommand(TyperCommand):
    """A command's name and summary; all else is in its module, loaded by who needs it.

    ``function`` is ``module:function`` below ``labelwright_cli.commands``, as an entry point names
    it; ``help`` is the first paragraph of that function's docstring (a test compares them).
    """

    def __init__(self, name: str, function: str, summary: str) -> None:
        super().__init__(name, help=summary, rich_markup_mode=MARKUP)
        self.module, self._function = function.split(":")

    def load(self) -> TyperCommand:
        """Import the module and return the command in full."""
        module = importlib.import_module(f"labelwright_cli.commands.{self.module}")
        return full_command(self.name, getattr(module, self._function))

    def make_context(self, *args: Any, **settings: Any) -> Any:
        """Begin a call: the context and all that follows belong to the command in full."""
        return self.load().make_context(*args, **settings)


def full_command(name: str | None, function: Callable[..., None]) -> TyperCommand:
    """Make a command of a function whose parameters are annotated for typer."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=MARKUP)
    app.command(name)(function)
    return cast("TyperCommand", get_command(app))  # an app with one function is that command
