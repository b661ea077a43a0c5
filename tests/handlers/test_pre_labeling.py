from typing import Any

import pytest

import pre_labeling
from labelwright.errors import (
    BucketNotFound,
    LabelwrightError,
    ManifestLineError,
    ObjectNotFound,
    StorageAccessDenied,
    StorageError,
    StorageKeyDenied,
    StorageUnavailable,
    TaskDefinitionError,
    TextEncodingError,
    TextTooLarge,
)
from tests.fakes import FakeStorage

Json = Any
TEXT = "s3://input/texts/a.txt"
TASK = "s3://input/task.toml"
LINE = {"source-ref": "s3://input/a.png", "text-file-s3-uri": TEXT}
DEFINITION = 'name = "t"\nfields = [{name = "n", path = "n", kind = "text"}]\n'
TEXT_EMPTY = DEFINITION + '[[skip]]\nwhen = "text-empty"\n'


def prepare(line: Json, storage: FakeStorage, task: str | None = None, **chosen: Json) -> Json:
    """Send a manifest line through the handler, with this definition if any."""
    if task is not None:
        storage.put(TASK, task)
        chosen["task_definition"] = TASK
    event = {"version": "x", "labelingJobArn": "arn", "dataObject": line}
    return pre_labeling.handle(event, storage, pre_labeling.Settings(**chosen))


def test_flag_is_a_boolean() -> None:
    """The flag that sends an object to workers is the boolean of the contract."""
    sent = prepare({"source": "x"}, FakeStorage())
    skipped = prepare(
        {"source": "x"}, FakeStorage(), f'{DEFINITION}[[skip]]\nwhen="key-missing"\nkey="k"'
    )
    assert sent["isHumanAnnotationRequired"] is True
    assert skipped["isHumanAnnotationRequired"] is False


def test_line_without_text_reads_nothing() -> None:
    """Without definition and text file, storage is not asked."""
    storage = FakeStorage()
    prepare({"source-ref": "s3://input/a.png"}, storage)
    assert storage.reads == []


@pytest.mark.parametrize(
    "error",
    [
        StorageAccessDenied(
            TEXT, "access denied; allow s3:GetObject on arn:aws:s3:::input/texts/a.txt"
        ),
        StorageKeyDenied(TEXT, "the object's KMS key can't be used; allow kms:Decrypt"),
        StorageUnavailable(TEXT, "S3 did not serve the request now (SlowDown)"),
        StorageError(TEXT, "s3:GetObject failed with X"),
        BucketNotFound(TEXT, "there is no such bucket"),
    ],
)
@pytest.mark.parametrize("task", [None, TEXT_EMPTY])
def test_trouble_with_storage_raises_and_never_skips(error: StorageError, task: str | None) -> None:
    """What keeps a text out of reach is raised with its address, whatever rules there are."""
    with pytest.raises(type(error), match=TEXT):
        prepare(LINE, FakeStorage().fail(error), task)


def test_a_rule_that_needs_no_text_reads_none() -> None:
    """What is skipped anyway costs no reading, and no failing one."""
    rule = '[[skip]]\nwhen = "key-equals"\nkey = "kind"\nvalue = "easy"\n'
    denied = StorageAccessDenied(TEXT, "access denied")
    answer = prepare({**LINE, "kind": "easy"}, FakeStorage().fail(denied), TEXT_EMPTY + rule)
    assert answer["taskInput"]["skipped"]["rule"] == "key-equals"


@pytest.mark.parametrize(("source", "needed"), [(" \n", False), ("a word", True)])
def test_a_source_that_is_the_text_is_judged_as_one(source: str, needed: bool) -> None:
    """Where no text file is named; a picture's address beside it is none."""
    answer = prepare({"source": source}, FakeStorage(), TEXT_EMPTY)
    assert answer["isHumanAnnotationRequired"] is needed


