"""The folder that stands in for S3."""

from pathlib import Path

import pytest

from labelwright.errors import ObjectNotFound, ObjectTooLarge, StorageError
from labelwright_local.workspace.folder_storage import FolderStorage

URI = "s3://bucket/a/2021-11-18_02:19:51.json"


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    """Offer a folder, and one to fall back on."""
    return FolderStorage(tmp_path / "own", tmp_path / "fallback")


def test_what_is_written_is_read_again(storage: FolderStorage) -> None:
    """Under its address, as a file of that path."""
    storage.write(URI, b"data")
    assert storage.read(URI) == b"data"
    assert storage.path(URI).read_bytes() == b"data"


def test_a_missing_object_is_named(storage: FolderStorage) -> None:
    """The error carries the address."""
    with pytest.raises(ObjectNotFound, match="s3://bucket/none"):
        storage.read("s3://bucket/none")


def test_what_is_not_there_is_looked_for_in_the_fallback(
    storage: FolderStorage, tmp_path: Path
) -> None:
    """Also under a name with percent-encoded colons, and it is never written to."""
    file = tmp_path / "fallback" / "bucket" / "a" / "2021-11-18_02%3A19%3A51.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"old")
    assert storage.read(URI) == b"old"
    storage.write(URI, b"new")
    assert storage.read(URI) == b"new"
    assert file.read_bytes() == b"old"


def test_an_object_over_the_limit_is_not_read(storage: FolderStorage) -> None:
    """The error tells both sizes."""
    storage.write(URI, b"12345")
    with pytest.raises(ObjectTooLarge) as caught:
        storage.read(URI, limit=4)
    assert (caught.value.size, caught.value.limit) == (5, 4)


def test_an_unchanged_object_is_not_read_twice(storage: FolderStorage) -> None:
    """As long as its content is the same."""
    storage.write(URI, b"one")
    first = storage.read_if_changed(URI, None)
    assert first is not None
    assert storage.read_if_changed(URI, first.etag) is None
    storage.write(URI, b"two")
    second = storage.read_if_changed(URI, first.etag)
    assert second is not None
    assert second.data == b"two"


@pytest.mark.parametrize(
    "uri",
    [
        "s3://bucket/../../etc/passwd",
        "s3://bucket/a/../../../x",
        "s3://bucket/a//b",
        "s3://../x",
        "s3:///etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "s3://bucket/",
        "s3://bucket/a\0b",
    ],
)
def test_no_address_leads_out_of_the_folder(storage: FolderStorage, uri: str) -> None:
    """Neither reading nor writing."""
    with pytest.raises(StorageError):
        storage.read(uri)
    with pytest.raises(StorageError):
        storage.write(uri, b"")


def test_a_symbolic_link_leads_nowhere_else(storage: FolderStorage, tmp_path: Path) -> None:
    """A link to a file outside is refused."""
    (tmp_path / "secret").write_text("secret")
    link = storage.path("s3://bucket/link")
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "secret")
    with pytest.raises(StorageError, match="leads out"):
        storage.read("s3://bucket/link")


def test_keys_lists_what_is_below_a_prefix(storage: FolderStorage) -> None:
    """Whole addresses, sorted."""
    for name in ("b", "a", "c/d"):
        storage.write(f"s3://bucket/job/{name}", b"")
    storage.write("s3://bucket/other/x", b"")
    assert storage.keys("s3://bucket/job") == [
        "s3://bucket/job/a",
        "s3://bucket/job/b",
        "s3://bucket/job/c/d",
    ]


def test_a_missing_object_is_told_with_all_folders_it_may_be_put_into(tmp_path: Path) -> None:
    """The one that people fill first, and what to do."""
    storage = FolderStorage(tmp_path / "own", tmp_path / "fallback", remedy="put it there")
    with pytest.raises(ObjectNotFound) as caught:
        storage.read(URI)
    assert str(caught.value) == (
        f"{URI}: there is no such object below {tmp_path / 'fallback'} nor below "
        f"{tmp_path / 'own'}; put it there"
    )


@pytest.mark.parametrize("key", ["x" * 300, "é" * 200, f"{'y' * 256}/z"])
def test_a_name_that_no_file_can_have_is_of_no_file(storage: FolderStorage, key: str) -> None:
    """S3 has keys of 1,024 bytes, a file system names of 255."""
    uri = f"s3://bucket/{key}"
    with pytest.raises(ObjectNotFound):
        storage.read(uri)
    assert not storage.exists(uri)
    with pytest.raises(StorageError, match="the file can't be written"):
        storage.write(uri, b"")


