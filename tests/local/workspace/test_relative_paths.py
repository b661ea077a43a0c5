"""Relative paths of a manifest: which are accepted, and where they lead."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import ManifestLineError, ObjectNotFound, StorageError
from labelwright_local.workspace.data_folder import DataFolder, data_folder
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.relative_paths import (
    DATA_BUCKET,
    address_of,
    addressed,
    is_relative,
    path_of,
)

AWKWARD = [
    "a b.png", "sub dir/ü#1%20?.PNG", "e\u0301.jpg", "é.jpg", "100%25.png", "x:y.png", "a%3Ab.png",
    "quote'\".png", "tab\tnew\nline.png", "…/😀.webp", "c:\\d.png",
]  # fmt: skip
segments = st.sampled_from(["..", ".", "", "a", "in", "b.png", "link", ".hidden", "s3", "\0", "~"])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data folder with files of all names, beside one with a secret."""
    folder = tmp_path / "in"
    for name in AWKWARD:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link").symlink_to(tmp_path)
    (folder / "file-link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / ".hidden").write_text("secret")
    for name in ("w/s3/labelwright-local/output/answers.json", "w/portal.key"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("secret")
    return folder


def storage(data: Path) -> FolderStorage:
    """Offer a workspace with that data folder."""
    return FolderStorage(data.parent / "work" / "s3", data=DataFolder(data))


@pytest.mark.parametrize("name", AWKWARD)
def test_a_file_is_found_by_its_name_as_it_is(data: Path, name: str) -> None:
    """Under a stand-in address, which leads back to the path."""
    uri = address_of(name)
    assert storage(data).read(uri).decode() == name
    assert path_of(uri) == name
    assert name in storage(data).list_keys(DATA_BUCKET, "")


def test_nothing_but_the_folders_files_is_listed(data: Path) -> None:
    """Neither hidden files, links that lead out, nor what jobs keep."""
    found = storage(data)
    assert sorted(found.list_keys(DATA_BUCKET, "")) == sorted(AWKWARD)
    assert found.list_keys(DATA_BUCKET, "sub dir/") == ["sub dir/ü#1%20?.PNG"]
    assert found.has_bucket(DATA_BUCKET)
    assert "link" not in found.listed(DATA_BUCKET, "")


@given(steps=st.lists(segments, min_size=1, max_size=5))
@example(["..", "secret.txt"])
@example(["link", "secret.txt"])
@example(["file-link.txt"])
@example(["w", "portal.key"])
@example(["w", "s3", "labelwright-local", "output", "answers.json"])
@example(["", "etc", "hostname"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_leads_out_of_the_folder(data: Path, steps: list[str]) -> None:
    """Whatever it is made of, also as an address that somebody wrote."""
    path = "/".join(steps)
    for uri in (f"s3://{DATA_BUCKET}/{path}", f"s3://{DATA_BUCKET}/x/../{path}"):
        with pytest.raises(StorageError):
            storage(data).read(uri)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../a.png", "leads out"), ("a/../../b.png", "leads out"), ("/etc/passwd", "absolute"),
        (".ssh/id.png", "hidden"), ("a//b.png", "no path"), ("folder/", "no path"),
        ("x" * 2_000, "1,024 bytes"), ("\ud800.png", "Unicode"),
    ],
)  # fmt: skip
def test_other_paths_are_refused_with_their_reason(path: str, reason: str) -> None:
    """By key; the path itself is not repeated."""
    with pytest.raises(ManifestLineError, match=reason) as caught:
        addressed({"source-ref": path})
    assert "source-ref" in str(caught.value)
    assert path not in str(caught.value)


@given(st.text(min_size=1, max_size=30))
def test_a_path_is_an_address_or_refused(path: str) -> None:
    """An address that S3 could have."""
    if not is_relative(path):
        return
    try:
        uri = address_of(path)
    except ValueError:
        return
    assert S3Uri.parse(uri).bucket == DATA_BUCKET


def test_only_keys_that_name_files_are_changed() -> None:
    """Addresses stay, and so do all other keys."""
    line = {"source-ref": "./a b.png", "text-file-s3-uri": "s3://b/t.txt", "other": "c.png"}
    assert addressed(line) == {**line, "source-ref": f"s3://{DATA_BUCKET}/a b.png"}
    assert addressed({"source": "a.png"}) == {"source": "a.png"}
    assert addressed({"source-ref": "https://example.org/a.png"})["source-ref"].startswith("https")


def test_nothing_is_written_to_the_data_folder(data: Path) -> None:
    """A function that writes to the stand-in bucket finds its object again, in the workspace."""
    uri = address_of("a b.png")
    found = storage(data)
    found.write(uri, b"new")
    assert found.read(uri) == b"new"
    assert (data / "a b.png").read_text() == "a b.png"
    with pytest.raises(StorageError, match="only read from"):
        found.delete(uri)
    assert found.read(uri) == b"a b.png"
    with pytest.raises(ObjectNotFound):
        found.read(address_of("none.png"))


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ('data = "../pics"', "job/../pics"), ('data = "/abs"', "/abs"), ("data = 7", "job"),
        ("no toml", "job"), ("", "job"), (None, "job"),
    ],
)  # fmt: skip
def test_the_data_folder_is_the_manifests_own_unless_its_task_names_one(
    tmp_path: Path, text: str | None, folder: str
) -> None:
    """A definition that can't be read names none."""
    (tmp_path / "job").mkdir()
    if text is not None:
        (tmp_path / "job" / "task.toml").write_text(text)
    assert data_folder(tmp_path / "job" / "manifest.jsonl") == tmp_path / folder
