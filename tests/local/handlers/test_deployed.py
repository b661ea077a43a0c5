"""The deployed handlers in a local job: which texts workers' answers can name."""

from pathlib import Path
from typing import Any

import pytest

from labelwright_local.manifest.buckets import data_buckets
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import BUCKET
from tests.local.jobs import SmallJob, answer

SPANS = 'name = "t"\nfields = [{name = "names", path = "a.names", kind = "spans"}]\n'
TEXT = "s3://my-texts/1.txt"
#: Longer than every file that is named here.
FAR = {"startOffset": 90_000, "endOffset": 90_009, "label": "a"}


class Recording(FolderStorage):
    """A folder that remembers what was read."""

    def __init__(self, *folders: Path) -> None:
        super().__init__(*folders)
        self.read_addresses: list[str] = []

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Read an object."""
        self.read_addresses.append(uri)
        return super().read(uri, limit=limit)


def claiming(folder: Path, uri: str) -> tuple[Any, Recording]:
    """Label one picture, of which three workers say that they saw this text; return its label."""
    answers = []
    for worker in "uvw":
        made = answer(0, worker, "")
        made["answerContent"] = {"a": {"names": {"entities": [FAR]}, "text": {"uri": uri}}}
        answers.append(made)
    line = {"source-ref": "s3://my-pictures/1.png", "text-file-s3-uri": TEXT}
    for path in ("my-texts/1.txt", "secrets/1.txt"):
        (folder / "s3" / path).parent.mkdir(parents=True)
        (folder / "s3" / path).write_text("short", encoding="utf-8")
    job = SmallJob(folder, [line], answers, SPANS)
    job.storage = Recording(folder / "workspace" / "s3", folder / "s3")
    job.run()
    [made] = job.output()
    return made["birds-job"], job.storage


def test_a_text_of_the_manifest_can_be_named(tmp_path: Path) -> None:
    """It is read, and spans that it does not bear out are no votes."""
    label, storage = claiming(tmp_path, TEXT)
    assert label["fields"]["names"]["value"] is None
    assert TEXT in storage.read_addresses


@pytest.mark.parametrize(
    "uri",
    [
        f"s3://{BUCKET}/output/birds-job/labelwright/run.lock",
        f"s3://{BUCKET}/output/another/annotations/worker-response/iteration-1/0/x.json",
        "s3://secrets/1.txt",
        "s3://my-texts-too/1.txt",
    ],
)
def test_nothing_else_can_be(tmp_path: Path, uri: str) -> None:
    """Neither the jobs' own files nor what lies beside the data: spans stay as they came."""
    label, storage = claiming(tmp_path, uri)
    [span] = label["fields"]["names"]["value"]
    assert (span["start"], span["votes"]) == (90_000, 3)
    assert "short" not in str(label)
    assert uri not in storage.read_addresses


def test_buckets_are_those_of_all_good_lines(tmp_path: Path) -> None:
    """Damaged ones name none, nor do addresses that are none; paths have a stand-in."""
    manifest = tmp_path / "manifest.jsonl"
    lines = [
        '\ufeff{"source-ref": "s3://one/a"}',
        '{"source": "x", "text-file-s3-uri": "s3://two/a"}',
        '{"source-ref": 5}',
        '{"source-ref": "three://a"}',
        "",
        "{",
        "[1]",
        '{"source-ref": "s3://one/b", "other": "s3://four/a"}',
    ]
    manifest.write_text("\n".join(lines), encoding="utf-8")
    assert data_buckets(manifest) == {"one", "two"}
    manifest.write_text('{"source-ref": "pictures/a b.png"}\n', encoding="utf-8")
    assert data_buckets(manifest) == {"labelwright-data"}
