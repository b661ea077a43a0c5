"""What the requester sees and does, over HTTP."""

import json
import re
import threading
from pathlib import Path

import pytest

from labelwright.contract.base import Json
from labelwright.contract.own_label import SCHEMA
from labelwright_cli.displays import serve as serve_display
from labelwright_local.engine.spec import JobSpec
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import BUCKET
from tests.local.portal.portals import OWL, Portal, portal, words


def test_the_view_follows_the_job(tmp_path: Path) -> None:
    """Counts, objects with their answers and labels, and the output manifest to download."""
    with portal(tmp_path) as job:
        requester, ada = job.requester(), job.worker("Ada")
        assert "2 objects: 0 labeled, 2 not done yet" in words(requester.get("/requester"))
        for token in "12":
            ada.answer(ada.next(token), OWL)
        job.work()
        shown = words(requester.get("/requester"))
        assert "Finished. 2 objects: 2 labeled; 2 answers of 1 worker" in shown
        assert "labeled 1 of 1 - species owl" in words(requester.get("/requester/objects"))
        shown = words(requester.get("/requester/objects/0"))
        assert "Ada" in shown
        assert re.search(r"Field Value Confidence species owl [01]\.\d\d ", shown)
        assert '"label": "owl"' in shown
        [worker] = job.engine.workers()
        assert f"Ada {worker.id} 2" in words(requester.get("/requester/workers"))
        output = requester.get("/requester/output.manifest")
        assert [json.loads(line)["source"] for line in output.text.splitlines()] == ["a", "b"]
        assert "attachment" in output.headers["content-disposition"]
        assert all("birds" in json.loads(line) for line in output.text.splitlines())


SPANS = """
name = "birds"
[[fields]]
name = "parts"
path = "parts"
kind = "spans"
labels = ["PART"]
"""


def label_of(job: Portal) -> Json:
    """Return the first object's label as it goes into the manifest."""
    [view] = job.engine.objects(0, 1)
    return view.label


def test_a_label_of_400_spans_is_shown_from_its_file(tmp_path: Path) -> None:
    """It is too large for the manifest; once the file is missing, that is told, not "-"."""
    marked = [{"start": 5 * n, "end": 5 * n + 4, "label": "PART"} for n in range(400)]
    with portal(tmp_path, [{"source": "word " * 400}], task=SPANS) as job:
        requester, ada = job.requester(), job.worker("Ada")
        assert ada.answer(ada.next(), {"parts": marked})["accepted"]
        job.work()
        label = label_of(job)
        [(name, moved)] = label["fields"].items()
        assert (name, moved["value"]) == ("parts", None)
        pages = ("/requester/objects", "/requester/objects/0")
        for page in pages:
            assert "parts PART 0-4, PART 5-9," in words(requester.get(page))
        job.storage.delete(moved["valueRef"])
        for page in pages:
            shown = words(requester.get(page))
            assert f"parts can't be read: {moved['valueRef']}: there is no such object" in shown


def test_what_was_too_much_is_told_beside_the_label(tmp_path: Path) -> None:
    """In words, also where it has moved into the label's file."""
    heap = [{"start": n, "end": 1_000 - n, "label": "PART"} for n in range(400)]
    with portal(tmp_path, [{"source": "word " * 200}], task=SPANS) as job:
        requester, ada = job.requester(), job.worker("Ada")
        assert ada.answer(ada.next(), {"parts": heap})["accepted"]
        job.work()
        assert label_of(job)["problems"] == []
        shown = words(requester.get("/requester/objects/0"))
        assert "parts: more was answered than there is time to work through" in shown


