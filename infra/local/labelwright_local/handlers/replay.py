"""Running a recorded Lambda event through its handler, with a folder in the place of S3.

A replay folder holds ``event.json``, the objects it refers to under ``s3/<bucket>/<key>``, and
perhaps ``settings.json`` (keyword arguments of the handler's ``Settings``) and ``expected.json``
(the response, or ``{"error": {"code": ...}}``).
"""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

import post_labeling
import pre_labeling
from labelwright.contract.base import Json, explain, load_json
from labelwright.errors import LabelwrightError, UsageError
from labelwright_lambda.storage import Storage, Version, parse_uri
from labelwright_local.workspace.folder_storage import FolderStorage

_REMEDY = "put it there, or copy it with --fetch"
_Settings = TypeVar("_Settings", pre_labeling.Settings, post_labeling.Settings)


class Replay(NamedTuple):
    """A recorded event and what stands beside it."""

    name: str
    event: Json
    settings: Mapping[str, Json]
    objects: Path
    expected: Json | None


class Replayed(NamedTuple):
    """What the handler answered, and the files it wrote (address and size in bytes)."""

    answer: Json
    written: list[tuple[str, int]]

    @property
    def failed(self) -> bool:
        """Whether the handler raised an error."""
        return isinstance(self.answer, dict) and set(self.answer) == {"error"}


def read_replay(place: Path, settings: Mapping[str, Json] | None = None) -> Replay:
    """Read a replay folder, or an event file with the folder ``s3`` beside it.

    ``settings`` are added to those of ``settings.json``.

    Raises:
        UsageError: a file is missing or damaged; names it.
    """
    path = place / "event.json" if place.is_dir() else place
    beside = path.parent
    expected = beside / "expected.json"
    return Replay(
        name=str(place),
        event=_read_json(path),
        settings={**_stored_settings(beside / "settings.json"), **(settings or {})},
        objects=beside / "s3",
        expected=_read_json(expected) if expected.is_file() else None,
    )


def _stored_settings(path: Path) -> dict[str, Json]:
    stored = _read_json(path) if path.is_file() else {}
    if not isinstance(stored, dict):
        raise UsageError(
            f"{path}: not a JSON object of settings, such as "
            '{"task_definition": "s3://bucket/task.toml"}'
        )
    return stored


def _read_json(path: Path) -> Json:
    try:
        return load_json(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; name an event file, or a folder with an event.json"
        ) from None
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from None


def run_replay(replay: Replay) -> Replayed:
    """Run the event through its handler; what the handler writes is kept nowhere.

    Raises:
        UsageError: the event is for neither handler, or a setting is unknown or of a wrong type.
    """
    storage = _PassingStorage(FolderStorage(replay.objects, remedy=_REMEDY))
    try:
        answer = _handle(replay, storage)
    except UsageError:
        raise
    except LabelwrightError as error:
        return Replayed({"error": {"code": error.code, "message": str(error)}}, [])
    written = sorted((uri, len(data)) for uri, data in storage.written.items())
    return Replayed(answer, written)


def _handle(replay: Replay, storage: Storage) -> Json:
    """Call the handler that the event is for: ``dataObject`` is pre-, ``payload`` post-labeling."""
    event = replay.event
    keys = event if isinstance(event, dict) else {}
    if "dataObject" in keys:
        return pre_labeling.handle(event, storage, _settings_of(replay, pre_labeling.Settings))
    if "payload" in keys:
        return post_labeling.handle(event, storage, _settings_of(replay, post_labeling.Settings))
    raise UsageError(
        f"{replay.name}: neither a pre-labeling event (key dataObject) nor a post-labeling event "
        "(key payload)"
    )


def _settings_of(replay: Replay, kind: type[_Settings]) -> _Settings:
    """Return the settings that this handler has; one that neither has is a mistake."""
    known = {
        field.name
        for settings in (pre_labeling.Settings, post_labeling.Settings)
        for field in fields(settings)
    }
    unknown = sorted(set(replay.settings) - known)
    if unknown:
        raise UsageError(
            f"{replay.name}: settings.json names unknown settings ({', '.join(unknown)}); there "
            f"are {', '.join(sorted(known))}"
        )
    own = {field.name for field in fields(kind)}
    given = {name: value for name, value in replay.settings.items() if name in own}
    try:
        return TypeAdapter(kind).validate_python(given)
    except ValidationError as error:
        raise UsageError(f"{replay.name}: settings.json: {explain(error)}") from None


