import json
from pathlib import Path
from typing import Any

import pytest

import post_labeling
import pre_labeling
from labelwright.errors import LabelwrightError
from labelwright_local.workspace.folder_storage import FolderStorage

EVENTS = Path(__file__).parents[2] / "events"
FOLDERS = sorted(path.parent for path in EVENTS.glob("*/event.json"))


def load(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def replay(folder: Path, written: Path) -> Any:
    """Return what the handler answers, or its error's code in the form of ``expected.json``."""
    event = load(folder / "event.json")
    chosen = load(folder / "settings.json") if (folder / "settings.json").exists() else {}
    storage = FolderStorage(written, folder / "s3")
    try:
        if "dataObject" in event:
            return pre_labeling.handle(event, storage, pre_labeling.Settings(**chosen))
        return post_labeling.handle(event, storage, post_labeling.Settings(**chosen))
    except LabelwrightError as error:
        return {"error": {"code": error.code}}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_event_gives_what_it_expects(folder: Path, tmp_path: Path) -> None:
    """Every recorded event, replayed beside its objects, gives exactly its expected output."""
    expected = load(folder / "expected.json")
    assert replay(folder, tmp_path) == expected


def test_events_cover_both_handlers() -> None:
    """There are events for both handlers, and the README of the folder names every one."""
    names = {folder.name for folder in FOLDERS}
    assert len([name for name in names if name.startswith("pre-")]) >= 20
    assert len([name for name in names if name.startswith("post-")]) >= 15
    readme = (EVENTS / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"`{name}`" not in readme] == []


def test_large_label_is_found_whole_where_the_response_points(tmp_path: Path) -> None:
    """A label's file holds the complete label: the fields of the response and all answers."""
    folder = EVENTS / "post-large-label"
    response = replay(folder, tmp_path)
    label = response[0]["consolidatedAnnotation"]["content"]["River-Birds"]
    whole = json.loads(FolderStorage(tmp_path).read(label["annotationsRef"]))
    payload = load(next((folder / "s3").rglob("*08%3A07.json")))
    assert whole["annotationsFromAllWorkers"] == payload[0]["annotations"]
    assert whole["fields"] == label["fields"]


def test_file_names_of_events_are_allowed_everywhere() -> None:
    """No file of an event has a name that Windows forbids."""
    forbidden = set('<>:"\\|?*')
    names = [path.name for path in EVENTS.rglob("*")]
    assert [name for name in names if forbidden & set(name)] == []
