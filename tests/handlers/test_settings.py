"""Wrong settings are told by the name of the variable, and never by their value."""

from collections.abc import Callable
from typing import Any

import pytest

import post_labeling
import pre_labeling
from labelwright.errors import SettingError
from labelwright_lambda.environment import (
    address_prefix,
    flag,
    log_level,
    object_address,
    usable_log_level,
    whole_number,
)

PRE = pre_labeling.Settings.from_environment
POST = post_labeling.Settings.from_environment


@pytest.mark.parametrize(
    ("read", "name", "wrong", "wanted"),
    [
        (PRE, "MAX_TEXT_BYTES", "1MB", "a whole number from 1 to 50,000,000"),
        (PRE, "MAX_TEXT_BYTES", "0", "a whole number"),
        (PRE, "MAX_TEXT_BYTES", "-1", "a whole number"),
        (PRE, "MAX_TEXT_BYTES", "1_000", "a whole number"),
        (PRE, "MAX_TEXT_BYTES", "9" * 5_000, "a whole number"),
        (PRE, "TASK_DEFINITION", "task.toml", "s3://bucket/key"),
        (POST, "TASK_DEFINITION", "https://bucket/task.toml", "s3://bucket/key"),
        (POST, "ASSUME_JOB_ROLE", "1", "true or false"),
        (POST, "ASSUME_JOB_ROLE", "yes", "true or false"),
        (POST, "TEXT_PREFIX", "inb", "s3://bucket/"),
        (POST, "TEXT_PREFIX", "s3:/inb/", "s3://bucket/"),
        (POST, "TEXT_PREFIX", "s3://", "s3://bucket/"),
        (POST, "METHOD", "majorty", "one of "),
    ],
)
def test_a_wrong_value_is_told_by_its_variable(
    read: Callable[[dict[str, str]], object], name: str, wrong: str, wanted: str
) -> None:
    """With what it may be, and where to correct it."""
    with pytest.raises(SettingError) as caught:
        read({name: wrong})
    told = str(caught.value)
    assert f"variable {name} must be " in told
    assert wanted in told
    assert "configuration" in told
    assert f" {wrong} " not in told


def test_what_may_be_set_is_read() -> None:
    """Case and spaces around it make no difference; nothing set is the default."""
    assert [flag("F", value) for value in (None, "", " TRUE", "false")] == [
        False, False, True, False
    ]  # fmt: skip
    assert [whole_number("N", value, 7, 50) for value in (None, "", "50 ")] == [7, 7, 50]
    assert object_address("A", "s3://bucket/é.toml") == "s3://bucket/é.toml"
    assert [address_prefix("P", value) for value in (None, "s3://bucket", "s3://bucket/x")] == [
        None, "s3://bucket/", "s3://bucket/x"
    ]  # fmt: skip
    assert [log_level(value) for value in (None, "", "debug")] == ["INFO", "INFO", "DEBUG"]


@pytest.mark.parametrize("module", [pre_labeling, post_labeling])
def test_a_wrong_level_of_the_log_is_told_in_the_log(
    module: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """At the level that it would have otherwise."""
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setattr(module, "set_up_logging", lambda _: None)
    with pytest.raises(SettingError, match=r"\[setting-invalid\].*LOG_LEVEL must be one of DEBUG"):
        module.lambda_handler({"dataObject": {}}, None)
    assert usable_log_level("LOUD") == "INFO"
    assert "LOG_LEVEL" in caplog.text
