"""The requester downloads the job's labels in formats of other libraries."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.local.portal.portals import OWL, portal, words


def test_labels_are_downloaded_while_the_job_goes_on(tmp_path: Path) -> None:
    """What has a label by now, under a name that says job and format."""
    with portal(tmp_path, [{"source": "=A1"}, {"source": "b"}]) as job:
        requester, ada = job.requester(), job.worker("Ada")
        assert "csv jsonl label-studio" in words(requester.get("/requester"))
        for token in "12":
            ada.answer(ada.next(token), OWL)
        job.work()
        found = requester.get("/requester/export?format=csv&min-confidence=")
        assert found.headers["content-disposition"] == 'attachment; filename="birds-csv.csv"'
        rows = list(csv.DictReader(io.StringIO(found.text, newline="")))
        assert [(row["text"], row["species"]) for row in rows] == [("'=A1", "owl"), ("b", "owl")]
        lines = requester.get("/requester/export?format=jsonl").text.splitlines()
        assert [json.loads(line)["text"] for line in lines] == ["=A1", "b"]
        tasks = requester.get("/requester/export?format=label-studio").json()
        assert [task["data"]["text"] for task in tasks] == ["=A1", "b"]
        assert "Ada" not in found.text


def test_only_labels_that_are_sure_enough_are_downloaded(tmp_path: Path) -> None:
    """Of two workers who disagree nobody is sure."""
    with portal(tmp_path, [{"source": "a"}], workers=2) as job:
        for name, said in (("Ada", "owl"), ("Bram", "falcon")):
            worker = job.worker(name)
            worker.answer(worker.next("1"), {"bird": {"label": said}})
        job.work()
        requester = job.requester()
        for least, lines in (("0", 1), ("0.9", 0)):
            found = requester.get(f"/requester/export?format=jsonl&min-confidence={least}")
            assert len(found.text.splitlines()) == lines


@pytest.mark.parametrize(
    "query", ["", "format=", "format=spacy", "format=coco", "format=yolo", "format=../../etc"]
)
def test_another_format_is_refused(query: str, tmp_path: Path) -> None:
    """Those that need a library, that are folders, or that don't fit the job."""
    with portal(tmp_path) as job:
        assert job.requester().get(f"/requester/export?{query}").status_code == 400


@pytest.mark.parametrize("least", ["x", "-1", "1.1", "nan", "inf"])
def test_a_confidence_that_is_none_is_refused(least: str, tmp_path: Path) -> None:
    """It is 0 to 1."""
    with portal(tmp_path) as job:
        found = job.requester().get(f"/requester/export?format=csv&min-confidence={least}")
        assert found.status_code == 400
