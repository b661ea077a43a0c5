"""A job made of somebody's data: what becomes an object, what is left out, what is written."""

import json
import tomllib
import unicodedata
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelwright.errors import UsageError
from labelwright.task.definition import parse_definition
from labelwright_local.manifest.check import ManifestCheck
from labelwright_local.manifest.files import open_manifest
from labelwright_local.manifest.lines import read_lines
from labelwright_local.manifest.rules import RelativePaths
from labelwright_local.own_data.columns import Columns
from labelwright_local.own_data.new_job import Asked, NewJob, make_job
from labelwright_local.own_data.task_text import Wanted, task_text
from labelwright_local.workspace.data_folder import DataFolder, data_folder

pa: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")

PNG = b"\x89PNG\r\n\x1a\nrest"
TEXT_KIND, IMAGE_KIND = "text-things", "image-things"


@pytest.fixture(autouse=True)
def kinds(tmp_path: Path) -> None:
    """Make small ready tasks: of texts, of pictures, and of two responses."""
    for name, kind, labels, more in (
        (TEXT_KIND, "choice", '["old", "older"]', ""),
        (IMAGE_KIND, "boxes", '["old"]', ""),
        ("responses", "choice", '["a", "b", "tie"]', 'page_keys = ["responses"]\n'),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "task.toml").write_text(
            f'# A comment that people read.\nname = "{name}"\n{more}'
            '[[guide]]\nlabel = "old"\ntext = "Once."\n'
            f'[[fields]]\nname = "what"\npath = "what.label"\nkind = "{kind}"\nlabels = {labels}\n'
            '[[fields]]\nname = "sure"\npath = "sure.label"\nkind = "choice"\nlabels = ["yes"]\n'
        )
        (folder / "template.liquid.html").write_text("<crowd-form></crowd-form>")


def init(
    folder: Path,
    data: Path,
    kind: str = TEXT_KIND,
    labels: tuple[str, ...] = ("new", "newer"),
    **more: Any,
) -> NewJob:
    """Make the job `job` in a folder."""
    return make_job(Asked(folder / "job", folder / kind, data, labels, **more))


def lines(folder: Path) -> list[dict[str, Any]]:
    """Return the manifest of the job."""
    text = (folder / "job" / "manifest.jsonl").read_bytes().decode()
    return [json.loads(line) for line in text.removesuffix("\n").split("\n")]


def task(folder: Path) -> dict[str, Any]:
    """Return the task definition of the job."""
    return tomllib.loads((folder / "job" / "task.toml").read_text("utf-8"))


def put(folder: Path, name: str, content: str | bytes = "x") -> Path:
    """Write a file, and the folders that it is in."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def why(job: NewJob) -> dict[str, tuple[str, ...]]:
    """Return what was left out: the first places by reason, without its details."""
    return {each.why.split(",")[0].split(";")[0]: each.first for each in job.left_out.reasons}


def check(folder: Path) -> list[str]:
    """Return the errors that a check of the manifest finds."""
    manifest = folder / "job" / "manifest.jsonl"
    paths = RelativePaths(DataFolder(data_folder(manifest)), must_exist=True)
    with open_manifest(str(manifest)) as file:
        found = list(ManifestCheck(paths).run(read_lines(file)))
    return [each.message for each in found if each.severity == "error"]


def test_a_table_of_texts_becomes_a_job(tmp_path: Path) -> None:
    """The text by its column, the id under `id`, all else carried along."""
    data = put(tmp_path, "data.csv", "id,Text,stars\n7,Good one,5\n8,Bad one,1\n")
    job = init(tmp_path, data, workers=2)
    assert lines(tmp_path) == [
        {"source": "Good one", "id": "7", "stars": "5"},
        {"source": "Bad one", "id": "8", "stars": "1"},
    ]
    assert job.columns == Columns("Text", None, "id", guessed=frozenset({"Text", "id"}))
    made = task(tmp_path)
    assert (made["name"], made["workers"]) == ("job", 2)
    assert "data" not in made
    assert made["fields"][0]["labels"] == ["new", "newer"]
    assert made["fields"][1]["labels"] == ["yes"]
    assert [entry["label"] for entry in made["guide"]] == ["new", "newer"]
    assert "# A comment that people read." in (tmp_path / "job" / "task.toml").read_text()
    assert (tmp_path / "job" / "template.liquid.html").is_file()


@given(
    labels=st.lists(
        st.text(min_size=1, max_size=20).map(str.strip).filter(bool).filter(
            lambda text: "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
        ),
        min_size=2, max_size=12, unique=True,
    )
)  # fmt: skip
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_labels_reach_the_definition_as_they_are(tmp_path: Path, labels: list[str]) -> None:
    """Quotes, brackets and line ends in them are no part of the file's form."""
    ready = (tmp_path / TEXT_KIND / "task.toml").read_bytes()
    made = parse_definition(task_text(ready, "x", Wanted("job", labels, 4, '../a "b"')), "x")
    assert list(made.fields[0].labels) == labels
    assert [entry.label for entry in made.guide] == labels
    assert (made.workers, made.data) == (4, '../a "b"')


