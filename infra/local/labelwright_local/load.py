"""A job as data frames: ``from labelwright_local.load import load_job``."""

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, Literal, NamedTuple

from labelwright.answers.values import Boxes
from labelwright.contract.base import Json, dump_json
from labelwright.contract.manifest import SOURCE
from labelwright.errors import UsageError
from labelwright.task.definition import Kind
from labelwright_local.export.halves import without_halves
from labelwright_local.export.prepare import pseudonym
from labelwright_local.finished_job.model import JobObject, ReadJob
from labelwright_local.finished_job.reader import read_job

Backend = Literal["pandas", "polars", "pyarrow"]


class JobFrames(NamedTuple):
    """A job as four data frames of the library that was asked for.

    ``objects``: ``object`` (datasetObjectId), ``line`` (from 1), ``text``, ``path``, ``answers``
    (how many), ``error``. ``labels``: one row a label, of several choices, spans or boxes one row
    each: ``object``, ``field``, ``kind``, ``value``, ``confidence`` (0 to 1), ``start`` and ``end``
    (code points), ``left``, ``top``, ``width`` and ``height`` (pixels). ``answers``: the same of
    each answer, with ``worker``, ``submitted`` (ISO 8601), ``seconds`` and ``counts`` in the place
    of ``confidence``; a row without a value is an answer that gives nothing. ``workers``:
    ``worker``, ``name``, ``objects``, ``seconds`` (the median). ``faults``: ``place``, ``reason``.
    """

    objects: Any
    labels: Any
    answers: Any
    workers: Any
    faults: Any


def load_job(
    path: str,
    backend: Backend = "pandas",
    *,
    attribute: str | None = None,
    data: str | None = None,
    with_names: bool = False,
) -> JobFrames:
    """Read a job, ours or a built-in one, done or not, as data frames.

    ``path`` is a workspace, a job's folder, an output folder copied from S3, an output manifest, or
    an ``s3://`` prefix. ``attribute`` is the label attribute, where lines have several; ``data``
    the folder that stands in for S3, where texts are read. Workers go by pseudonyms that are the
    same whenever the job is loaded; ``with_names`` gives their ids, and the names that they gave.

    Raises:
        UsageError: there is no such job, or several; or the library is not installed.
    """
    narwhals = _narwhals(backend)
    job = read_job(str(path), attribute=attribute, data=data)

    def frame(columns: Mapping[str, str], rows: Iterable[Mapping[str, Json]]) -> Any:
        whole = [without_halves(dict(row)) for row in rows]
        values = {name: [row.get(name) for row in whole] for name in columns}
        # pandas' plain whole numbers know no absence: there they are its nullable ones.
        whole_numbers = [name for name, kind in columns.items() if kind == "Int64"]
        passing = dict.fromkeys(whole_numbers, "Float64") if backend == "pandas" else {}
        types = {
            name: getattr(narwhals, passing.get(name, kind))() for name, kind in columns.items()
        }
        made = narwhals.from_dict(values, schema=types, backend=backend).to_native()
        return made.astype(dict.fromkeys(passing, "Int64")) if passing else made

    def worker(identifier: str) -> str:
        return identifier if with_names else pseudonym(job.name, identifier)

    answers = list(_answer_rows(job, worker))
    return JobFrames(
        objects=frame(_OBJECTS, map(_object_row, job.objects)),
        labels=frame(_LABELS, _label_rows(job)),
        answers=frame(_ANSWERS, answers),
        workers=frame(_WORKERS, _worker_rows(job, worker, with_names=with_names)),
        faults=frame(_FAULTS, (fault._asdict() for fault in job.faults)),
    )


def _narwhals(backend: str) -> ModuleType:
    if backend not in ("pandas", "polars", "pyarrow"):
        raise UsageError(f"there is no backend '{backend}'; there are pandas, polars and pyarrow")
    try:
        from importlib import import_module

        import narwhals

        import_module(backend)
    except ImportError as error:
        raise UsageError(
            f"data frames need {error.name}, which is not installed: pip install "
            f"'labelwright[frames]' {backend}"
        ) from None
    return narwhals


