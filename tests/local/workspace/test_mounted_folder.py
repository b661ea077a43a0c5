"""A folder that people name stands in for a bucket that is only read from."""

from pathlib import Path

import pytest

from labelwright.errors import ObjectNotFound, ObjectTooLarge, UsageError
from labelwright_local.workspace.mounted_folder import MountedFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a name that no bucket could have, and two files."""
    folder = tmp_path / "My Job"
    (folder / "7").mkdir(parents=True)
    (folder / "7" / "2026-01-02_03%3A04%3A05.json").write_bytes(b"12345")
    (folder / "notes").write_bytes(b"x")
    return folder


def test_files_are_listed_by_the_keys_that_they_stand_for(folder: Path) -> None:
    """Where a file system forbids colons, names have them encoded."""
    mounted = MountedFolder(folder)
    (key,) = mounted.keys(f"{mounted.root}/7")
    assert key == f"{mounted.root}/7/2026-01-02_03:04:05.json"
    assert mounted.keys(mounted.root) == [key, f"{mounted.root}/notes"]
    assert mounted.read(key) == b"12345"
    assert mounted.path(key).parent == folder / "7"


@pytest.mark.parametrize("key", ["none", "../outside", "7", "7/../../outside"])
def test_nothing_else_is_read(folder: Path, key: str) -> None:
    """An address may come from an answer."""
    (folder.parent / "outside").write_bytes(b"secret")
    mounted = MountedFolder(folder)
    with pytest.raises(ObjectNotFound):
        mounted.read(f"{mounted.root}/{key}")


def test_the_address_ends_like_the_path(folder: Path) -> None:
    """So that a folder inside a job is known by its place there."""
    assert MountedFolder(folder / "7").root.endswith("/My Job/7")


def test_a_file_over_the_limit_is_not_read(folder: Path) -> None:
    """As in every storage."""
    mounted = MountedFolder(folder)
    assert mounted.read(f"{mounted.root}/notes", limit=1) == b"x"
    with pytest.raises(ObjectTooLarge):
        mounted.read(f"{mounted.root}/notes", limit=0)


def test_a_file_that_is_gone_is_told(folder: Path) -> None:
    """With its path."""
    mounted = MountedFolder(folder)
    (folder / "notes").unlink()
    with pytest.raises(UsageError, match=r"notes: the file can't be read"):
        mounted.read(f"{mounted.root}/notes")