def test_a_label_of_many_fields_is_shown_and_judged_from_its_file(tmp_path: Path) -> None:
    """Its fields are all there, and disagreement is that of the least sure of them."""
    fields = "".join(
        f'[[fields]]\nname = "field {n}"\npath = "f{n}"\nkind = "choice"\n'
        'method = "majority"\nlabels = ["owl", "kea"]\n'
        for n in range(200)
    )
    same = {f"f{n}": "owl" for n in range(200)}
    task = f'name = "birds"\n{fields}'
    with portal(tmp_path, [{"source": "a"}], workers=2, task=task) as job:
        for name, given in (("Ada", same), ("Ben", {**same, "f7": "kea"})):
            worker = job.worker(name)
            assert worker.answer(worker.next(), given)["accepted"]
        job.work()
        label = label_of(job)
        assert label["fields"] == {}
        assert job.engine.objects(0, 1)[0].disagreement == 0.5
        requester = job.requester()
        for page in ("/requester/objects", "/requester/objects/0"):
            assert "field 0 owl" in words(requester.get(page))
        job.storage.delete(label["annotationsRef"])
        shown = words(requester.get("/requester/objects/0"))
        assert f"This label can't be read: {label['annotationsRef']}: there is no" in shown


def test_what_was_wrong_with_answers_is_said_beside_the_label(tmp_path: Path) -> None:
    """A requester need not look for it in JSON; what a worker named is nowhere repeated."""
    named = {"text": {"uri": "s3://<b>/x"}, "parts": [{"start": 0, "end": 4, "label": "PART"}]}
    with portal(tmp_path, [{"source-ref": "s3://pages/1.png"}], task=SPANS, workers=2) as job:
        requester = job.requester()
        for name, given in (("Ada", named), ("Bo", {"parts": [{"start": "x"}]})):
            worker = job.worker(name)
            assert worker.answer(worker.next(), given)["accepted"]
        job.work()
        shown = words(requester.get("/requester/objects/0"))
        assert "What was wrong with answers:" in shown
        assert "parts: which text was shown is not known: 1 of 2 answers name one" in shown
        assert "answer 2, parts: 1 of 1 spans without valid start, end and label" in shown


class NamesAFile(DeployedHandlers):
    """Handlers whose label of object 0 says that it lies in a file which nobody should read."""

    file = ""

    def post(self, event: Json) -> Json:
        """Consolidate, but for object 0."""
        labels = super().post(event)
        for entry in labels:
            if entry["datasetObjectId"] == "0":
                content = entry["consolidatedAnnotation"]["content"]
                content["birds"] = {"schema": SCHEMA, "fields": {}, "annotationsRef": self.file}
        return labels

    def refine(self, event: Json) -> Json:  # noqa: ARG002 - fails whatever it is
        """Leave it at that."""
        raise RuntimeError


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("s3://elsewhere/label.json", "it is not among the job's files"),
        (f"s3://{BUCKET}/output/another/label.json", "it is not among the job's files"),
        (f"s3://{BUCKET}/output/birds/label.json", "1,073,741,824 bytes"),
    ],
)
def test_a_label_that_names_a_file_beyond_reach_costs_itself_alone(
    file: str, reason: str, tmp_path: Path
) -> None:
    """The job goes on, and the page shows the other objects."""
    handlers = type("Handlers", (NamesAFile,), {"file": file})
    with portal(tmp_path, handlers=handlers) as job:
        path = job.storage.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as huge:
            huge.truncate(2**30)
        ada = job.worker("Ada")
        for token in "12":
            ada.answer(ada.next(token), OWL)
        job.work()
        assert [view.state for view in job.engine.objects(0, 2)] == ["labeled", "labeled"]
        shown = words(job.requester().get("/requester/objects"))
        assert f"The label can't be read: {file}: " in shown
        assert reason in shown
        assert "species owl" in shown


