"""Jobs that simulated workers do in a real browser."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from labelwright.errors import UsageError
from labelwright_local.engine.settings import JobSettings
from labelwright_local.engine.spec import JobSpec, ObjectOutcome
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.simulated.browser_job import run_in_browser
from labelwright_local.simulated.worker import SimulatedWorker
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.task_folder import read_task_folder
from tests.samples import documents
from tests.samples.rendering import TEMPLATES

pytestmark = pytest.mark.browser

#: Controls of every kind that has none in the samples' pages.
PAGE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-bounding-box name="leaf" header="Draw a box" labels="['Oak', 'Ivy']"
    src="{{ task.input.taskObject | grant_read_access }}"></crowd-bounding-box>
  <crowd-checkbox name="seen" value="stalk">stalk</crowd-checkbox>
  <crowd-checkbox name="seen" value="holes">holes</crowd-checkbox>
  <label>How many lobes? <input type="number" name="lobes"></label>
</crowd-form>
"""
TASK = """name = "leaves"
[[fields]]
name = "leaf"
path = "leaf"
kind = "boxes"
labels = ["Oak", "Ivy"]
[[fields]]
name = "seen"
path = "seen"
kind = "choices"
labels = ["stalk", "holes"]
[[fields]]
name = "lobes"
path = "lobes"
kind = "number"
"""
LOBES = """name = "lobes"
[[fields]]
name = "lobes"
path = "lobes"
kind = "number"
"""
IMAGE = 'src="{{ task.input.taskObject | grant_read_access }}"'
#: What no field of a definition can ask for.
DRAWN = f"""<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <label>How many lobes? <input type="number" name="lobes"></label>
  <crowd-semantic-segmentation name="mask" {IMAGE} labels="['Oak', 'Ivy']">
  </crowd-semantic-segmentation>
  <crowd-instance-segmentation name="instances" {IMAGE} labels="['leaf']">
  </crowd-instance-segmentation>
  <crowd-line name="lines" {IMAGE} labels="['vein']"></crowd-line>
  <crowd-polyline name="polylines" {IMAGE} labels="['edge']"></crowd-polyline>
  <crowd-polygon name="polygons" {IMAGE} labels="['leaf']"></crowd-polygon>
  <crowd-text-ranking name="ranks" text="Which?" responses='["This.", "That."]'
    ordinal-ranking-dimensions='[{{"name": "Clarity"}}]'></crowd-text-ranking>
  <crowd-question-answer-generation name="asked" text="A leaf." question-min-words="2">
  </crowd-question-answer-generation>
</crowd-form>
"""


def do_job(
    folder: Path, task: Path, sample: str, workers: list[SimulatedWorker], count: int, **truth: Any
) -> list[ObjectOutcome]:
    """Let workers do the first objects of a sample's manifest."""
    below = TEMPLATES / sample / "sample"
    lines = (below / "manifest.jsonl").read_text("utf-8").splitlines()[:count]
    manifest = folder / "manifest.jsonl"
    manifest.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    settings = JobSettings(workers_per_object=len(workers))
    spec = JobSpec("job", "job", manifest, read_task_folder(task), settings=settings)
    storage = FolderStorage(folder / "workspace" / "s3", below / "s3")
    return run_in_browser(
        spec, storage, lambda: datetime.now(UTC), DeployedHandlers(spec, storage), workers, **truth
    )


def answers(outcome: ObjectOutcome) -> list[Any]:
    """Return all workers' answers to an object."""
    return [
        json.loads(answer["annotationData"]["content"])
        for answer in outcome.label["annotationsFromAllWorkers"]
    ]


