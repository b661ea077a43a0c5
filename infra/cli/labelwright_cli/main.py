"""The command line ``labelwright``."""

import typer

from labelwright_cli.commands.consolidate import consolidate_command
from labelwright_cli.commands.manifest import manifest_app
from labelwright_cli.commands.preview import preview
from labelwright_cli.commands.replay import replay
from labelwright_cli.commands.run import run
from labelwright_cli.commands.serve import serve_command
from labelwright_cli.terminal import told_warnings

app = typer.Typer(
    name="labelwright",
    help="Ground Truth custom labeling: the deployed handlers, on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    # Paragraphs flow with the terminal's width, and square brackets stay what they are.
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def labelwright(context: typer.Context) -> None:
    """Print what the handlers log as a warning for as long as a command runs."""
    context.with_resource(told_warnings())


app.command()(run)
app.command("serve")(serve_command)
app.command()(replay)
app.command()(preview)
app.command("consolidate")(consolidate_command)
app.add_typer(manifest_app, name="manifest")


def main() -> None:
    """Entry point of the console script."""
    app()