def test_missing_text_is_skipped_by_its_rule_only() -> None:
    """A real 404 is a skip under the rule text-empty, and an error without it."""
    other = f'{DEFINITION}[[skip]]\nwhen = "text-length"\nmin = 1\n'
    assert prepare(LINE, FakeStorage(), TEXT_EMPTY)["isHumanAnnotationRequired"] is False
    for task in (None, other):
        with pytest.raises(ObjectNotFound, match=TEXT):
            prepare(LINE, FakeStorage(), task)


def test_bad_encoding_raises_and_never_skips() -> None:
    """A text in another encoding is an error, also where empty texts are skipped."""
    with pytest.raises(TextEncodingError):
        prepare(LINE, FakeStorage({TEXT: b"\xff\xfea\x00"}), TEXT_EMPTY)


def test_text_over_the_limit_is_an_error_or_skipped_by_length() -> None:
    """A file too large to read is a named error, unless a rule certainly skips its length."""
    storage = FakeStorage({TEXT: "x" * 4_001})
    with pytest.raises(TextTooLarge, match="4,001 bytes"):
        prepare(LINE, storage, max_text_bytes=4_000)
    certain = f'{DEFINITION}[[skip]]\nwhen = "text-length"\nmax = 999\n'
    assert prepare(LINE, storage, certain, max_text_bytes=4_000)["taskInput"]["skipped"] == {
        "rule": "text-length",
        "reason": "the text has at least 1,000 characters, more than 999",
    }
    unsure = f'{DEFINITION}[[skip]]\nwhen = "text-length"\nmax = 1000\n'
    with pytest.raises(TextTooLarge):
        prepare(LINE, storage, unsure, max_text_bytes=4_000)


def test_address_of_another_form_is_told_with_its_key() -> None:
    """A text file's address that is none is the manifest's mistake, and the key is named."""
    with pytest.raises(ManifestLineError, match="'text-file-s3-uri'"):
        prepare({"source": "x", "text-file-s3-uri": "texts/a.txt"}, FakeStorage())


@pytest.mark.parametrize(
    "storage",
    [
        FakeStorage(),
        FakeStorage({TASK: "name ="}),
        FakeStorage().fail(StorageAccessDenied(TASK, "access denied")),
    ],
)
def test_definition_that_is_set_but_unreadable_is_an_error(storage: FakeStorage) -> None:
    """There is no silent fall-back to working without a definition."""
    with pytest.raises(TaskDefinitionError, match=TASK):
        prepare({"source": "x"}, storage, task_definition=TASK)


def test_definition_is_read_anew_when_it_changed() -> None:
    """A definition in the cache is used until the object under its address is another one."""
    storage = FakeStorage()
    assert "title" not in prepare({"source": "x"}, storage, DEFINITION)["taskInput"]
    titled = prepare({"source": "x"}, storage, f'title = "T"\n{DEFINITION}')["taskInput"]
    assert titled["title"] == "T"
    assert prepare({"source": "x"}, storage, f'title = "T"\n{DEFINITION}')["taskInput"] == titled


def test_settings_come_from_the_environment() -> None:
    """An unset or empty variable means the default."""
    read = pre_labeling.Settings.from_environment
    assert read({}) == pre_labeling.Settings()
    assert read({"TASK_DEFINITION": "", "MAX_TEXT_BYTES": ""}) == pre_labeling.Settings()
    assert read({"TASK_DEFINITION": TASK, "MAX_TEXT_BYTES": "5"}) == pre_labeling.Settings(TASK, 5)
    assert read({"PASS_LINE": "true"}).pass_line
    assert not read({"PASS_LINE": "false"}).pass_line


def test_errors_are_all_of_our_tree() -> None:
    """An event that is nothing at all is refused like any other."""
    event: Json
    for event in (None, 5, "x", [], {}, {"dataObject": {}}):
        with pytest.raises(LabelwrightError):
            pre_labeling.handle(event, FakeStorage(), pre_labeling.Settings())
