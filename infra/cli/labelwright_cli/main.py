"""The command line ``labelwright``: the table of its commands, and where their errors end."""

import errno
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from labelwright.errors import LabelwrightError, UsageError
from labelwright_cli.lazy import MARKUP, LazyCommand


class _Commands(TyperGroup):
    """Commands; a name that none has is answered with the one that was meant, or with all."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was called."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.commands)
            meant = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
            ctx.fail(
                f"No such command {args[0]!r}. {meant}The commands are {', '.join(self.commands)}."
            )
        return super().resolve_command(ctx, args)


_MANIFEST = _Commands(
    name="manifest",
    help="Check, filter, reuse and upload manifests: the files that list what a job is to label.",
    no_args_is_help=True,
    rich_markup_mode=MARKUP,
    commands=[
        LazyCommand(
            "check",
            "manifest.check:check",
            "Name every bad line of a manifest: where, why, and what to do about it.",
        ),
        LazyCommand(
            "filter",
            "manifest.filter:filter_",
            "Leave out the objects that need no worker, before the job starts.",
        ),
        LazyCommand(
            "failed",
            "manifest.failed:failed",
            "Write the objects that a job failed on, as the manifest of a new job.",
        ),
        LazyCommand(
            "upload",
            "manifest.upload:upload",
            "Send the files that a manifest names by relative paths to S3, and the manifest for "
            "them.",
        ),
    ],
)

#: In the order of ``labelwright --help``.
COMMANDS = (
    LazyCommand(
        "init",
        "init:init",
        "Make a labeling job of your own data: its manifest, task definition and page.",
    ),
    LazyCommand(
        "run",
        "run:run",
        "Run a whole labeling job on this machine: manifest, pre-labeling, answers, post-labeling.",
    ),
    LazyCommand(
        "serve",
        "serve:serve_command",
        "Serve a labeling job to people in the browser: several workers, and a view for the "
        "requester.",
    ),
    LazyCommand(
        "rename-label",
        "rename_label:rename_label",
        "Give a label of a job another name; answers that are there keep theirs and count on.",
    ),
    LazyCommand(
        "ask-again",
        "ask_again:ask_again",
        "Ask for one more answer to objects of a job, or to those whose labels are least sure.",
    ),
    LazyCommand(
        "replay",
        "replay:replay",
        "Run recorded Lambda events through their handlers and print the responses.",
    ),
    LazyCommand(
        "preview",
        "preview:preview",
        "Show a template as workers see it, with what it answers and what is wrong with it.",
    ),
    LazyCommand(
        "consolidate",
        "consolidate:consolidate_command",
        "Consolidate workers' labels from a CSV file, or of a finished job.",
    ),
    LazyCommand(
        "import",
        "import_:import_",
        "Write what a model or another tool says of a manifest's objects into it, as suggestions.",
    ),
    LazyCommand(
        "export",
        "export:export",
        "Write a job's labels in a format that other libraries load.",
    ),
    _MANIFEST,
)


class Door(_Commands):
    """All commands; whichever is called, an error of ours becomes one line and exit status 2."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for command in COMMANDS:
            self.add_command(command)

    def make_context(self, *args: Any, **settings: Any) -> Any:
        """Begin a call."""
        with _quoted_visibly():
            return super().make_context(*args, **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was called."""
        try:
            with _quoted_visibly():
                return super().invoke(ctx)
        except LabelwrightError as error:
            from labelwright_cli.terminal import tell_error

            tell_error(error)
            raise typer.Exit(2) from None
        except OSError as error:
            # A file or folder that may not be used; a reader that has gone is click's affair.
            if error.errno == errno.EPIPE or error.filename == _STDOUT:
                raise
            from labelwright_cli.terminal import tell_error

            where = f"{error.filename}: " if error.filename else ""
            tell_error(UsageError(f"{where}{error.strerror or error}"))
            raise typer.Exit(2) from None


@contextmanager
def _quoted_visibly() -> Iterator[None]:
    """Escape what an error about a call quotes of it; typer prints that as it is."""
    try:
        yield
    except Exception as error:
        if isinstance(told := getattr(error, "message", None), str):
            from labelwright_local.printable import LAID_OUT, printable

            vars(error)["message"] = printable(told, None, LAID_OUT)
        raise


#: What errors of standard output name as their file.
_STDOUT = "standard output"


class _Stdout(FileIO):
    """Standard output, whose errors say that they are about it."""

    def write(self, data: Any, /) -> int:
        """Write, or name what can't be written."""
        try:
            return super().write(data)
        except OSError as error:
            error.filename = _STDOUT
            raise


def _end_unwritten(error: OSError) -> NoReturn:
    """End where standard output takes no more: with one line, or without where the reader left."""
    # Python would try once more, and tell that it failed.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if error.errno == errno.EPIPE:
        sys.exit(1)
    with suppress(OSError):
        from labelwright_cli.terminal import tell_error

        tell_error(UsageError(f"{_STDOUT}: {error.strerror}; nothing more can be printed to it"))
    sys.exit(2)


app = typer.Typer(
    name="labelwright",
    help="Ground Truth custom labeling: the deployed handlers, on this machine.",
    cls=Door,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        from labelwright_cli.terminal import put

        put(f"labelwright {version('labelwright')}")
        raise typer.Exit


@app.callback()
def labelwright(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Print what the handlers log as a warning for as long as a command runs."""
    from labelwright_cli.terminal import told_warnings

    context.with_resource(told_warnings())


def main() -> None:
    """Entry point of the console script."""
    # What is imported stays: to look for garbage in it again and again takes a tenth of the start.
    gc.set_threshold(100_000)
    # Plugins of pydantic's have nothing to do with us, and to look for them takes as long as numpy.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout = TextIOWrapper(
            BufferedWriter(_Stdout(sys.stdout.fileno(), "w", closefd=False)),
            encoding=sys.stdout.encoding,
            line_buffering=sys.stdout.line_buffering,
            write_through=sys.stdout.write_through,
        )
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal's encoding lacks is written as an escape, and fails nothing.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.filename != _STDOUT:
            raise
        _end_unwritten(error)
