"""Worker-response files: every answer of one data object as the portal stored it.

``annotations/worker-response/iteration-<k>/<datasetObjectId>/<YYYY-MM-DD_HH:MM:SS>.json``,
contract sections 3.1 and 3.5;
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

from typing import Any

from pydantic import ValidationError

from labelwright.contract.base import Emitted, Json, Received, explain, load_json
from labelwright.errors import PayloadError


class WorkerAnswer(Received):
    """One answer. All but the worker and the content depends on year and workforce.

    ``answer_content`` is a JSON *object* here; in a consolidation request it is a string.
    """

    worker_id: str
    answer_content: Any
    submission_time: str | None = None
    acceptance_time: str | None = None
    time_spent_in_seconds: float | None = None
    worker_metadata: dict[str, Json] | None = None


class WorkerResponseFile(Received):
    """All answers of one data object."""

    answers: list[WorkerAnswer]

    @classmethod
    def parse(cls, data: bytes, place: str) -> "WorkerResponseFile":
        """Read a file; ``place`` names it in errors.

        Raises:
            PayloadError: not a worker-response file.
        """
        try:
            return cls.model_validate(load_json(data))
        except ValidationError as error:
            reason = explain(error)
        except ValueError as error:
            reason = str(error)
        raise PayloadError(f"{place}: not a worker-response file: {reason}")


def read_answers(data: bytes, place: str) -> tuple[list[WorkerAnswer], list[str]]:
    """Read the answers of a worker-response file one by one; return them, and what is damaged.

    Raises:
        PayloadError: it is no such file; ``place`` names it.
    """
    try:
        return WorkerResponseFile.parse(data, place).answers, []
    except PayloadError:
        answers, damaged = _one_by_one(data)
        if not answers:
            raise
        return answers, damaged


def _one_by_one(data: bytes) -> tuple[list[WorkerAnswer], list[str]]:
    try:
        file = load_json(data)
    except ValueError:
        return [], []
    found = file.get("answers") if isinstance(file, dict) else None
    answers, damaged = [], []
    for place, entry in enumerate(found if isinstance(found, list) else ()):
        try:
            answers.append(WorkerAnswer.model_validate(entry))
        except ValidationError as error:
            damaged.append(f"answers[{place}]: {explain(error)}")
    return answers, damaged


class EmittedWorkerAnswer(Emitted):
    """One answer as local Ground Truth stores it."""

    answer_content: Any
    worker_id: str
    submission_time: str | None = None
    acceptance_time: str | None = None
    time_spent_in_seconds: float | None = None
    worker_metadata: dict[str, Json] | None = None


class EmittedWorkerResponseFile(Emitted):
    """A worker-response file as local Ground Truth writes it."""

    answers: list[EmittedWorkerAnswer]