def test_what_cannot_be_labeled_is_left_out_and_named(tmp_path: Path) -> None:
    """Empty texts, duplicates, texts that no page shows; the same text with other cells stays."""
    text = f'id,text\n1,one\n2,\n1,one\n3,one\n4," "\n5,{"x" * 100_001}\n6,{"y" * 20_001}\n'
    job = init(tmp_path, put(tmp_path, "data.csv", text))
    assert [line["id"] for line in lines(tmp_path)] == ["1", "3", "6"]
    assert why(job) == {
        "the text is empty": ("3", "6"),
        "a duplicate: all of it was there before": ("4",),
        "the text has over 100": ("7",),
    }
    assert [each.first for each in job.left_out.notes] == [("5",), ("8",)]


def test_columns_named_like_keys_of_ours_are_kept_under_another_name(tmp_path: Path) -> None:
    """Nothing of the user's changes what a line means, and nothing is lost."""
    names = "text,source,source-ref,metadata,job,job-metadata,$x,id,id-column,text-file-s3-uri"
    data = put(tmp_path, "data.csv", f"{names}\nThe text,s,r,m,j,jm,x,i,ic,t\n")
    job = init(tmp_path, data)
    (line,) = lines(tmp_path)
    assert line == {
        "source": "The text", "id": "i", "source-column": "s", "source-ref-column": "r",
        "metadata-column": "m", "job-column": "j", "job-metadata-column": "jm", "x-column": "x",
        "id-column": "ic", "text-file-s3-uri-column": "t",
    }  # fmt: skip
    assert job.renamed["$x"] == "x-column"
    assert set(job.renamed) == set(names.split(",")) - {"text", "id", "id-column"}
    assert check(tmp_path) == []


def test_columns_can_be_named_and_must_be_there(tmp_path: Path) -> None:
    """What is named wins over what its name looks like."""
    data = put(tmp_path, "data.csv", "text,other,nr\na,b,1\nc,d,2\n")
    init(tmp_path, data, columns=Columns(text="other", identifier="nr"))
    assert lines(tmp_path)[0] == {"source": "b", "id": "1", "text": "a"}
    with pytest.raises(UsageError, match="no column 'none'; there are the columns 'text', 'other'"):
        make_job(Asked(tmp_path / "j2", tmp_path / TEXT_KIND, data, ("a", "b"), Columns("none")))


def test_without_a_usual_name_the_longest_texts_are_the_text(tmp_path: Path) -> None:
    """Numbers are none, however long."""
    data = put(tmp_path, "data.csv", "nummer,Satz\n1234567890123456789,Kurz\n2234567890123,Satz\n")
    assert init(tmp_path, data).columns.text == "Satz"


@pytest.mark.parametrize("name", ["data.jsonl", "data.json"])
def test_json_is_read_a_line_at_a_time_or_as_one_array(tmp_path: Path, name: str) -> None:
    """Bad elements are named, and cost no other."""
    rows = ['{"text": "é one", "n": 1, "deep": {"a": [1]}}', "7", '{"text": null}', '{"text": "b"}']
    text = "\n".join(rows) if name == "data.jsonl" else f"[{', '.join(rows)}]"
    job = init(tmp_path, put(tmp_path, name, text))
    assert lines(tmp_path) == [{"source": "é one", "n": 1, "deep": {"a": [1]}}, {"source": "b"}]
    assert why(job) == {"no JSON object": ("2",), "the text is empty": ("3",)}


def test_damaged_json_costs_what_is_damaged(tmp_path: Path) -> None:
    """Half a surrogate pair, half a line, and an array that was cut off."""
    text = '{"text": "a"}\n{"text": "\\ud800"}\n{"text": \n\n{"text": "b"}\n'
    job = init(tmp_path, put(tmp_path, "data.jsonl", text))
    assert [line["source"] for line in lines(tmp_path)] == ["a", "b"]
    assert why(job) == {"half a character (a surrogate on its own)": ("2",), "no JSON": ("3",)}
    cut = put(tmp_path, "cut.json", '[{"text": "a"}, {"text": "b"}, {"te')
    job = make_job(Asked(tmp_path / "j2", tmp_path / TEXT_KIND, cut, ("a", "b")))
    assert (job.objects, job.left_out.count) == (2, 1)


