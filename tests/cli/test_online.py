"""Batches that know the job so far, against the whole job at once."""

import random
from pathlib import Path
from typing import Any

import pytest

from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.votes import Votes
from labelwright_lambda.whole_job.answers import Requests
from labelwright_local.engine.run import run_job
from labelwright_local.engine.spec import JobSpec
from labelwright_local.finished_job.report import labels_by_id
from labelwright_local.finished_job.truth import read_truth
from labelwright_local.handlers.deployed import DeployedHandlers
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.recorded_answers import RecordedAnswers, read_answers
from tests.local.jobs import NOW, SmallJob, answer

DATASETS = Path(__file__).parents[3] / "shared" / "datasets"


def whole_job(answers: RecordedAnswers, path: str) -> dict[str, str]:
    """Consolidate all answers at once; return the labels by task."""
    rows = [
        (task, given.worker_id, given.answer_content[path]["label"])
        for task, found in answers.answers.items()
        for given in found
    ]
    votes = Votes.from_rows(rows)
    result = skill(votes)
    return {task: votes.labels[result.label[i]] for i, task in enumerate(votes.tasks)}


def online(spec: JobSpec, storage: FolderStorage, path: str) -> tuple[dict[str, str], set[str]]:
    """Run the job in the service's batches; return its labels, and the tasks of the last batch."""
    labels = labels_by_id(
        run_job(spec, storage, lambda: NOW, DeployedHandlers(spec, storage)), storage.read
    )
    requests = Requests(JobFiles(storage, spec.name).layout, storage)
    last = {entry.dataset_object_id for entry in requests.read(requests.files()[-1]).objects}
    return {task: label.fields[path].value for task, label in labels.items()}, last


def share(labels: dict[str, str], truth: dict[str, str]) -> float:
    """Return how many labels are right."""
    return sum(labels.get(task) == label for task, label in truth.items()) / len(truth)


def synthetic(seed: int, workers: int, tasks: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Let a crowd of differing skill answer, five a task; return answers and true labels."""
    rng = random.Random(seed)
    skills = [rng.choice((0.95, 0.8, 0.55)) for _ in range(workers)]
    answers, truth = [], {}
    for task in range(tasks):
        truth[str(task)] = true = rng.choice(("owl", "falcon", "heron"))
        for worker in rng.sample(range(workers), 5):
            right = rng.random() < skills[worker]
            label = true if right else rng.choice(("owl", "falcon", "heron"))
            answers.append(answer(task, f"w{worker}", label))
    return answers, truth


@pytest.mark.parametrize(("seed", "workers", "tasks"), [(1, 8, 320), (2, 20, 400), (3, 60, 310)])
def test_a_job_in_batches_is_as_good_as_at_once(
    tmp_path: Path, seed: int, workers: int, tasks: int
) -> None:
    """The last batch has the whole job's labels, all together lose at most a point."""
    answers, truth = synthetic(seed, workers, tasks)
    lines = [{"source": str(task)} for task in range(tasks)]
    small = SmallJob(tmp_path, lines, answers, task=None)
    in_batches, last = online(small.spec(), small.storage, "bird")
    at_once = whole_job(read_answers(small.answers), "bird")
    assert {task: in_batches[task] for task in last} == {task: at_once[task] for task in last}
    assert share(in_batches, truth) >= share(at_once, truth) - 0.01


@pytest.mark.skipif(not DATASETS.is_dir(), reason="the real data sets are not beside the project")
def test_a_real_job_in_batches_is_as_good_as_at_once(tmp_path: Path) -> None:
    """302 birds by 97 workers, in the batches that the service would send."""
    job, path = DATASETS / "aws_birds_job", "crowd-image-classifier"
    answers = read_answers(job / "worker-response")
    spec = JobSpec("birds", "birds", job / "output.manifest", None, answers)
    in_batches, last = online(spec, FolderStorage(tmp_path), path)
    at_once = whole_job(answers, path)
    truth = read_truth(DATASETS / "aws_birds" / "truth.csv")
    assert {task: in_batches[task] for task in last} == {task: at_once[task] for task in last}
    assert share(at_once, truth) >= 274 / 302
    assert share(in_batches, truth) >= share(at_once, truth) - 0.01