def test_answers_and_data_are_shown_as_text(tmp_path: Path) -> None:
    """Markup in a name, an answer or a manifest line runs nowhere."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    with portal(tmp_path, [{"source": evil}]) as job:
        requester, ada = job.requester(), job.worker(evil)
        ada.answer(ada.next(), {"bird": {"label": evil}})
        job.work()
        for page in ("/requester/objects/0", "/requester/objects", "/requester/workers"):
            shown = requester.get(page).text
            assert "<script>alert" not in shown
            assert "<img" not in shown
        assert "&lt;script&gt;alert(1)" in requester.get("/requester/objects/0").text


def test_what_turns_or_steers_is_shown_by_its_number(tmp_path: Path) -> None:
    """In names, answers and data; letters of every script, joined emoji and spaces stay."""
    wild = "a\u202eb\x9bc\u2066d\x1be\u200f"
    shown = "a\\u202eb\\x9bc\\u2066d"
    honest = "\u0639\u0645\u0631 \u05d0 \U0001f469\u200d\U0001f52c 1\xa0km"
    with portal(tmp_path, [{"source": wild + honest}]) as job:
        ada = job.worker("Ada\u202e\u2066")
        assert ada.answer(ada.next(), {"bird": {"label": wild}, wild: honest})["accepted"]
        requester = job.requester()
        job.wait(20)
        for path in ("/requester/objects", "/requester/objects/0", "/requester/workers"):
            page = requester.get(path).text
            assert not set("\u202e\u2066\x9b\x1b\u200f") & set(page), path
        page = requester.get("/requester/objects/0").text
        assert shown in page
        assert honest in page
        assert "Ada\\u202e\\u2066" in requester.get("/requester/workers").text


def test_an_answer_is_shown_by_what_it_holds(tmp_path: Path) -> None:
    """JSON in its strings is read; as it was sent it is there, too, where that differs."""
    spans = '[{"label": "owl", "said": "\\"hoo\\""}]'
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        answer = {**OWL, "notes": json.dumps({"spans": spans, "half": "[1"})}
        for token, given in (("1", answer), ("2", OWL)):
            assert ada.answer(ada.next(token), given)["accepted"]
        shown = words(job.requester().get("/requester/objects/0"))
        told, _, sent = shown.partition("As it was sent")
        assert '"spans": [ { "label": "owl", "said": "\\"hoo\\"" } ], "half": "[1"' in told
        assert '"notes": "{\\"spans\\": ' in sent
        assert "As it was sent" not in words(job.requester().get("/requester/objects/1"))


def test_half_a_surrogate_pair_is_shown_as_it_was_escaped(tmp_path: Path) -> None:
    """JSON can hold one, in a line as in an answer; the page is there all the same."""
    with portal(tmp_path, [{"source": "a"}, {"source": "b\ud800"}]) as job:
        ada = job.worker("Ada")
        assert ada.answer(ada.next(), {"bird": {"label": "c\udfff"}})["accepted"]
        assert r"c\udfff" in words(job.requester().get("/requester/objects/0"))
        assert r"b\ud800" in words(job.requester().get("/requester/objects/1"))


def test_objects_are_paged_and_filtered(tmp_path: Path) -> None:
    """Fifty on a page, all or those of one state."""
    with portal(tmp_path, [{"source": str(n)} for n in range(120)]) as job:
        requester = job.requester()
        assert "Page 1 of 3" in words(requester.get("/requester/objects"))
        last = requester.get("/requester/objects?page=3").text
        assert "/requester/objects/119" in last
        assert "/requester/objects/99" not in last
        assert "There is none" in words(requester.get("/requester/objects?state=labeled"))
        assert requester.get("/requester/objects?state=x").status_code == 400
        assert requester.get("/requester/objects?page=-1").status_code == 400
        assert requester.get("/requester/objects/999").status_code == 404


def test_pause_resume_and_finish_early(tmp_path: Path) -> None:
    """Paused, nobody gets a task; finished, what has answers is labeled."""
    with portal(tmp_path) as job:
        requester, ada = job.requester(), job.worker("Ada")
        requester.post("/requester/pause", page="/requester")
        assert "paused the job" in words(ada.get("/"))
        assert ada.next("1") == "/no-task"
        requester.post("/requester/resume", page="/requester")
        ada.answer(ada.next("2"), OWL)
        assert "1 object not answered in full" in words(requester.get("/requester/finish"))
        requester.post("/requester/finish", page="/requester/finish")
        job.work()
        progress = job.engine.progress()
        assert (progress.labeled, progress.skipped, progress.finished) == (1, 1, True)
        assert "Finished" in words(requester.get("/requester"))


def test_more_workers_for_each_object(tmp_path: Path) -> None:
    """From now on; out of one to nine is refused with a reason."""
    with portal(tmp_path) as job:
        requester = job.requester()
        requester.post("/requester/workers-per-object", {"number": "2"}, page="/requester")
        assert job.engine.progress().workers_per_object == 2
        for wrong in ("0", "10", "x", "", "\u0661"):
            found = requester.post(
                "/requester/workers-per-object", {"number": wrong}, page="/requester"
            )
            assert found.status_code == 400


def test_workers_counts_and_times(tmp_path: Path) -> None:
    """Who is there, how much and how fast; a worker can be added by hand."""
    with portal(tmp_path) as job:
        requester, ada = job.requester(), job.worker("Ada")
        task = ada.next()
        job.wait(30)
        ada.answer(task, OWL)
        shown = words(
            requester.post("/requester/workers", {"name": "Bob"}, page="/requester/workers")
        )
        assert re.search(r"Ada private\.local\.\w+ 1 30 s 0 0", shown)
        assert re.search(r"Bob private\.local\.\w+ 0 - 0 0", shown)


def test_the_report_is_linked_when_there_is_one(tmp_path: Path) -> None:
    """It is shown in a sandbox."""
    with portal(tmp_path) as job:
        requester = job.requester()
        assert "Open the report" not in words(requester.get("/requester"))
        job.storage.write(job.files.layout.own("report.html"), b"<h1>Report</h1>")
        assert "Open the report" in words(requester.get("/requester"))
        found = requester.get("/requester/report.html")
        assert found.text == "<h1>Report</h1>"
        assert found.headers["content-security-policy"].startswith("sandbox")


class Failing(DeployedHandlers):
    """Handlers whose post-labeling fails until it is mended."""

    mended = False

    def post(self, event: Json) -> Json:
        """Consolidate, once that can be done."""
        if not self.mended:
            raise RuntimeError("<b>no label</b> today")
        return super().post(event)


def test_what_post_labeling_failed_for_is_tried_again(tmp_path: Path) -> None:
    """It is told by number wherever objects are counted, and a button tries again."""
    with portal(tmp_path, handlers=Failing) as job:
        requester, ada = job.requester(), job.worker("Ada")
        assert "Try post-labeling again" not in requester.get("/requester").text
        for token in "12":
            ada.answer(ada.next(token), OWL)
        for _ in range(3):
            job.wait(60)
        counts = "2 objects: 0 labeled, 2 failed; 2 answers"
        assert f"Finished. {counts} of 1 worker" in words(requester.get("/requester"))
        assert counts in words(ada.get("/"))
        assert counts in serve_display.counts(job.engine.progress())
        assert "Post-labeling failed for 2 objects" in words(requester.get("/requester"))
        assert "Try post-labeling again" in requester.get("/requester/objects/0").text
        assert isinstance(job.handlers, Failing)
        job.handlers.mended = True
        again = requester.post("/requester/post-label-again", page="/requester/objects/0")
        assert "Running. 2 objects: 0 labeled, 2 not done yet" in words(again)
        job.work()
        assert "Finished. 2 objects: 2 labeled;" in words(requester.get("/requester"))
        shown = words(requester.get("/requester/objects/0"))
        assert "RuntimeError: <b>no label</b> today tried again 2026-01-02 03:07:05 UTC" in shown
        assert "Try post-labeling again" not in shown


class Waiting(DeployedHandlers):
    """Handlers whose post-labeling takes until it is told to end."""

    def __init__(self, spec: JobSpec, storage: FolderStorage) -> None:
        super().__init__(spec, storage)
        self.begun, self.end = threading.Event(), threading.Event()

    def post(self, event: Json) -> Json:
        """Wait, then consolidate."""
        self.begun.set()
        self.end.wait()
        return super().post(event)


def test_the_output_manifest_does_not_wait_for_a_function(tmp_path: Path) -> None:
    """It has what is there; the rest follows."""
    with portal(tmp_path, [{"source": "a"}], handlers=Waiting) as job:
        assert isinstance(job.handlers, Waiting)
        requester, ada = job.requester(), job.worker("Ada")
        ada.answer(ada.next(), OWL)
        work = threading.Thread(target=job.work)
        work.start()
        job.handlers.begun.wait()
        assert requester.get("/requester/output.manifest").json() == {"source": "a"}
        assert not job.engine.progress().finished
        job.handlers.end.set()
        work.join()
        assert "birds" in requester.get("/requester/output.manifest").json()
        assert job.engine.progress().finished


BROKEN = """<h1>{{ task.input.taskObject }}</h1>
<img src="{{ task.input.taskObject | grant_read_access }}">
"""


def test_what_fails_at_an_object_stands_on_it(tmp_path: Path) -> None:
    """A page that can't be rendered and a missing file are told, counted, and gone when mended."""
    lines = [{"source": "no address"}, {"source-ref": "s3://data/owl.png"}]
    (tmp_path / "s3" / "data").mkdir(parents=True)
    with portal(tmp_path, lines, template=BROKEN) as job:
        requester, ada, ben = job.requester(), job.worker("Ada"), job.worker("Ben")
        assert "Something is wrong" not in words(requester.get("/requester"))
        first, second = ada.next(), ben.next()
        ada.get(f"{first}/page")
        ben.get(f"{second}/page")
        assert "Something is wrong with 2 objects" in words(requester.get("/requester"))
        told = words(requester.get("/requester/objects?troubled=1"))
        assert "the page can't be rendered: line 2" in told
        assert "files that the page shows: s3://data/owl.png: it is not there" in told
        assert "the page can't be rendered" in words(requester.get("/requester/objects/0"))
        (tmp_path / "s3" / "data" / "owl.png").touch()
        ben.get(f"{second}/page")
        assert "s3://data/owl.png: it is empty" in words(requester.get("/requester/objects/1"))
        (tmp_path / "s3" / "data" / "owl.png").write_bytes(b"x")
        ben.get(f"{second}/page")
        assert "Something is wrong with 1 object:" in words(requester.get("/requester"))
        assert "owl.png: it is" not in words(requester.get("/requester/objects/1"))


