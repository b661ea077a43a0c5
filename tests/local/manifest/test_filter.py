"""``labelwright manifest filter``: the skip rules before a job starts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

import pre_labeling
from labelwright_cli.main import app
from labelwright_local.workspace.folder_storage import FolderStorage

TASK = """
name = "birds"
[[fields]]
name = "species"
path = "bird.label"
kind = "choice"
[[skip]]
when = "text-empty"
[[skip]]
when = "key-equals"
key = "split"
value = "test"
"""


class Folder:
    """A task, a manifest and texts in a folder, and the command that filters them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = path / "manifest.jsonl"
        (path / "task").mkdir()
        (path / "task" / "task.toml").write_text(TASK, encoding="utf-8")

    def text(self, name: str, data: bytes, folder: str = "s3") -> str:
        """Store a text; return its address."""
        file = self.path / folder / "bucket" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return f"s3://bucket/{name}"

    def filter(self, *lines: bytes, **options: str | Path) -> tuple[int, str]:
        """Filter the lines into ``out`` and ``skipped``; return exit status and standard error."""
        self.manifest.write_bytes(b"".join(lines))
        given = {"task": self.path / "task", "out": self.path / "out", **options}
        arguments = [part for key, value in given.items() for part in (f"--{key}", str(value))]
        result = CliRunner().invoke(app, ["manifest", "filter", str(self.manifest), *arguments])
        return result.exit_code, result.stderr

    @property
    def out(self) -> bytes:
        """Return the lines that go to workers."""
        return (self.path / "out").read_bytes()

    @property
    def skipped(self) -> list[dict[str, Any]]:
        """Return the entries of the skipped lines."""
        text = (self.path / "skipped.jsonl").read_text(encoding="utf-8")
        return [json.loads(entry) for entry in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Make a folder with a task."""
    return Folder(tmp_path)


def named(address: str) -> bytes:
    """Write a line that names a text."""
    return json.dumps({"source": "p", "text-file-s3-uri": address}).encode() + b"\n"


def test_lines_for_workers_stay_byte_for_byte_and_skipped_ones_are_listed(folder: Folder) -> None:
    """Spaces, line ends and the missing end of the last line are kept."""
    lines = [
        b'{"source":   "\\u00e9"}\r\n',
        b'{"source": "b", "split": "test"}\n',
        named(folder.text("blank.txt", b" \n")),
        named(folder.text("full.txt", "é".encode())),
        named("s3://bucket/missing.txt"),
        b'  {"source": "c"}',
    ]
    status, told = folder.filter(*lines)
    assert status == 0
    assert lines[0] + lines[3] + lines[5] == folder.out
    assert folder.skipped == [
        {
            "line": 2,
            "datasetObjectId": "1",
            "rule": "key-equals",
            "reason": "'split' has the value that is skipped",
        },
        {
            "line": 3,
            "datasetObjectId": "2",
            "rule": "text-empty",
            "reason": "the text is empty",
        },
        {
            "line": 5,
            "datasetObjectId": "4",
            "rule": "text-empty",
            "reason": "the text file does not exist",
        },
    ]
    assert "6 lines: 3 to workers, 3 skipped (text-empty 2, key-equals 1), 0 bad" in told


def test_bad_lines_and_unreadable_texts_do_not_stop_the_others(folder: Folder) -> None:
    """They are told with their line numbers, are in neither file, and make the exit status 1."""
    good = b'{"source": "a"}\n'
    status, told = folder.filter(
        b"{'source': 'a'}\n",
        named(folder.text("latin.txt", b"\xe4 bird")),
        b'{"source-ref": 3}\n',
        good,
        named(folder.text("large.txt", b"x" * 1_000_001)),
    )
    assert status == 1
    assert good == folder.out
    assert folder.skipped == []
    for number, part in {
        1: "Python",
        2: "[text-encoding]",
        3: "number",
        5: "[text-too-large]",
    }.items():
        assert any(
            f"manifest.jsonl:{number}: error: " in x and part in x for x in told.splitlines()
        )
    assert "1 to workers, 0 skipped, 4 bad" in told
    assert "bird" not in told.replace(str(folder.path), "")


def test_filter_and_pre_labeling_decide_alike(folder: Folder) -> None:
    """What the filter keeps goes to workers in the job, what it skips does not."""
    addresses = [folder.text(f"{n}.txt", text) for n, text in enumerate([b"", b"x", b"\n"])]
    lines = [named(address) for address in [*addresses, "s3://bucket/none"]]
    folder.filter(*lines)
    storage = FolderStorage(folder.path / "s3")
    task = folder.text("task.toml", TASK.encode())
    settings = pre_labeling.Settings(task_definition=task)
    answers = [
        pre_labeling.handle(
            {"labelingJobArn": "arn", "dataObject": json.loads(line)}, storage, settings
        )
        for line in lines
    ]
    assert (
        b"".join(
            line
            for line, answer in zip(lines, answers, strict=True)
            if answer["isHumanAnnotationRequired"]
        )
        == folder.out
    )
    assert [entry["rule"] for entry in folder.skipped] == [
        answer["taskInput"]["skipped"]["rule"]
        for answer in answers
        if not answer["isHumanAnnotationRequired"]
    ]


def test_many_lines_come_out_in_their_order(folder: Folder) -> None:
    """Texts are read several at a time, and still no line overtakes another."""
    lines = [named(folder.text(f"{n}.txt", b"x" if n % 3 else b"")) for n in range(200)]
    folder.filter(*lines)
    assert b"".join(line for n, line in enumerate(lines) if n % 3) == folder.out
    assert [n + 1 for n in range(200) if n % 3 == 0] == [e["line"] for e in folder.skipped]


def test_without_rules_everything_goes_to_workers_and_that_is_said(folder: Folder) -> None:
    """A task without skip rules skips nothing."""
    definition = folder.path / "task" / "task.toml"
    definition.write_text(TASK.split("[[skip]]", maxsplit=1)[0], encoding="utf-8")
    status, told = folder.filter(b'{"source": "a", "split": "test"}\n')
    assert status == 0
    assert "no skip rules" in told


def test_lines_go_to_standard_output_unless_a_file_is_named(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is printed there."""
    monkeypatch.chdir(folder.path)
    folder.manifest.write_bytes(b'{"source": "a"}\n{"source": "b", "split": "test"}\n')
    result = CliRunner().invoke(app, ["manifest", "filter", "manifest.jsonl", "--task", "task"])
    assert (result.exit_code, result.stdout_bytes) == (0, b'{"source": "a"}\n')
    assert [entry["line"] for entry in folder.skipped] == [2]


def test_a_missing_folder_of_texts_is_not_a_manifest_of_missing_texts(folder: Folder) -> None:
    """Where the data is not here at all, nothing is skipped or written."""
    status, told = folder.filter(named("s3://bucket/a.txt"))
    assert status == 2
    assert "there is no folder" in told
    assert "--data" in told
    assert not (folder.path / "out").exists()
    assert sorted(path.name for path in folder.path.iterdir()) == ["manifest.jsonl", "task"]


def test_the_folder_of_texts_can_be_named(folder: Folder) -> None:
    """The texts need not lie beside the manifest."""
    line = named(folder.text("a.txt", b"x", folder="elsewhere"))
    assert folder.filter(line, data=folder.path / "elsewhere")[0] == 0
    assert line == folder.out


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Make a bucket in an S3 of this process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        yield client


def test_texts_are_read_from_s3_for_data_s3(folder: Folder, bucket: Any) -> None:
    """The word s3 stands for S3 itself."""
    bucket.put_object(Bucket="bucket", Key="full.txt", Body=b"x")
    bucket.put_object(Bucket="bucket", Key="blank.txt", Body=b"")
    names = ("full", "blank", "missing")
    lines = [named(f"s3://bucket/{name}.txt") for name in names]
    assert folder.filter(*lines, data="s3")[0] == 0
    assert lines[0] == folder.out
    assert [entry["rule"] for entry in folder.skipped] == ["text-empty"] * 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"out": "manifest.jsonl"}, "named twice"),
        ({"skipped": "out"}, "named twice"),
        ({"data": "nowhere"}, "no such folder"),
        ({"task": "nowhere"}, "task.toml"),
        ({"out": "no/folder"}, "No such file or directory"),
    ],
)
def test_usage_errors_are_one_line_and_harm_no_file(
    folder: Folder, options: dict[str, str], reason: str
) -> None:
    """A file is never written over what is read."""
    line = b'{"source": "a"}\n'
    status, told = folder.filter(line, **{key: folder.path / name for key, name in options.items()})
    assert (status, told.count("\n")) == (2, 1)
    assert reason in told
    assert line == folder.manifest.read_bytes()


def test_an_output_that_is_a_link_is_written_through(folder: Folder) -> None:
    """What a link leads to, such as a terminal, is not replaced by a file."""
    target = folder.path / "target"
    target.write_bytes(b"old")
    link = folder.path / "link"
    link.symlink_to(target)
    folder.filter(b'{"source": "a"}\n', out=link)
    assert link.is_symlink()
    assert target.read_bytes() == b'{"source": "a"}\n'
