"""One bad worker costs nobody anything, from requests to labels."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import post_labeling
from labelwright.task.definition import Kind
from tests.consolidation.hostile import KINDS, TEXT, attacks
from tests.consolidation.scenes import MERGING, Scene, assert_stands, honest_values
from tests.fakes import FakeStorage

Json = Any
FOLDER = "s3://out-bucket/Job/annotations/consolidated-annotation/consolidation-request/iteration-1"
DEFINITION = "s3://in-bucket/task.toml"
KINDS_HERE = tuple(dict.fromkeys(kind for kind, _ in MERGING))


def methods(rank: int) -> dict[Kind, str]:
    """Return the method of that rank for each kind; of kinds with fewer, one of theirs."""
    of_kind = {kind: [name for other, name in MERGING if other is kind] for kind in KINDS_HERE}
    return {kind: names[rank % len(names)] for kind, names in of_kind.items()}


RANKS = range(max(Counter(kind for kind, _ in MERGING).values()))


def definition(rank: int) -> str:
    """Return a task definition with a field of every kind."""
    return 'name = "everything"\n' + "".join(
        f'[[fields]]\nname = "{kind}"\npath = "{kind}"\nkind = "{kind}"\nmethod = "{name}"\n'
        for kind, name in methods(rank).items()
    )


def consolidate(requests: list[Json], task: str) -> Json:
    """Send requests through the handler, one after another; return the last one's labels."""
    storage = FakeStorage({DEFINITION: task, "s3://texts-bucket/other.txt": "another"})
    chosen = post_labeling.Settings(task_definition=DEFINITION, text_prefix="s3://texts-bucket/")
    for number, entries in enumerate(requests):
        uri = f"{FOLDER}/2026-01-02_00:00:0{number}.json"
        storage.put(uri, json.dumps(entries))
        event = {
            "version": "2018-10-06",
            "labelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/job",
            "labelAttributeName": "Job",
            "payload": {"s3Uri": uri},
        }
        response = post_labeling.handle(event, storage, chosen)
    return [whole(entry["consolidatedAnnotation"]["content"]["Job"], storage) for entry in response]


def whole(label: Json, storage: FakeStorage) -> Json:
    """Return a label, from its file where parts of it moved there."""
    return json.loads(storage.objects[ref]) if (ref := label.get("annotationsRef")) else label


@pytest.mark.parametrize("rank", RANKS)
@settings(max_examples=20)
@given(data=st.data())
def test_whatever_one_worker_sends_the_labels_are_what_the_others_agree_on(
    rank: int, data: st.DataObject
) -> None:
    """In a batch that follows on others of the same job, for every kind and method."""
    scene = Scene(3, data.draw(st.sampled_from([1, 3])), data.draw(st.integers(0, 99)))
    habit = data.draw(st.lists(attacks(), min_size=1, max_size=3))
    kinds = {kind: KINDS[kind].truth for kind in KINDS_HERE}
    requests = [
        [
            scene.entry(f"{number}-{place}", truth, scene.chance.choice(habit))
            | {"dataObject": {"content": TEXT}}
            for place, truth in enumerate(
                data.draw(st.lists(st.fixed_dictionaries(kinds), min_size=1, max_size=4))
            )
        ]
        for number in range(2)
    ]
    for entry, label in zip(requests[-1], consolidate(requests, definition(rank)), strict=True):
        assert label["error"] is None
        for kind in KINDS_HERE:
            assert_stands(kind, label["fields"][kind]["value"], honest_values(kind, entry))