_PLACES = {
    "start": "Int64", "end": "Int64",
    "left": "Float64", "top": "Float64", "width": "Float64", "height": "Float64",
}  # fmt: skip
_OBJECTS = {
    "object": "String", "line": "Int64", "text": "String", "path": "String", "answers": "Int64",
    "error": "String",
}  # fmt: skip
_VALUE = {"object": "String", "field": "String", "kind": "String", "value": "String"}
_LABELS = {**_VALUE, "confidence": "Float64", **_PLACES}
_ANSWERS = {
    "worker": "String", **_VALUE, "submitted": "String", "seconds": "Float64", "counts": "Boolean",
    **_PLACES,
}  # fmt: skip
_WORKERS = {"worker": "String", "name": "String", "objects": "Int64", "seconds": "Float64"}
_FAULTS = {"place": "String", "reason": "String"}


def _object_row(item: JobObject) -> dict[str, Json]:
    source = (item.line or {}).get(SOURCE)
    return {
        "object": item.id,
        "line": item.number,
        "text": item.text if item.text is not None or source is None else _shown(source),
        "path": item.reference,
        "answers": len(item.answers),
        "error": item.error,
    }


def _shown(value: Json) -> str:
    text = value if isinstance(value, str) else dump_json(value)
    # Lone surrogates, which JSON can have, are no text for a data frame.
    return text.encode("utf-8", "replace").decode()


def _label_rows(job: ReadJob) -> Iterator[dict[str, Json]]:
    for item in job.objects:
        for label in item.labels:
            for part in parts_of(label.kind, label.value):
                sure = part.pop("confidence", None)
                if label.kind is Kind.CHOICES:
                    sure = label.parts.get(part["value"] or "", label.confidence)
                elif label.kind not in (Kind.SPANS, Kind.BOXES) or part["value"] is None:
                    sure = label.confidence
                yield {
                    "object": item.id, "field": label.name, "kind": str(label.kind),
                    "confidence": sure, **part,
                }  # fmt: skip


def _answer_rows(job: ReadJob, worker: Any) -> Iterator[dict[str, Json]]:
    for item in job.objects:
        for answer in item.answers:
            common = {
                "object": item.id, "worker": worker(answer.worker), "counts": answer.counts,
                "submitted": answer.submission_time, "seconds": answer.seconds,
            }  # fmt: skip
            if not answer.values:
                yield common
            for field in job.fields:
                if field.name not in answer.values:
                    continue
                for part in parts_of(field.kind, answer.values[field.name]):
                    yield {**common, "field": field.name, "kind": str(field.kind), **part}


def parts_of(kind: Kind, value: Json) -> list[dict[str, Json]]:
    """Return a value as rows: its parts, each ``value`` a text; one row without where it has none.

    ``value`` is in the form of answers or of labels.
    """
    if kind in (Kind.SPANS, Kind.BOXES):
        items = value.boxes if isinstance(value, Boxes) else value or ()
        rows = [item._asdict() for item in items]
        return [row | {"value": row.pop("label")} for row in rows] or [{"value": None}]
    if kind is Kind.CHOICES:
        return [{"value": name} for name in value or ()] or [{"value": None}]
    return [{"value": None if value is None else _shown(value)}]


def _worker_rows(job: ReadJob, worker: Any, *, with_names: bool) -> Iterator[dict[str, Json]]:
    from statistics import median

    given: dict[str, list[tuple[str, float | None]]] = {}
    for item in job.objects:
        for answer in item.answers:
            given.setdefault(answer.worker, []).append((item.id, answer.seconds))
    for identifier, answers in sorted(given.items()):
        times = [seconds for _, seconds in answers if seconds is not None]
        yield {
            "worker": worker(identifier),
            "name": job.names.get(identifier) if with_names else None,
            "objects": len({name for name, _ in answers}),
            "seconds": median(times) if times else None,
        }