def test_two_workers_mark_abstracts(tmp_path: Path) -> None:
    """Perfect workers mark every sentence, as far as the page's snapping to words goes."""
    workers = [SimulatedWorker("Ada", 1.0), SimulatedWorker("Bob", 1.0)]
    task = TEMPLATES / "abstract-entities"
    truth = {"0": {"quality": "no"}}
    outcomes = do_job(tmp_path, task, "abstract-entities", workers, 2, truth=truth)
    assert [outcome.outcome for outcome in outcomes] == ["labeled", "labeled"]
    for outcome, document in zip(outcomes, documents.load(), strict=False):
        one, other = (json.loads(answer["annotations"]) for answer in answers(outcome))
        assert one["value"] == other["value"]
        starts = [match.start(1) for match in re.finditer(r"(?:^|[.!?]\s+)(\S)", document.text)]
        assert [span["start"] for span in one["value"]] == starts
    assert outcomes[0].label["fields"]["quality"]["value"] == "no"


def test_simulated_workers_choose_responses_and_not_sides(tmp_path: Path) -> None:
    """Perfect workers agree on the response, whatever side it is on for each of them."""
    workers = [SimulatedWorker("Ada", 1.0), SimulatedWorker("Bob", 1.0)]
    said = ["b", "tie", "a"]
    truth = {
        str(number): {"preference": label, "off-task": ["a"], "notes": "none"}
        for number, label in enumerate(said)
    }
    task = TEMPLATES / "response-comparison"
    outcomes = do_job(tmp_path, task, "response-comparison", workers, 3, truth=truth)
    fields = [outcome.label["fields"] for outcome in outcomes]
    assert [field["preference"]["value"] for field in fields] == said
    assert [field["off-task"]["value"] for field in fields] == [["a"]] * 3
    given = [json.loads(answer["annotations"]) for out in outcomes for answer in answers(out)]
    assert all(sorted(answer["shown"]) == ["a", "b"] for answer in given)


def test_a_text_in_the_manifest_is_marked_too(tmp_path: Path) -> None:
    """Where a line has no text file, its source is what the page shows."""
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text('{"source": "One bee slept. Another flew."}\n', "utf-8")
    spec = JobSpec(
        "job", "job", manifest, read_task_folder(TEMPLATES / "abstract-entities"),
        settings=JobSettings(workers_per_object=1),
    )  # fmt: skip
    storage = FolderStorage(tmp_path / "workspace" / "s3", tmp_path)
    ada = SimulatedWorker("Ada", 1.0)
    [outcome] = run_in_browser(
        spec, storage, lambda: datetime.now(UTC), DeployedHandlers(spec, storage), [ada]
    )
    [answer] = (json.loads(answer["annotations"]) for answer in answers(outcome))
    assert [span["quote"] for span in answer["value"]] == ["One bee slept", "Another flew"]


SUGGESTED = (
    ("image-boxes", "s3://labelwright-sample/image-boxes/lake-01.png", [
        {"left": 1, "top": 1, "width": 9, "height": 9, "label": "Gull"},
        {"left": 30, "top": 1, "width": 9, "height": 9, "label": "Boat"},
    ]),
    ("abstract-entities", "One bee slept. Another flew.", [
        {"start": 4, "end": 14, "label": "RESULTS"}, {"start": 15, "end": 20, "label": "AIM"},
        {"start": 21, "end": 25, "label": "METHODS"},
    ]),
)  # fmt: skip


@pytest.mark.parametrize(("name", "source", "suggestion"), SUGGESTED, ids=["boxes", "spans"])
def test_a_simulated_worker_judges_without_what_is_suggested(
    tmp_path: Path, name: str, source: str, suggestion: list[Any]
) -> None:
    """Else its answers would say how good the model is, and not the worker."""
    manifest = tmp_path / "manifest.jsonl"
    key = "source-ref" if source.startswith("s3://") else "source"
    line = {key: source, "suggestion": suggestion}
    manifest.write_text(f"{json.dumps(line)}\n", "utf-8")
    spec = JobSpec(
        "job", "job", manifest, read_task_folder(TEMPLATES / name),
        settings=JobSettings(workers_per_object=1),
    )  # fmt: skip
    storage = FolderStorage(tmp_path / "workspace" / "s3", TEMPLATES / name / "sample" / "s3")
    ada = SimulatedWorker("Ada", 1.0)
    [outcome] = run_in_browser(
        spec, storage, lambda: datetime.now(UTC), DeployedHandlers(spec, storage), [ada]
    )
    [answer] = answers(outcome)
    if name == "image-boxes":
        [box] = answer["boxes"]["boundingBoxes"]
        assert box["width"] > 9
    else:
        found = json.loads(answer["annotations"])
        assert [span["quote"] for span in found["value"]] == ["One bee slept", "Another flew"]
        assert {one["decision"] for one in found["suggestions"]} == {"rejected"}


