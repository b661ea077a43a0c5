"""A job that another service, or another machine, will not finish goes on here."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from labelwright.errors import UsageError
from labelwright.task.definition import Kind
from labelwright_cli.main import app
from labelwright_local.continued.continue_job import continue_job
from labelwright_local.engine.engine import Engine, open_engine
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec
from labelwright_local.finished_job.reader import read_job
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.workspace.recorded_answers import read_earlier
from labelwright_local.workspace.task_folder import TaskFolder, read_task_folder
from labelwright_local.workspace.texts import job_storage
from tests.local.engine.small_jobs import Clock, work
from tests.local.finished_job.builtin import box_job, entity_job, line, several_job, write_job
from tests.local.jobs import SmallJob
from tests.local.jobs import answer as recorded
from tests.local.portal.portals import OWL, portal

BIRDS = Path(__file__).parents[4] / "shared" / "datasets" / "aws_birds_job"


class Continued:
    """A continued job at work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.task: TaskFolder = read_task_folder(folder)
        assert self.task.manifest is not None
        self.storage = job_storage(folder / "workspace", None, self.task.manifest)
        self.clock = Clock()
        self.spec = JobSpec(
            "on", "on", self.task.manifest, self.task,
            settings=JobSettings(workers_per_object=self.task.definition.workers or 1),
            earlier=read_earlier(self.task, self.task.manifest),
        )  # fmt: skip

    def open(self) -> Any:
        """Open it, all at once on offer."""
        handlers = DeployedHandlers(self.spec, self.storage)
        return open_engine(self.spec, self.storage, self.clock, handlers)

    def earlier(self) -> list[dict[str, Any]]:
        """Return the answers that were taken over."""
        assert self.task.earlier_answers is not None
        return [json.loads(each) for each in self.task.earlier_answers.read_text().splitlines()]

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of the manifest."""
        assert self.task.manifest is not None
        return [json.loads(each) for each in self.task.manifest.read_text().splitlines()]


def go_on(folder: Path, place: Path, **options: Any) -> Continued:
    """Make a folder of a job."""
    continue_job(folder, str(place), **options)
    return Continued(folder)


def finish(engine: Engine, answer: dict[str, Any], names: str = "vwxyz") -> None:
    """Let simulated workers answer everything that is left."""
    for name in names:
        worker = engine.sign_in(name)
        while (task := engine.next_assignment(worker, f"{name}{engine.version()}")) is not None:
            assert engine.submit(task.id, worker, task.id, answer).accepted
            work(engine)
    work(engine)


@pytest.mark.skipif(not BIRDS.is_dir(), reason="the data set is not here")
def test_a_real_built_in_job_cut_in_half_goes_on_with_every_answer_counted(tmp_path: Path) -> None:
    """A third of the pictures has no answer, a third two of five; the label is counted by hand."""
    copy = shutil.copytree(BIRDS, tmp_path / "birds")
    lines = [json.loads(each) for each in (copy / "output.manifest").read_text().splitlines()]
    old: dict[int, list[tuple[str, str]]] = {}
    for number, each in enumerate(lines):
        [file] = (copy / "worker-response").glob(f"*/{number}/*.json")
        answers = json.loads(file.read_text())["answers"]
        kept = answers[: (5, 2, 0)[number % 3]]
        old[number] = [
            (item["workerId"], item["answerContent"]["crowd-image-classifier"]["label"])
            for item in kept
        ]
        if number % 3:
            lines[number] = {"source-ref": each["source-ref"]}
        if kept:
            file.write_text(json.dumps({"answers": kept}))
        else:
            shutil.rmtree(file.parent)
    (copy / "output.manifest").write_text("".join(json.dumps(each) + "\n" for each in lines))
    job = go_on(tmp_path / "on", copy)
    assert job.task.definition.workers == 5
    assert [
        (each["workerId"], each["answerContent"]["crowd-image-classifier"]["label"])
        for each in job.earlier()
    ] == [item for given in old.values() for item in given]
    assert job.lines() == [{"source-ref": each["source-ref"]} for each in lines]
    with job.open() as engine:
        work(engine)
        progress = engine.progress()
        assert progress.labeled + progress.answered == 101
        finish(engine, {"crowd-image-classifier": {"label": "Owl"}})
        assert engine.progress().labeled == 302
        for view in engine.objects(0, 302):
            given = old[int(view.id)]
            votes = Counter(label for _, label in given)
            votes["Owl"] += max(5 - len(given), 0)
            label = view.label["fields"]["category"]
            assert {name: n for name, n in label["votes"].items() if n} == +votes
            kept_workers = {each["workerId"] for each in view.label["annotationsFromAllWorkers"]}
            assert kept_workers >= {worker for worker, _ in given}


def test_a_job_of_boxes_goes_on_with_the_boxes_that_were_drawn(tmp_path: Path) -> None:
    """On the ready page; what was labeled by nobody at hand is asked for."""
    job = go_on(tmp_path / "on", box_job(tmp_path / "old"))
    [field] = [each for each in job.task.definition.fields if each.kind is Kind.BOXES]
    assert field.labels == ("bird", "nest")
    [given] = job.earlier()
    assert given["answerContent"] == {
        field.path: {
            "boundingBoxes": [{"left": 1, "top": 2, "width": 3, "height": 4, "label": "bird"}],
            "inputImageProperties": {"width": 200, "height": 100},
        }
    }
    assert all("city" not in each for each in job.lines())
    with job.open() as engine:
        work(engine)
        assert [view.answers for view in engine.objects(0, 3)] == [0, 1, 0]


def test_entities_keep_their_places_in_a_text_with_an_emoji_and_cr_lf(tmp_path: Path) -> None:
    """They come in UTF-16 units of the shown text, and go on as code points of the real one."""
    job = go_on(tmp_path / "on", entity_job(tmp_path / "old"))
    text = job.lines()[0]["source"]
    for given in job.earlier():
        spans = given["answerContent"]["annotations"]["value"]
        assert [text[span["start"] : span["end"]] for span in spans] == ["Bergen", "Oslo"]
    with job.open() as engine:
        work(engine)
        label = engine.objects(0, 1)[0].label["fields"]["entities"]
        assert [(span["start"], span["end"]) for span in label["value"]] == [(2, 8), (14, 18)]


def test_several_labels_an_object_go_on_with_several(tmp_path: Path) -> None:
    """The ready page for one label becomes one for several."""
    job = go_on(tmp_path / "on", several_job(tmp_path / "old"))
    field = job.task.definition.fields[0]
    assert (field.kind, field.labels) == (Kind.CHOICES, ("rain", "sun"))
    assert job.task.definition.title == "Choose every label that fits"
    assert "<crowd-classifier-multi-select" in (job.task.template or b"").decode()
    assert job.earlier()[0]["answerContent"] == {"crowd-classifier": {"labels": ["rain", "sun"]}}
    with job.open() as engine:
        work(engine)
        assert engine.objects(0, 1)[0].label["fields"][field.name]["value"] == ["rain", "sun"]


def test_a_job_of_ours_keeps_page_definition_and_answers_as_they_were(tmp_path: Path) -> None:
    """Half done in a portal; whoever answered an object is not asked for it again."""
    with portal(tmp_path / "old", workers=2) as old:
        ada = old.worker("Ada")
        assert ada.answer(ada.next(), OWL)["accepted"]
    job = go_on(tmp_path / "on", tmp_path / "old" / "workspace", workers=2)
    assert job.task.template == old.template.encode()
    assert job.task.definition.fields[0].path == "bird.label"
    assert [each["answerContent"] for each in job.earlier()] == [OWL]
    with job.open() as engine:
        work(engine)
        same = engine.sign_in("ada")
        assert engine.worker_progress(same).left == 1
        task = engine.next_assignment(same, "t")
        assert task is not None
        assert task.object_id == "1"
        assert [worker.name for worker in engine.workers()] == ["ada"]


def test_answers_taken_over_survive_a_restart_and_are_taken_over_once(tmp_path: Path) -> None:
    """They are in the state; the file is not read into it again."""
    (tmp_path / "old").mkdir()
    made = SmallJob(
        tmp_path / "old",
        [{"source": "a"}, {"source": "b"}],
        [recorded(0, "w1", "owl"), recorded(0, "w2", "owl")],
    )
    made.run()
    job = go_on(tmp_path / "on", tmp_path / "old" / "workspace", kind="text-classification")
    for _ in range(2):
        with job.open() as engine:
            work(engine)
            assert engine.progress().answers == 2
            assert engine.objects(0, 2)[0].answers == 2


def test_what_can_not_go_on_says_why(tmp_path: Path) -> None:
    """Answers without lines, a kind that does not fit, a folder that is taken."""
    job = entity_job(tmp_path / "old")
    with pytest.raises(UsageError, match="asks for choice"):
        continue_job(tmp_path / "on", str(job), kind="text-classification")
    assert not (tmp_path / "on").exists()
    shutil.rmtree(job / "manifests")
    with pytest.raises(UsageError, match="output manifest"):
        continue_job(tmp_path / "on", str(job))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "task.toml").write_text("")
    with pytest.raises(UsageError, match="is there already"):
        continue_job(tmp_path / "taken", str(job))


def test_damaged_answers_cost_nothing_else_and_are_told(tmp_path: Path) -> None:
    """By file and reason, in the command's output."""
    answers = [{"w1": {"crowd-image-classifier": {"label": "owl"}}}] * 3
    label = {"type": "groundtruth/image-classification", "class-name": "owl"}
    lines = [line({"source-ref": f"s3://b/{n}.jpg"}, 0, **label) for n in range(3)]
    job = write_job(tmp_path / "old", lines, answers)
    [damaged] = job.glob("annotations/worker-response/*/1/*.json")
    damaged.write_text('{"answers": [')
    done = CliRunner().invoke(app, ["init", str(tmp_path / "on"), "--from-job", str(job)])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "answers kept │ 2 of 1 worker" in said
    assert "damaged: " in said
    assert read_job(str(job)).faults != ()
    assert len(Continued(tmp_path / "on").earlier()) == 2


def test_words_of_a_ready_task_are_to_be_replaced_and_ones_own_are_not(tmp_path: Path) -> None:
    """A built-in job's own title is not at hand; a job of ours keeps what its owner wrote."""
    with portal(tmp_path / "ours", workers=2) as old:
        ada = old.worker("Ada")
        assert ada.answer(ada.next(), OWL)["accepted"]
    ours = tmp_path / "ours" / "workspace"
    for place, told in ((box_job(tmp_path / "old"), True), (ours, False)):
        on = tmp_path / f"on-{told}"
        done = CliRunner().invoke(app, ["init", str(on), "--from-job", str(place)])
        assert done.exit_code == 0, done.output
        assert ("write your own" in done.output) == told
        title = read_task_folder(on).definition.title
        assert (title == "Draw a box around everything that a label names") == told