def test_one_more_answer_is_asked_for_from_the_view(tmp_path: Path) -> None:
    """For one object, for a selection, and for those whose labels are least sure."""
    with portal(tmp_path) as job:
        requester, ada = job.requester(), job.worker("Ada")
        for token in "12":
            ada.answer(ada.next(token), OWL)
        job.work()
        asked: tuple[tuple[str, dict[str, str]], ...] = (
            ("/requester/objects/0/ask-again", {}),
            ("/requester/ask-again", {"objects": "0-1"}),
            ("/requester/ask-again", {"least-sure": "1"}),
        )
        for place, fields in asked[:2]:
            assert requester.post(place, fields).status_code == 200
        assert [view.wanted for view in job.engine.objects(0, 9)] == [3, 2]
        for name in ("Bo", "Cy"):
            worker = job.worker(name)
            worker.answer(worker.next(name), OWL)
            if name == "Bo":
                worker.answer(worker.next("more"), OWL)
        job.work()
        assert requester.post(*asked[2]).status_code == 200
        shown = words(requester.get("/requester/history"))
        assert "one more answer asked for 2 objects 2" in shown
        assert "opened again after its end" in shown
        assert "Ada" not in shown
        assert "version 1 of the task" in words(requester.get("/requester/objects/0"))


@pytest.mark.parametrize(
    ("place", "fields", "told"),
    [
        ("/requester/ask-again", {"objects": "x"}, "whole number"),
        ("/requester/ask-again", {"objects": "5-3"}, "whole number"),
        ("/requester/ask-again", {"objects": "0-99999999"}, "At most 10,000"),
        ("/requester/ask-again", {"objects": "99"}, "no such object"),
        ("/requester/ask-again", {"least-sure": "0"}, "whole number"),
        ("/requester/objects/99/ask-again", {}, "no such object"),
    ],
)
def test_what_cannot_be_asked_for_is_told(
    tmp_path: Path, place: str, fields: dict[str, str], told: str
) -> None:
    """And nothing is asked."""
    with portal(tmp_path) as job:
        requester = job.requester()
        answer = requester.post(place, fields)
        assert answer.status_code in {400, 404}
        assert told in words(answer)
        assert [view.wanted for view in job.engine.objects(0, 9)] == [1, 1]