def difference(replay: Replay, replayed: Replayed) -> str:
    """Return how the answer differs from what is expected, as a unified diff; '' if it does not.

    Of an error, only what ``expected.json`` states is compared: the code, and the message when it
    is there.

    Raises:
        UsageError: there is no ``expected.json``, or it states an error that is none.
    """
    if replay.expected is None:
        raise UsageError(f"{replay.name}: there is no expected.json to check against")
    answer = replayed.answer
    if replayed.failed and isinstance(replay.expected, dict):
        stated = replay.expected.get("error", {})
        if not isinstance(stated, dict):
            raise UsageError(
                f"{replay.name}: expected.json: 'error' is not an object such as "
                '{"code": "object-not-found"}'
            )
        answer = {"error": {key: answer["error"].get(key) for key in stated}} if stated else answer
    if answer == replay.expected:
        return ""
    return "\n".join(
        difflib.unified_diff(
            pretty(replay.expected).splitlines(),
            pretty(answer).splitlines(),
            "expected.json",
            "answer",
            lineterm="",
        )
    )


def pretty(value: Json) -> str:
    """Return JSON as people read it, with what a terminal would act on escaped as JSON does."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return re.sub(r"[^\n -~]", _as_json_has_it, text)


def _as_json_has_it(character: re.Match[str]) -> str:
    if character[0].isprintable():
        return character[0]
    units = character[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


class _PassingStorage:
    """Reads from a folder, and keeps what is written only as long as it is there itself."""

    def __init__(self, origin: Storage) -> None:
        self._origin = origin
        self.written: dict[str, bytes] = {}

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Read; see ``storage.Storage``."""
        return self._origin.read(uri, limit=limit)

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Read; see ``storage.Storage``."""
        return self._origin.read_if_changed(uri, etag)

    def write(self, uri: str, data: bytes) -> None:
        """Keep what S3 would be given."""
        parse_uri(uri)
        self.written[uri] = data

    def write_if(self, uri: str, data: bytes, etag: str | None) -> bool:  # noqa: ARG002
        """Keep what S3 would be given; nobody else writes here."""
        self.write(uri, data)
        return True

    def keys(self, uri: str) -> list[str]:
        """List; see ``storage.Storage``."""
        return self._origin.keys(uri)


class _CopyingStorage:
    """Reads from one storage and keeps a copy of all it read in a folder; writes nowhere else."""

    def __init__(self, origin: Storage, copies: FolderStorage) -> None:
        self._origin = origin
        self._copies = copies
        self.copied: list[str] = []

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Read and keep; see ``storage.Storage``."""
        data = self._origin.read(uri, limit=limit)
        self._keep(uri, data)
        return data

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Read and keep; see ``storage.Storage``."""
        version = self._origin.read_if_changed(uri, etag)
        if version is not None:
            self._keep(uri, version.data)
        return version

    def write(self, uri: str, data: bytes) -> None:
        """Write nothing: a replay changes nothing where the event came from."""

    def write_if(self, uri: str, data: bytes, etag: str | None) -> bool:  # noqa: ARG002
        """Write nothing; see ``storage.Storage``."""
        return False

    def keys(self, uri: str) -> list[str]:
        """List what is there; see ``storage.Storage``."""
        return self._origin.keys(uri)

    def _keep(self, uri: str, data: bytes) -> None:
        self._copies.write(uri, data)
        self.copied.append(uri)


class Fetched(NamedTuple):
    """The addresses of what was copied, and the error that the handler stopped at."""

    copied: list[str]
    stopped: LabelwrightError | None


def fetch(replay: Replay, origin: Storage) -> Fetched:
    """Copy every object that the handler reads from ``origin`` into the replay's folder.

    The handler itself tells which these are: it runs once on the real objects, writing nothing.
    What it stops at may be the very failure that is being taken home, or why nothing was copied.

    Raises:
        UsageError: the event or the settings can't be used at all.
    """
    storage = _CopyingStorage(origin, FolderStorage(replay.objects))
    try:
        _handle(replay, storage)
    except UsageError:
        raise
    except LabelwrightError as error:
        return Fetched(storage.copied, error)
    return Fetched(storage.copied, None)
