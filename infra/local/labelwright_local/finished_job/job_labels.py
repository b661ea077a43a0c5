"""The labels of a job's lines, and the texts that they and the answers lie in."""

from collections.abc import Iterable, Mapping, Sequence

from labelwright.answers.columns import Answer, AnsweredObject
from labelwright.answers.texts import KnownText, TextClaim, believed_text, text_claim
from labelwright.contract.base import Json, load_json
from labelwright.contract.label_categories import category_names
from labelwright.contract.manifest import SOURCE, SOURCE_REF, ManifestLabel
from labelwright.errors import LabelwrightError
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_lambda.whole_job.answers import AnswerFault
from labelwright_local.finished_job.all_answers import GatheredObject, fetch_of
from labelwright_local.finished_job.manifest_labels import LineLabel, read_line_label
from labelwright_local.finished_job.object_texts import ObjectTexts
from labelwright_local.finished_job.places import JobPlace
from labelwright_local.workspace.job_files import MAX_LABEL_FILE


class JobLabels:
    """The labels of a job's lines, and the texts that they and the answers lie in."""

    def __init__(
        self,
        job: JobPlace,
        lines: Mapping[str, dict[str, Json]],
        own: Mapping[str, ManifestLabel],
        texts: ObjectTexts,
        faults: list[AnswerFault],
    ) -> None:
        self._lines = lines
        self._own = own
        self._texts = texts
        self._faults = faults
        self._fetch = fetch_of(job, MAX_LABEL_FILE)
        self._categories = _categories(job)
        self._shown = job.told(job.manifest) if job.manifest else job.shown
        self.labels = {identifier: self._label(identifier, None) for identifier in own}
        for identifier, label in self.labels.items():
            self._tell(identifier, label)

    def _label(self, identifier: str, text: str | None) -> LineLabel:
        line, found = self._lines[identifier], self._own[identifier]
        return read_line_label(found, line, text, self._fetch, self._categories)

    def _tell(self, identifier: str, label: LineLabel) -> None:
        where = f"{self._shown}: object {identifier}"
        self._faults += (AnswerFault(where, reason) for reason in label.faults)

    def place(self, texts: Mapping[str, KnownText]) -> None:
        """Read again, by their texts, the labels whose spans count something else."""
        for identifier, label in list(self.labels.items()):
            known = texts.get(identifier)
            if label.built_in and known and any(field.offsets for field in label.fields):
                self.labels[identifier] = placed = self._label(identifier, known.text)
                self._tell(identifier, placed)

    def texts(
        self,
        answered: Sequence[AnsweredObject],
        entries: Mapping[str, GatheredObject],
        fields: Sequence[FieldDefinition],
    ) -> dict[str, KnownText]:
        """Return the texts of the objects by id; only a job with spans has to have them."""
        marked = [field for field in fields if field.kind is Kind.SPANS]
        found: dict[str, KnownText] = {}
        for item in answered:
            identifier = item.dataset_object_id
            line = self._lines.get(identifier) or line_of(entries[identifier])
            source = (line or {}).get(SOURCE)
            if not marked:
                if isinstance(source, str):
                    found[identifier] = KnownText(None, source)
                continue
            claims = [_first_claim(answer, marked) for answer in item.answers]
            known = self._texts.of_line(line, believed_text(claims).uri)
            if isinstance(known, str):
                self._faults.append(AnswerFault(f"object {identifier}", f"its text: {known}"))
            elif known is not None:
                found[identifier] = known
        return found


def _first_claim(answer: Answer, fields: Iterable[FieldDefinition]) -> TextClaim | None:
    return next(filter(None, (text_claim(answer.content, field) for field in fields)), None)


def line_of(entry: GatheredObject) -> dict[str, Json] | None:
    """Return what a request says of an object, as its manifest line would."""
    if entry.data is None:
        return None
    if entry.data.content is not None:
        return {SOURCE: entry.data.content}
    return {SOURCE_REF: entry.data.s3_uri} if entry.data.s3_uri else None


def _categories(job: JobPlace) -> tuple[str, ...]:
    """Return the names of a job's classes in order, where its files have them."""
    address = job.layout.label_categories
    if address not in job.keys:
        return ()
    try:
        found = load_json(job.storage.read(address))
    except (LabelwrightError, ValueError):
        return ()
    return category_names(found.get("labels") if isinstance(found, dict) else None) or ()