def test_a_manifest_keeps_its_lines(tmp_path: Path) -> None:
    """Earlier labels among them; paths begin where they began."""
    put(tmp_path, "in/pics/a b.png")
    rows = [
        {"source-ref": "pics/a b.png", "old": 1, "old-metadata": {"job-name": "x"}, "metadata": {}},
        {"source-ref": "s3://bucket/b.png"},
        {"source-ref": "../secret.png"},
        {"source-ref": "pics/none.png"},
    ]
    data = put(tmp_path, "in/manifest.jsonl", "\n".join(map(json.dumps, rows)))
    job = init(tmp_path, data, IMAGE_KIND)
    assert job.is_manifest
    assert lines(tmp_path) == rows[:2]
    assert task(tmp_path)["data"] == "../in"
    assert sum(each.times for each in job.left_out.reasons) == 2
    assert check(tmp_path) == []


def rows_with_odd_values() -> Any:
    """Return a table with values that JSON does not have."""
    from datetime import UTC, datetime

    return pa.table(
        {
            "text": ["one", "two", None],
            "when": [datetime(2026, 1, 2, tzinfo=UTC)] * 3,
            "score": [0.5, float("nan"), 1.0],
            "blob": [b"x", None, b"y"],
            "tags": [["a"], [], None],
            "deep": [[{"b": b"x"}], None, None],
        }
    )


def test_parquet_is_read_with_values_as_json_has_them(tmp_path: Path) -> None:
    """Dates as texts, what is not finite as null; files in a column are not carried along."""
    parquet.write_table(rows_with_odd_values(), tmp_path / "data.parquet")
    job = init(tmp_path, tmp_path / "data.parquet")
    assert lines(tmp_path)[1] == {
        "source": "two", "when": "2026-01-02T00:00:00+00:00", "score": None, "blob": None,
        "tags": [], "deep": None,
    }  # fmt: skip
    assert lines(tmp_path)[0]["deep"] == [{"b": None}]
    assert why(job) == {"the text is empty": ("3",)}
    assert any("holds files" in each.why for each in job.left_out.notes)


def test_a_value_that_can_t_be_read_costs_no_other(tmp_path: Path) -> None:
    """A date beyond all calendars is empty, and told; its row and all others are kept."""
    dates = pa.array([2**62, 0, None], pa.timestamp("us"))
    table = pa.table({"text": ["one", "two", "three"], "when": dates})
    parquet.write_table(table, tmp_path / "data.parquet")
    job = init(tmp_path, tmp_path / "data.parquet")
    assert [(line["source"], line["when"]) for line in lines(tmp_path)] == [
        ("one", None), ("two", "1970-01-01T00:00:00"), ("three", None),
    ]  # fmt: skip
    [note] = [each for each in job.left_out.notes if "can't be read" in each.why]
    assert (note.first, "'when'" in note.why) == (("1",), True)


def test_a_data_set_nested_too_deeply_is_an_error(tmp_path: Path) -> None:
    """One of ours, that says which file."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "state.json").write_text("[" * 100_000)
    (tmp_path / "deep" / "dataset_info.json").write_text("{}")
    with pytest.raises(UsageError, match=r"state\.json: no JSON"):
        init(tmp_path, tmp_path / "deep")


def save_data_set(folder: Path, table: Any) -> None:
    """Write a data set as `save_to_disk` does, in two files, with code that must not run."""
    folder.mkdir(parents=True)
    names = ["data-00000-of-00002.arrow", "data-00001-of-00002.arrow"]
    for number, name in enumerate(names):
        part = table.slice(number * 2, 2)
        with (
            pa.OSFile(str(folder / name), "wb") as file,
            pa.ipc.new_stream(file, table.schema) as writer,
        ):
            writer.write_table(part)
    state = {"_data_files": [{"filename": name} for name in names], "_format_type": None}
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "dataset_info.json").write_text("{}")
    (folder / "evil.py").write_text(f"open({str(folder / 'ran')!r}, 'w')")


def test_a_data_set_on_disk_is_read_and_its_scripts_are_not_run(tmp_path: Path) -> None:
    """All splits of it, each row with its own."""
    table = pa.table({"text": ["a", "b", "c"]})
    for split in ("train", "test"):
        save_data_set(tmp_path / "set" / split, table)
    (tmp_path / "set" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    init(tmp_path, tmp_path / "set")
    assert [(line["split"], line["source"]) for line in lines(tmp_path)] == [
        (split, text) for split in ("train", "test") for text in "abc"
    ]
    assert not list(tmp_path.rglob("ran"))


def test_a_data_set_names_no_file_outside_of_itself(tmp_path: Path) -> None:
    """Whatever its state says."""
    save_data_set(tmp_path / "set", pa.table({"text": ["a"]}))
    state = {"_data_files": [{"filename": "../other.arrow"}]}
    (tmp_path / "set" / "state.json").write_text(json.dumps(state))
    with pytest.raises(UsageError, match="no file in it"):
        init(tmp_path, tmp_path / "set")


def test_pictures_inside_of_a_table_are_written_out_when_asked(tmp_path: Path) -> None:
    """Not without; what browsers don't show is told."""
    images = [{"bytes": PNG, "path": "x.png"}, {"bytes": b"II*\0", "path": "y.tif"}]
    parquet.write_table(pa.table({"image": images, "n": [1, 2]}), tmp_path / "data.parquet")
    with pytest.raises(UsageError, match="--copy writes them out"):
        init(tmp_path, tmp_path / "data.parquet", IMAGE_KIND)
    job = init(tmp_path, tmp_path / "data.parquet", IMAGE_KIND, copy=True)
    (line,) = lines(tmp_path)
    assert line == {"source-ref": "files/000001.png", "n": 1}
    assert (tmp_path / "job" / "files" / "000001.png").read_bytes() == PNG
    assert (job.copied, job.left_out.count, check(tmp_path)) == (1, 1, [])


