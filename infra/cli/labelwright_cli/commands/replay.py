"""``labelwright replay``: a recorded event through its handler."""

import json
from pathlib import Path
from typing import Annotated

import typer

from labelwright.errors import LabelwrightError, UsageError
from labelwright_cli.terminal import put_lines, say, tell, tell_error
from labelwright_lambda.s3_storage import S3Storage
from labelwright_local.handlers.replay import (
    Replay,
    difference,
    fetch,
    pretty,
    read_replay,
    run_replay,
)


def replay(
    events: Annotated[
        list[Path],
        typer.Argument(
            metavar="EVENT...",
            help="Folders with an event.json, or event files. The folder s3 beside the event "
            "stands in for S3: s3://bucket/key is s3/bucket/key.",
        ),
    ],
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Compare with expected.json; exit with status 1 if different."
        ),
    ] = False,
    fetch_first: Annotated[
        bool,
        typer.Option(
            "--fetch",
            help="First copy what the handler reads from S3 into the folder s3 beside the event.",
        ),
    ] = False,
    task_definition: Annotated[
        str | None,
        typer.Option(help="TASK_DEFINITION of the deployed function, if it has one (s3://...)."),
    ] = None,
    text_prefix: Annotated[
        str | None,
        typer.Option(help="TEXT_PREFIX of the deployed post-labeling function (s3://bucket/)."),
    ] = None,
) -> None:
    """Run recorded Lambda events through their handlers and print the responses.

    An event with dataObject goes through pre-labeling, one with payload through post-labeling. No
    AWS account is needed, except by --fetch, which takes a failure in production home.

    Exit status: 0 when every handler answered (with --check: as expected), 1 when one failed or
    answered otherwise, 2 when an event can't be used.
    """
    wrong, unusable = 0, False
    for place in events:
        try:
            recorded = read_replay(place, _settings(task_definition, text_prefix))
            if fetch_first:
                _fetch(recorded, place, task_definition, text_prefix)
            wrong += not (_check(recorded) if check else _show(recorded, len(events) > 1))
        except LabelwrightError as error:  # One event that fails keeps no other from its handler.
            tell_error(error)
            wrong += 1
            unusable |= isinstance(error, UsageError)
    if check:
        say(f"{len(events) - wrong} of {len(events)} events answered as expected")
    if wrong:
        raise typer.Exit(2 if unusable else 1)


def _settings(definition: str | None, prefix: str | None) -> dict[str, str]:
    given = {"task_definition": definition, "text_prefix": prefix}
    return {name: value for name, value in given.items() if value is not None}


def _show(recorded: Replay, named: bool) -> bool:
    replayed = run_replay(recorded)
    if named:
        tell(recorded.name, "", "bold")
    put_lines(pretty(replayed.answer))
    for uri, size in replayed.written:
        tell("would write", f"{uri} ({size:,} bytes)", "dim")
    return not replayed.failed


def _check(recorded: Replay) -> bool:
    found = difference(recorded, run_replay(recorded))
    if found:
        tell("different", recorded.name, "bold red")
        put_lines(found)
    return not found


def _fetch(
    recorded: Replay, place: Path, task_definition: str | None, text_prefix: str | None
) -> None:
    fetched = fetch(recorded, S3Storage.connect())
    for uri in fetched.copied:
        tell("copied", uri, "dim")
    if fetched.stopped is not None:
        tell("stopped at:", f"[{fetched.stopped.code}] {fetched.stopped}")
    if _settings(task_definition, text_prefix):
        # So that the folder replays by itself from now on.
        beside = place if place.is_dir() else place.parent
        (beside / "settings.json").write_text(json.dumps(recorded.settings, indent=2) + "\n")