def test_boxes_check_boxes_and_numbers(tmp_path: Path) -> None:
    """A page of crowd elements is filled in, too: what a perfect worker draws is where it is."""
    task = tmp_path / "task"
    task.mkdir()
    (task / "task.toml").write_text(TASK)
    (task / "template.liquid.html").write_text(PAGE)
    workers = [SimulatedWorker("Ada", 1.0), SimulatedWorker("Bob", 1.0)]
    truth = {"0": {"seen": ["holes"], "lobes": 7}}
    [outcome] = do_job(tmp_path, task, "image-classification", workers, 1, truth=truth)
    fields = outcome.label["fields"]
    assert fields["seen"]["value"] == ["holes"]
    assert fields["lobes"]["value"] == 7
    one, other = (answer["leaf"]["boundingBoxes"] for answer in answers(outcome))
    assert one == other
    assert len(one) == 1


def test_what_no_field_asks_for_is_answered_too(tmp_path: Path) -> None:
    """Masks, lines, ranks and questions are given, and pass through beside the field."""
    task = tmp_path / "task"
    task.mkdir()
    (task / "task.toml").write_text(LOBES)
    (task / "template.liquid.html").write_text(DRAWN)
    [outcome] = do_job(
        tmp_path, task, "image-classification", [SimulatedWorker("Ada", 1.0)], 1,
        truth={"0": {"lobes": 7}},
    )  # fmt: skip
    assert outcome.label["fields"]["lobes"]["value"] == 7
    [answer] = answers(outcome)
    assert set(answer["mask"]["labelMappings"]) == {"Oak", "Ivy"}
    assert len(answer["mask"]["labeledImage"]["pngImageData"]) > 100
    assert [one["label"] for one in answer["instances"]["instances"]] == ["leaf"]
    assert [len(answer[name][name]) for name in ("lines", "polylines", "polygons")] == [1, 1, 1]
    assert answer["ranks"]["ordinalRankingDimensions"] == [
        {"name": "Clarity", "responseRankings": [1, 2]}
    ]
    [pair] = answer["asked"]["questionAnswerPairs"]
    assert (pair["question"], pair["answer"]) == ("word word", "word")


def test_a_job_that_would_never_end_is_not_begun(tmp_path: Path) -> None:
    """Nobody answers an object twice, so there have to be as many workers as it wants."""
    manifest = TEMPLATES / "abstract-entities" / "sample" / "manifest.jsonl"
    folder = read_task_folder(TEMPLATES / "abstract-entities")
    spec = JobSpec("job", "job", manifest, folder, settings=JobSettings(workers_per_object=2))
    storage = FolderStorage(tmp_path)
    workers = [SimulatedWorker("Ada"), SimulatedWorker("Ada")]
    with pytest.raises(UsageError, match="2 workers, and 1 simulated"):
        run_in_browser(
            spec, storage, lambda: datetime.now(UTC), DeployedHandlers(spec, storage), workers
        )


def test_a_page_without_the_control_is_named(tmp_path: Path) -> None:
    """A field that the page does not ask for ends the job with its name."""
    task = tmp_path / "task"
    task.mkdir()
    (task / "task.toml").write_text(TASK.replace('"Oak", "Ivy"', '"Elm"'))
    (task / "template.liquid.html").write_text("<crowd-form><p>Nothing</p></crowd-form>")
    with pytest.raises(UsageError, match="object 0"):
        do_job(tmp_path, task, "image-classification", [SimulatedWorker("Ada")], 1)