NAMES = [
    "a b.png", "sub/ü#1%20?.PNG", unicodedata.normalize("NFD", "é.jpg"), "é.jpg", "A.png", "a.png",
    "100%25.png", "x:y.png", "quote'\".png", "tab\tnew\nline.png", "-rf.png", "…/😀.webp",
]  # fmt: skip


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Make a folder of pictures with awkward names, and of what is no picture."""
    folder = tmp_path / "pics"
    for name in NAMES:
        put(folder, name, PNG)
    put(folder, "empty.png", "")
    put(folder, "scan.TIFF", "II*")
    put(folder, "notes.docx")
    put(folder, ".DS_Store")
    put(folder, ".git/config.png")
    put(tmp_path, "secret.png", PNG)
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "up").symlink_to(tmp_path)
    return folder


def test_pictures_keep_their_names_and_places(tmp_path: Path, pictures: Path) -> None:
    """Spaces, Unicode forms and case as they are, sorted; nothing is copied."""
    before = sorted(pictures.rglob("*"))
    job = init(tmp_path, pictures, IMAGE_KIND, ("cat",))
    assert [line["source-ref"] for line in lines(tmp_path)] == sorted(NAMES)
    assert task(tmp_path)["data"] == "../pics"
    assert sorted(path.name for path in (tmp_path / "job").iterdir()) == [
        "manifest.jsonl", "task.toml", "template.liquid.html",
    ]  # fmt: skip
    assert sorted(pictures.rglob("*")) == before
    assert check(tmp_path) == []
    assert why(job) == {
        "an empty file": ("empty.png",),
        "TIFF": ("scan.TIFF",),
        "no picture (.docx)": ("notes.docx",),
        "a hidden file": (),
        "a link that leads out of the folder": ("out.png",),
        "a link to a folder": ("up",),
    }


def test_pictures_are_copied_when_asked(tmp_path: Path, pictures: Path) -> None:
    """Then the job's folder needs no other."""
    job = init(tmp_path, pictures, IMAGE_KIND, ("cat",), copy=True)
    assert (job.copied, "data" in task(tmp_path)) == (len(NAMES), False)
    pictures.rename(tmp_path / "gone")
    assert check(tmp_path) == []
    assert (tmp_path / "job" / "files" / NAMES[1]).read_bytes() == PNG


def test_a_job_may_lie_in_the_folder_of_its_pictures(tmp_path: Path, pictures: Path) -> None:
    """What the job keeps is none of them; and pictures may lie in the job's."""
    make_job(Asked(pictures / "job", tmp_path / IMAGE_KIND, pictures, ("cat",)))
    assert task(pictures)["data"] == ".."
    put(tmp_path, "own/pics/a.png", PNG)
    make_job(Asked(tmp_path / "own", tmp_path / IMAGE_KIND, tmp_path / "own" / "pics", ("cat",)))
    own = tmp_path / "own" / "manifest.jsonl"
    assert json.loads(own.read_text()) == {"source-ref": "pics/a.png"}