def test_what_can_not_be_written_is_told_with_its_address(tmp_path: Path) -> None:
    """Where the folder is a file, say."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"s3://bucket/.*the file can't be written \(Not a dir"):
        FolderStorage(tmp_path / "file").write(URI, b"")


def test_a_folder_in_the_place_of_a_file_is_told(storage: FolderStorage) -> None:
    """And nothing is left behind of the attempt."""
    storage.write(URI, b"")
    with pytest.raises(StorageError, match="the file can't be written"):
        storage.write("s3://bucket/a", b"")
    assert [path.name for path in storage.root.rglob("*") if path.is_file()] == [
        storage.path(URI).name
    ]


def test_a_folder_behind_a_link_is_used_as_it_is(tmp_path: Path) -> None:
    """Only links inside of it must not lead out."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    storage = FolderStorage(tmp_path / "link")
    storage.write(URI, b"data")
    assert storage.read(URI) == b"data"


@pytest.mark.parametrize("key", ["a%3Ab", "100%25", "50% off:now"])
def test_a_key_that_looks_like_an_encoded_one_stays_itself(
    storage: FolderStorage, key: str
) -> None:
    """Beside the key that it would be the encoding of."""
    other = key.replace("%3A", ":").replace("%25", "%")
    storage.write(f"s3://bucket/{other}", b"other")
    storage.write(f"s3://bucket/{key}", b"own")
    assert storage.read(f"s3://bucket/{key}") == b"own"
    assert storage.list_keys("bucket", "") == sorted({key, other})
    storage.delete(f"s3://bucket/{key}")
    assert storage.list_keys("bucket", "") == ([other] if other != key else [])


def test_a_file_that_people_copied_is_found_by_its_own_name(
    storage: FolderStorage, tmp_path: Path
) -> None:
    """Though it looks like another's encoded one."""
    file = tmp_path / "fallback" / "bucket" / "a%3Ab"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"copied")
    assert storage.read("s3://bucket/a%3Ab") == b"copied"


def test_keys_are_listed_by_any_beginning_in_all_folders(
    storage: FolderStorage, tmp_path: Path
) -> None:
    """In the order of their UTF-8 bytes, each once."""
    for key in ("job/b", "job/a:1", "jobs", "other/x"):
        storage.write(f"s3://bucket/{key}", b"")
    for name in ("job/b", "job/a%3A2", "job/.writing-1"):
        file = tmp_path / "fallback" / "bucket" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    assert storage.list_keys("bucket", "job") == ["job/a:1", "job/a:2", "job/b", "jobs"]
    assert storage.list_keys("bucket", "job/a:") == ["job/a:1", "job/a:2"]
    assert storage.list_keys("bucket", "none/") == []
    assert storage.list_keys("bucket", "../") == []
    storage.write("s3://elsewhere/x", b"")
    assert storage.list_keys("bucket", f"{storage.root}/elsewhere/") == []
    assert storage.has_bucket("bucket")
    assert not storage.has_bucket("none-such")
    assert not storage.has_bucket("..")


def test_nothing_behind_a_symbolic_link_is_listed(storage: FolderStorage, tmp_path: Path) -> None:
    """Neither a file nor a folder."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file").write_text("secret")
    storage.write("s3://bucket/key", b"")
    bucket = tmp_path / "own" / "bucket"
    (bucket / "folder").symlink_to(tmp_path / "secret")
    (bucket / "file").symlink_to(tmp_path / "secret" / "file")
    (tmp_path / "own" / "linked").symlink_to(tmp_path / "secret")
    assert storage.list_keys("bucket", "") == ["key"]
    assert storage.list_keys("bucket", "folder/") == []
    assert storage.list_keys("linked", "") == []


def test_a_deleted_object_is_gone_and_may_be_deleted_again(
    storage: FolderStorage, tmp_path: Path
) -> None:
    """What lies in the fallback is never touched."""
    storage.write(URI, b"data")
    storage.delete(URI)
    storage.delete(URI)
    assert not storage.exists(URI)
    file = tmp_path / "fallback" / "bucket" / "kept"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    with pytest.raises(StorageError, match="only read from"):
        storage.delete("s3://bucket/kept")
    assert file.exists()
