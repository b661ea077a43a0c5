"""Between which labels a job's choices were tied.

A label says that there was a tie, and how many votes each label got, which is something else:
methods that learn skill tie by probability. So batches with a tie are consolidated once more, from
the same requests as the first time.
"""

from collections.abc import Collection, Mapping, Sequence

from labelwright.answers.columns import (
    fields_of,
    gold_values,
    labels_for,
    read_column,
)
from labelwright.consolidation.ledger import FieldLedger, Ledger, extend, until
from labelwright.consolidation.methods import learns, results_of, with_method
from labelwright.contract.job_layout import RequestName
from labelwright.contract.post_labeling import RequestObject
from labelwright.quality.truth import decisions_of
from labelwright.task.definition import FieldDefinition
from labelwright.task.gold import Gold, parse_gold, source_keys
from labelwright_lambda.whole_job.answers import AnswerFile, Requests
from labelwright_lambda.whole_job.votes import fingerprint, request_votes
from labelwright_local.engine.spec import JobSpec
from labelwright_local.workspace.job_files import JobFiles


def tied_labels(
    spec: JobSpec, files: JobFiles, name: str, wanted: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the labels between which the choice ``name`` was tied, by datasetObjectId.

    Of the objects ``wanted`` alone, and of these only where there was a tie.
    """
    found: dict[str, tuple[str, ...]] = {}
    if not wanted:
        return found
    gold = _gold(spec, files)
    past = _Past()
    requests = Requests(files.layout, files.storage)
    batches = {own: requests.read(uri) for own, uri in sorted(requests.named().items())}
    # Labels of the whole job were made of all requests, those of a batch of the ones up to its own.
    whole = files.holds(files.layout.refined_manifest)
    if whole:
        for own, batch in batches.items():
            past.add(own, batch.objects)
    last = max(batches, default=None)
    for own, batch in batches.items():
        if not whole:
            past.add(own, batch.objects)
        if last and any(entry.dataset_object_id in wanted for entry in batch.objects):
            found |= _of_batch(spec, name, last if whole else own, batch, past, gold)
    return {name: tied for name, tied in found.items() if tied and name in wanted}


class _Past:
    """The requests up to a batch, and what they say of a field."""

    def __init__(self) -> None:
        self._requests: list[tuple[RequestName, Sequence[RequestObject]]] = []
        self._ledgers: dict[str, tuple[int, Ledger]] = {}
        self.sources: dict[str, str] = {}

    def add(self, name: RequestName, objects: Sequence[RequestObject]) -> None:
        """Add the next request."""
        self._requests.append((name, objects))
        self.sources |= source_keys(objects)

    def of_field(self, field: FieldDefinition, last: RequestName) -> FieldLedger | None:
        """Return the field's values in all requests so far.

        Without a task definition a field may be recognised otherwise in another batch.
        """
        key = fingerprint([field])
        done, ledger = self._ledgers.get(key, (0, Ledger(key, (), {})))
        added = [request_votes(name, objects, [field]) for name, objects in self._requests[done:]]
        ledger = extend(ledger, added)
        self._ledgers[key] = (len(self._requests), ledger)
        return until(ledger, field.name, last)


def _of_batch(
    spec: JobSpec,
    name: str,
    own: RequestName,
    batch: AnswerFile,
    past: _Past,
    gold: Gold | None,
) -> Mapping[str, tuple[str, ...]]:
    """Consolidate a batch as post-labeling did; return what each of its objects tied between."""
    answered = batch.answered()
    definition = spec.task.definition if spec.task else None
    fields = with_method(fields_of(definition, answered), spec.method, required=False)
    field = next((field for field in fields if field.name == name), None)
    if field is None:
        return {}
    column = read_column(field, labels_for(field, fields, None), answered, {}).column
    taught = gold_values(column.field, gold, past.sources, {})
    earlier = past.of_field(column.field, own) if learns(column.field) else None
    decisions = decisions_of(column, results_of(column, taught, earlier))
    return {task: decision.tied for task, decision in decisions.items()}


def _gold(spec: JobSpec, files: JobFiles) -> Gold | None:
    uri = spec.task.definition.gold if spec.task else None
    return parse_gold(files.storage.read(uri), uri) if uri else None
