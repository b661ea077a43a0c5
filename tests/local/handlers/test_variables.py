"""What people's functions find in their environment."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.handlers.variables import Variables, allowed, read_variables, set_environment
from labelwright_local.s3_endpoint.app import S3Endpoint

ENDPOINT = S3Endpoint("http://127.0.0.1:4999", "id", "secret", "us-east-1")


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """Leave the environment as it was."""
    kept = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(kept)


def read(folder: Path, text: str) -> Variables:
    """Write a file and read it."""
    file = folder / "env"
    file.write_text(text, "utf-8")
    return read_variables(file)


def test_a_dotenv_file_is_for_all_functions(tmp_path: Path) -> None:
    """Comments, quotes and ``export`` as everywhere."""
    text = "# mine\nTABLE=votes\nexport LEVEL='D E'\n\nURL=\"a=b\"  # end\nNOTHING\nEMPTY=\n"
    expected = {"TABLE": "votes", "LEVEL": "D E", "URL": "a=b", "EMPTY": ""}
    assert read(tmp_path, text) == Variables(expected, {})


def test_sams_file_is_for_all_and_for_single_functions(tmp_path: Path) -> None:
    """``Parameters`` are for all, a function's own win."""
    text = '{"Parameters": {"A": "1", "B": 2}, "PreFn": {"B": true, "C": null}, "D": "flat"}'
    found = read(tmp_path, text)
    assert found.of(["PostFn"]) == {"A": "1", "B": "2", "D": "flat"}
    assert found.of(["lambda_handler", "PreFn"]) == {"A": "1", "B": "true", "D": "flat"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A=1\n= 2\n", "line 2: not of the form NAME=value"),
        ("{", "Expecting"),
        ("A=\0", "null character"),
    ],
)
def test_what_can_not_be_read_is_told(tmp_path: Path, text: str, says: str) -> None:
    """With its place."""
    with pytest.raises(UsageError, match=says):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With what may stand in it."""
    with pytest.raises(UsageError, match="--env takes"):
        read_variables(tmp_path / "none")


def test_endpoints_of_other_services_stay() -> None:
    """A local DynamoDB is reached; credentials, profiles and the S3 of before are gone."""
    os.environ.update(
        AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:8000",
        AWS_ENDPOINT_URL_S3="http://127.0.0.1:9",
        AWS_PROFILE="mine",
        AWS_ACCESS_KEY_ID="mine",
    )
    set_environment(ENDPOINT)
    assert os.environ["AWS_ENDPOINT_URL_DYNAMODB"] == "http://127.0.0.1:8000"
    assert os.environ["AWS_ENDPOINT_URL_S3"] == ENDPOINT.url
    assert os.environ["AWS_ACCESS_KEY_ID"] == "id"
    assert "AWS_PROFILE" not in os.environ


def test_what_leads_to_s3_is_not_a_functions_own() -> None:
    """Its other variables are."""
    told = {"AWS_SECRET_ACCESS_KEY": "x", "AWS_PROFILE": "x", "AWS_ENDPOINT_URL_S3": "x", "A": "1"}
    dynamo = {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"}
    assert allowed({**told, **dynamo}, ENDPOINT) == {"A": "1", **dynamo}


@pytest.mark.parametrize("spelling", ["NO_PROXY", "no_proxy"])
def test_no_proxy_is_asked_for_the_local_s3(spelling: str) -> None:
    """Whatever was left out before stays left out."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ.pop(name, None)
    os.environ[spelling] = "example.org"
    set_environment(ENDPOINT)
    for name in ("NO_PROXY", "no_proxy"):
        assert os.environ[name] == "example.org,127.0.0.1,localhost"
    own = allowed({"NO_PROXY": "intranet"}, ENDPOINT)["NO_PROXY"]
    assert own == "intranet,example.org,127.0.0.1,localhost"
    os.environ["NO_PROXY"] = "*"
    set_environment(ENDPOINT)
    assert os.environ["NO_PROXY"] == "*"


def test_botocore_asks_no_proxy_for_the_local_s3() -> None:
    """As it finds its proxies itself."""
    from botocore.utils import get_environ_proxies

    os.environ.update(HTTP_PROXY="http://127.0.0.1:9", http_proxy="http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        os.environ.pop(name, None)
    assert get_environ_proxies(ENDPOINT.url) != {}
    set_environment(ENDPOINT)
    assert get_environ_proxies(ENDPOINT.url) == {}


def test_what_no_environment_can_hold_is_left_out(tmp_path: Path) -> None:
    """Null characters and halves of surrogate pairs, in values and in names."""
    text = r'{"A": "\u0000", "B": "\ud800", "C\u0000": "x", "D": "good"}'
    assert allowed(read(tmp_path, text).all, ENDPOINT) == {"D": "good"}
