"""Gold: data objects whose true values are known, to check workers by and to learn skill from.

JSON Lines, one data object a line, named by its source or by its id in the job::

    {"source-ref": "s3://bucket/1.png", "labels": {"quality": "yes"}}
    {"source": "Sue bought ten shares", "labels": {"quality": "no"}}
    {"datasetObjectId": "7", "labels": {"quality": "yes"}}

Read by post-labeling only: what a page is given never has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from labelwright.contract.base import Json, load_json
from labelwright.contract.manifest import SOURCE, SOURCE_REF
from labelwright.contract.post_labeling import RequestObject
from labelwright.errors import TaskDefinitionError


@dataclass(frozen=True)
class Gold:
    """Known values: by an object's id or by its source's key, then by field name."""

    by_id: Mapping[str, Mapping[str, Json]]
    by_source: Mapping[str, Mapping[str, Json]]

    def of_field(self, name: str, sources: Mapping[str, str]) -> dict[str, Json]:
        """Return a field's known values by datasetObjectId; ``sources`` has the objects' keys."""
        found = {
            task: self.by_source[key][name]
            for task, key in sources.items()
            if key in self.by_source and name in self.by_source[key]
        }
        return found | {task: labels[name] for task, labels in self.by_id.items() if name in labels}


def parse_gold(data: bytes, place: str) -> Gold:
    """Read a gold file; ``place`` is named in errors.

    Raises:
        TaskDefinitionError: a line can't be used; names the line. Half a gold file would teach
            half of what it was made for, so nothing of it is taken.
    """
    by_id: dict[str, Mapping[str, Json]] = {}
    by_source: dict[str, Mapping[str, Json]] = {}
    for number, text in enumerate(data.splitlines(), start=1):
        if not text.strip():
            continue
        try:
            line = load_json(text.removeprefix(b"\xef\xbb\xbf"))
        except ValueError as error:
            raise TaskDefinitionError(f"{place}:{number}: gold: {error}") from None
        labels = line.get("labels") if isinstance(line, dict) else None
        if not isinstance(labels, dict):
            raise TaskDefinitionError(f"{place}:{number}: gold: no object of 'labels' by field")
        if isinstance(line.get("datasetObjectId"), str):
            by_id[line["datasetObjectId"]] = labels
        elif SOURCE in line:
            by_source[_key(line[SOURCE])] = labels
        elif SOURCE_REF in line:
            by_source[_key(line[SOURCE_REF])] = labels
        else:
            raise TaskDefinitionError(
                f"{place}:{number}: gold: none of 'source', 'source-ref', 'datasetObjectId'"
            )
    return Gold(by_id, by_source)


def source_keys(objects: Iterable[RequestObject]) -> dict[str, str]:
    """Return a key for each object's source, by datasetObjectId."""
    return {
        entry.dataset_object_id: _key(entry.data_object.content or entry.data_object.s3_uri)
        for entry in objects
        if entry.data_object is not None
    }


def _key(source: Json) -> str:
    # Short, because every object of a job has one in the snapshot.
    return blake2b(repr(source).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
