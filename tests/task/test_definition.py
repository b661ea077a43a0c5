import pytest

from labelwright.errors import TaskDefinitionError
from labelwright.task.definition import Kind, parse_definition

PLACE = "s3://bucket/task.toml"

FULL = """
name = "abstracts-2"
title = "Mark"
instructions = "Select."
page_keys = ["source-ref", "shelf"]
gold = "s3://bucket/gold.jsonl"
guide = [{label = "AIM", text = "What was asked.", good = ["Why?"], bad = ["So."]}]

[[fields]]
name = "entities"
path = "annotations.value"
kind = "spans"
offsets = "utf16"
labels = ["AIM", "METHOD"]
method = "majority"
threshold = 0.34

[[fields]]
name = "quality"
path = "annotations.claimResult"
kind = "choice"

[[skip]]
when = "text-length"
min = 1
max = 9
"""


def definition(field: str = "", top: str = "", skip: str = "") -> bytes:
    """Return a small definition with more in its field, at its top, or in a skip rule."""
    rule = f"[[skip]]\n{skip}\n" if skip else ""
    kind = "" if "kind" in field else 'kind = "choice"'
    return (
        f'name = "t"\n{top}\n[[fields]]\nname = "f"\npath = "f"\n{kind}\n{field}\n{rule}'.encode()
    )


def test_whole_definition_is_read() -> None:
    """Every setting of the format is read into the model."""
    task = parse_definition(FULL.encode(), PLACE)
    assert (task.name, task.title, task.instructions) == ("abstracts-2", "Mark", "Select.")
    assert task.page_keys == ("source-ref", "shelf")
    assert task.gold == "s3://bucket/gold.jsonl"
    assert task.guide[0].good == ("Why?",)
    entities, quality = task.fields
    assert (entities.kind, entities.offsets, entities.labels) == (
        Kind.SPANS,
        "utf16",
        ("AIM", "METHOD"),
    )
    assert (entities.method, entities.threshold) == ("majority", 0.34)
    assert (quality.offsets, quality.labels, quality.method) == (None, (), None)
    assert (task.skip[0].min, task.skip[0].max) == (1, 9)


def test_byte_order_mark_does_no_harm() -> None:
    """An editor's byte order mark is passed over."""
    assert parse_definition(b"\xef\xbb\xbf" + definition(), PLACE).name == "t"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"name = x", "line 1"),
        (b'name = "\xff"', "UTF-8 at byte 8"),
        (b"", "name: is needed; fields: is needed"),
        (b'name = "t"\nfields = []', "fields"),
        (definition(top="titel = 'x'"), "titel"),
        (definition(top="page_keys = 'x'"), "page_keys"),
        (definition(top="page_keys = ['text']"), "page_keys: .*text already has its place"),
        (definition(top="page_keys = ['initialSpans']"), "page_keys: .*initialSpans"),
        (definition(top="page_keys = ['source']"), "page_keys: .*source"),
        (definition(top="page_keys = ['job-metadata']"), "page_keys: .*earlier labels"),
        (definition(top="gold = 'gold.jsonl'"), "gold"),
        (definition(top="guide = [{text = 'x'}]"), r"guide\[0\]\.label"),
        (definition(field="kind = 'chioce'"), r"fields\[0\]\.kind"),
        (
            definition(field="kind = 'unknown'"),
            r"fields\[0\]\.kind: must be one of choice, .*text$",
        ),
        (definition(field="lables = []"), r"fields\[0\]\.lables"),
        (definition(field="labels = ['a', 'a']"), r"fields\[0\]\.labels: .*named twice"),
        (definition(field="labels = [1]"), r"fields\[0\]\.labels\[0\]"),
        (definition(field="kind = 'text'\nlabels = ['a']"), r"fields\[0\]: .*labels"),
        (definition(field="offsets = 'utf16'"), r"fields\[0\]: .*offsets"),
        (definition(field="kind = 'spans'\noffsets = 'utf-16'"), r"fields\[0\]\.offsets"),
        (definition(field="threshold = 0.5"), r"fields\[0\]: .*threshold"),
        (definition(field="kind = 'spans'\nthreshold = 0"), r"fields\[0\]\.threshold"),
        (definition(field="kind = 'spans'\nthreshold = 1.1"), r"fields\[0\]\.threshold"),
        (
            definition(field="kind = 'choice'\n[[fields]]\nname = 'f'\npath = 'g'\nkind = 'text'"),
            "two fields have the name 'f'",
        ),
        (
            definition(field="kind = 'choice'\n[[fields]]\nname = 'g'\npath = 'f'\nkind = 'text'"),
            "two fields have the path 'f'",
        ),
        (definition().replace(b'"t"', b'"My Task"'), "name"),
        (definition(skip="when = 'never'"), r"skip\[0\]\.when"),
        (definition(skip="when = 'key-missing'"), r"skip\[0\]: .*key-missing needs 'key'"),
        (definition(skip="when = 'key-equals'\nkey = 'a'"), r"skip\[0\]: .*needs 'value'"),
        (definition(skip="when = 'text-length'"), r"skip\[0\]: .*needs 'min' or 'max'"),
        (definition(skip="when = 'text-length'\nmin = -1"), r"skip\[0\]\.min"),
        (definition(skip="when = 'text-empty'\nkey = 'a'"), r"skip\[0\]: .*no setting 'key'"),
        (
            definition(skip="when = 'already-labeled'\nconfidence = 0.5"),
            r"skip\[0\]: .*needs 'attribute'",
        ),
        (
            definition(skip="when = 'already-labeled'\nattribute = 'a'\nconfidence = 2"),
            r"skip\[0\]\.confidence",
        ),
    ],
)
def test_each_mistake_is_told_with_file_and_key(data: bytes, where: str) -> None:
    """A definition that is wrong is refused with its address and the key to look at."""
    with pytest.raises(TaskDefinitionError, match=where) as caught:
        parse_definition(data, PLACE)
    assert str(caught.value).startswith(f"{PLACE}: ")