def test_a_table_names_pictures_by_paths_and_addresses(tmp_path: Path) -> None:
    """Paths begin in its folder; other systems' ways to write the same are understood."""
    nfd = unicodedata.normalize("NFD", "é.png")
    for name in ("sub/a b.png", "b.png", nfd):
        put(tmp_path, f"in/{name}", PNG)
    put(tmp_path, "secret.png", PNG)
    paths = [
        "sub\\a b.png", str(tmp_path / "in" / "b.png"), "./b.png", "é.png", "s3://bucket/x y.png",
        "https://example.org/c.png", "../secret.png", "/etc/passwd", "none.png", "ftp://x/y.png",
        str(tmp_path / "secret.png"), "",
    ]  # fmt: skip
    text = "image,n\n" + "".join(f"{path},{n}\n" for n, path in enumerate(paths))
    job = init(tmp_path, put(tmp_path, "in/data.csv", text), IMAGE_KIND, ("cat",))
    assert [line["source-ref"] for line in lines(tmp_path)] == [
        "sub/a b.png", "b.png", "b.png", nfd, *paths[4:6],
    ]  # fmt: skip
    assert job.left_out.count == 6
    assert check(tmp_path) == []


def test_texts_of_a_folder_are_taken_in_whole(tmp_path: Path) -> None:
    """Each known by its path; other encodings are read, and told."""
    put(tmp_path, "in/b.txt", "zwei\r\nZeilen")
    put(tmp_path, "in/sub/a.md", "naïve".encode("cp1252"))
    put(tmp_path, "in/c.txt", "\ufeffmarked")
    put(tmp_path, "in/blank.txt", " \n")
    put(tmp_path, "in/photo.jpg")
    job = init(tmp_path, tmp_path / "in")
    assert lines(tmp_path) == [
        {"source": "zwei\r\nZeilen", "id": "b.txt"},
        {"source": "marked", "id": "c.txt"},
        {"source": "naïve", "id": "sub/a.md"},
    ]
    assert [each.first for each in job.left_out.notes] == [("sub/a.md",)]
    assert job.left_out.count == 2


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        ("prompt,chosen,rejected", Columns()),
        ("question,answer_a,answer_b", Columns()),
        ("q,x,y", Columns("q", responses=("x", "y"))),
    ],
)
def test_two_responses_are_compared_by_their_ids(
    tmp_path: Path, names: str, columns: Columns
) -> None:
    """The first column is a, the second b; the labels are the task's own."""
    data = put(tmp_path, "data.csv", f"{names}\nWhy?,So.,Thus.\nHow?,,x\n")
    job = init(tmp_path, data, "responses", (), columns=columns)
    assert lines(tmp_path) == [
        {
            "source": "Why?",
            "responses": [{"id": "a", "text": "So."}, {"id": "b", "text": "Thus."}],
        }
    ]
    assert why(job) == {"an empty response": ("3",)}
    with pytest.raises(UsageError, match="takes none"):
        make_job(Asked(tmp_path / "j2", tmp_path / "responses", data, ("x", "y")))


def test_a_job_that_is_there_is_never_changed(tmp_path: Path) -> None:
    """It says how to go on with it; nor is a folder with files of those names."""
    data = put(tmp_path, "data.csv", "text\none\n")
    init(tmp_path, data)
    before = {path: path.read_bytes() for path in (tmp_path / "job").iterdir()}
    with pytest.raises(UsageError, match="labelwright serve"):
        init(tmp_path, data)
    assert {path: path.read_bytes() for path in (tmp_path / "job").iterdir()} == before
    put(tmp_path, "other/manifest.jsonl")
    with pytest.raises(UsageError, match=r"manifest\.jsonl is there already"):
        make_job(Asked(tmp_path / "other", tmp_path / TEXT_KIND, data, ("a", "b")))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("data.csv", "text\n\n", "nothing to label"),
        ("data.xlsx", "PK", "its ending is none of"),
        ("data.json", "nonsense", "nothing to label"),
        ("data.parquet", "no", "no Parquet file"),
        ("data.csv", "a\n1\n", "no column looks like the text; name it with --text"),
    ],
)
def test_what_gives_no_object_makes_no_job(
    tmp_path: Path, name: str, content: str, reason: str
) -> None:
    """And leaves nothing behind."""
    data = put(tmp_path, name, content)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match=reason):
        init(tmp_path, data)
    assert sorted(tmp_path.iterdir()) == before


def test_labels_are_asked_for(tmp_path: Path) -> None:
    """Those of the ready task belong to its sample."""
    data = put(tmp_path, "data.csv", "text\none\n")
    for labels, reason in (((), "name what workers choose from"), (("one",), "nothing to choose"),
                           (("a", "a"), "named twice")):  # fmt: skip
        with pytest.raises(UsageError, match=reason):
            init(tmp_path, data, labels=labels)
