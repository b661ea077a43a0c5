"""A job as data frames."""

from pathlib import Path
from typing import Any

import pytest

from labelwright.errors import UsageError
from labelwright_local.load import load_job
from tests.local.export.jobs import MARKED, box_job, marked_job
from tests.local.finished_job.builtin import box_job as built_in_boxes


def rows(frame: Any) -> list[dict[str, Any]]:
    """Return a frame's rows."""
    found: list[dict[str, Any]] = frame.to_pylist()
    return found


def test_a_job_is_four_frames(tmp_path: Path) -> None:
    """Objects, labels item by item, answers with their workers, and workers."""
    frames = load_job(str(marked_job(tmp_path)), backend="pyarrow")
    assert [row["answers"] for row in rows(frames.objects)] == [2, 2, 2]
    places = [row for row in rows(frames.labels) if row["field"] == "places"]
    cities = [MARKED[row["start"] : row["end"]] for row in places if row["object"] == "0"]
    assert cities == ["Bergen", "Oslo", "Zu\u0308rich"]
    assert [row["value"] for row in places if row["object"] == "1"] == [None]
    moods = [row for row in rows(frames.answers) if row["field"] == "mood"]
    assert [row["value"] for row in moods] == ["sunny", "sunny", "rainy", "rainy", "rainy", "rainy"]
    workers = rows(frames.workers)
    assert {row["worker"] for row in moods} == {row["worker"] for row in workers}
    assert [(row["objects"], row["seconds"], row["name"]) for row in workers] == [
        (3, 4.5, None),
        (3, 4.5, None),
    ]
    assert rows(frames.faults) == []


@pytest.mark.parametrize("make", [box_job, built_in_boxes])
def test_boxes_are_rows_with_sides(make: Any, tmp_path: Path) -> None:
    """Of labels, ours and built in, and of answers."""
    make(tmp_path / "j")
    frames = load_job(str(tmp_path / "j"), backend="pyarrow")
    sides = {(row["value"], row["left"], row["width"]) for row in rows(frames.labels)}
    assert ("nest", 10, 30) in sides
    assert any(row["value"] == "bird" and row["width"] > 0 for row in rows(frames.answers))


def test_workers_have_their_ids_on_choice(tmp_path: Path) -> None:
    """Else pseudonyms, the same each time."""
    job = str(marked_job(tmp_path))
    plain = rows(load_job(job, backend="pyarrow").workers)
    assert plain == rows(load_job(job, backend="pyarrow").workers)
    assert all(row["worker"].startswith("worker-") for row in plain)
    named = load_job(job, backend="pyarrow", with_names=True)
    assert [row["worker"] for row in rows(named.workers)] == ["w0", "w1"]


def test_an_unknown_or_absent_library_is_named(tmp_path: Path) -> None:
    """With what to install."""
    with pytest.raises(UsageError, match="no backend 'excel'"):
        load_job(str(tmp_path), backend="excel")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"labelwright\[frames\]' polars"):
        load_job(str(tmp_path), backend="polars")
