"""The preview's application: page, state, answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from labelwright_local.http.body_limit import MAX_BODY
from labelwright_local.page.object_links import ObjectLinks
from labelwright_local.preview.app import preview_app
from labelwright_local.preview.source import PreviewSource
from labelwright_local.workspace.folder_storage import FolderStorage
from tests.samples.rendering import TEMPLATES

TEMPLATE = '<crowd-form><img src="{{ task.input.image | grant_read_access }}"></crowd-form>'


def client(source: PreviewSource) -> TestClient:
    """Open the preview."""
    app = preview_app(source, ObjectLinks(b"k" * 32), "local")
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.fixture
def source(tmp_path: Path) -> PreviewSource:
    """Write a template that shows an image, and its input."""
    storage = FolderStorage(tmp_path / "s3")
    storage.write("s3://bucket/a b.png", b"PNG")
    (tmp_path / "t.html").write_text(TEMPLATE, "utf-8")
    (tmp_path / "input.json").write_text('{"image": "s3://bucket/a b.png"}', "utf-8")
    return PreviewSource(tmp_path / "t.html", storage, tmp_path / "input.json")


def state(source: PreviewSource) -> dict[str, Any]:
    """Ask for input and findings."""
    answer: dict[str, Any] = client(source).get("/state").json()
    return answer


def test_the_page_is_sandboxed_and_its_image_is_there(source: PreviewSource) -> None:
    """By the response itself too, should somebody open it in a window of its own."""
    page = client(source).get("/page")
    assert page.headers["content-security-policy"].startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in page.headers["content-security-policy"]
    link = page.text.split('<img src="')[1].split('"')[0].replace("&amp;", "&")
    assert client(source).get(link).content == b"PNG"


def test_a_row_of_a_batch_is_shown_by_its_columns(source: PreviewSource, tmp_path: Path) -> None:
    """With the form that Mechanical Turk puts around, and what the row lacks."""
    batch = tmp_path / "batch.csv"
    batch.write_text("name\nAda\nBob\n", "utf-8")
    source.template.write_text("<p>${name}${other}</p>", "utf-8")
    row = source._replace(input=batch, number=1)
    page = client(row).get("/page").text
    assert "<p>Bob${other}</p>" in page
    assert 'id="mturk_form"' in page
    told = state(row)
    assert told["taskInput"]["name"] == "Bob"
    assert [finding["rule"] for finding in told["findings"]] == ["missing-variable"]
    assert "no object 2" in client(row._replace(number=2)).get("/page").text


def test_an_answer_that_is_too_long_is_not_read(source: PreviewSource) -> None:
    """Whether its length is declared or not; the portal has the same limit."""
    pieces = (b" " * 2**20 for _ in range(7))
    assert client(source).post("/answer", content=b" " * (MAX_BODY + 1)).status_code == 413
    assert client(source).post("/answer", content=pieces).status_code == 413


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ task.input.image | nope }}", "line 1, column 23: unknown filter"),
        ("{{ 'x' | grant_read_access }}", "is not a valid S3 URI"),
    ],
)
def test_a_page_that_can_not_be_rendered_says_why(
    source: PreviewSource, text: str, says: str
) -> None:
    """With the template's line."""
    source.template.write_text(text, "utf-8")
    page = client(source).get("/page").text
    assert says in page
    assert "<pre>" in page


def test_a_file_that_is_not_there_is_told_on_the_page_and_beside_it(source: PreviewSource) -> None:
    """It may come back while the preview is open."""
    assert source.input is not None
    source.input.unlink()
    assert "input.json: No such file" in client(source).get("/page").text
    assert "input.json: No such file" in state(source)["error"]


def test_the_state_has_input_and_findings(source: PreviewSource) -> None:
    """As the check finds them."""
    source.template.write_text("<p>{{ task.input.imgae }}", "utf-8")
    told = state(source)
    assert told["taskInput"] == {"image": "s3://bucket/a b.png"}
    assert [finding["rule"] for finding in told["findings"]] == ["no-form", "missing-variable"]


def test_the_version_changes_with_each_file(source: PreviewSource) -> None:
    """And only then."""
    before = client(source).get("/version").text
    assert client(source).get("/version").text == before
    source.template.write_text("x", "utf-8")
    assert client(source).get("/version").text != before


def test_an_object_of_a_task_is_prepared_by_pre_labeling() -> None:
    """And its answers are read by the task's fields."""
    task = TEMPLATES / "abstract-entities"
    source = PreviewSource(
        task / "template.liquid.html", FolderStorage(task / "sample" / "s3"), None, task, 1
    )
    told = state(source)
    assert told["error"] is None
    assert told["findings"] == []
    assert "text" in told["taskInput"]
    answer = client(source).post("/answer", content=json.dumps({"annotations": '{"value": []}'}))
    fields = {field["name"]: field["note"] for field in answer.json()["fields"]}
    assert fields["entities"] == "read"
    assert fields["quality"] == "no answer"


def test_an_object_that_is_not_there_is_told() -> None:
    """With how objects are counted."""
    task = TEMPLATES / "abstract-entities"
    source = PreviewSource(task / "template.liquid.html", FolderStorage(task), None, task, 999)
    assert "no object 999; --object counts lines from 0" in state(source)["error"]


@pytest.mark.parametrize("body", ["[1, 2]", "{", "7", '"x"'])
def test_an_answer_that_is_no_object_is_refused(source: PreviewSource, body: str) -> None:
    """With a reason."""
    answer = client(source).post("/answer", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_task_input_with_half_a_surrogate_pair_is_shown(source: PreviewSource) -> None:
    """JSON can escape one, though no encoding can carry it."""
    assert source.input is not None
    source.input.write_text(r'{"text": "a\ud800b"}', "utf-8")
    assert state(source)["taskInput"] == {"text": "a\ud800b"}


def test_a_foreign_name_is_not_answered(source: PreviewSource) -> None:
    """A page elsewhere can't read the preview under a name that it made point here."""
    foreign = client(source).get("/state", headers={"host": "evil.example:8001"})
    assert foreign.status_code == 400


def test_the_previews_own_page_runs_only_its_own_script(source: PreviewSource) -> None:
    """And may not be framed."""
    policy = client(source).get("/").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert client(source).get("/assets/preview.js").status_code == 200
    assert client(source).get("/assets/preview.css").status_code == 200
