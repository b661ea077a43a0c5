"""The environment of people's functions: the local S3 in AWS's place, and their own variables."""

import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from labelwright.contract.base import Json, has_lone_surrogate, load_json
from labelwright.errors import UsageError
from labelwright_local.s3_endpoint.app import S3Endpoint

#: In SAM's env.json: for every function.
_EVERYWHERE = "Parameters"
#: Endpoints of other services, such as a local DynamoDB, stay; those of S3 and STS are ours.
_ENDPOINT = "AWS_ENDPOINT_URL"
#: What would lead to the user's own credentials, or away from the local S3.
_NEVER = frozenset({"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"})
_NO_PROXY = ("NO_PROXY", "no_proxy")


class Variables(NamedTuple):
    """Variables of an ``--env`` file: for all functions, and for single ones by their names."""

    all: Mapping[str, str]
    by_function: Mapping[str, Mapping[str, str]]

    def of(self, names: Sequence[str]) -> dict[str, str]:
        """Return those of a function that has these names."""
        own = [self.by_function[name] for name in names if name in self.by_function]
        merged = dict(self.all)
        for found in own:
            merged |= found
        return merged


NO_VARIABLES = Variables({}, {})


def read_variables(file: Path) -> Variables:
    """Read a dotenv file, or JSON as ``sam local invoke --env-vars`` takes it.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-invoke.html

    Raises:
        UsageError: it is not there, or neither of both.
    """
    remedy = "--env takes a file of NAME=value lines, or SAM's env.json"
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; {remedy}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file}: not UTF-8 text; {remedy}") from None
    if "\0" in text:
        raise UsageError(f"{file}: a null character is in it; {remedy}")
    if not text.lstrip().startswith("{"):
        return Variables(_dotenv(file, text), {})
    try:
        return _env_json(load_json(text.encode()))
    except ValueError as error:
        raise UsageError(f"{file}: {error}; {remedy}") from None


def _dotenv(file: Path, text: str) -> dict[str, str]:
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    for found in parse_stream(io.StringIO(text)):
        if found.error:
            raise UsageError(f"{file}: line {found.original.line}: not of the form NAME=value")
    values = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in values.items() if value is not None}


def _env_json(value: Json) -> Variables:
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    everywhere: dict[str, str] = {}
    single: dict[str, dict[str, str]] = {}
    for name, found in value.items():
        if isinstance(found, dict):
            texts = {key: as_text(item) for key, item in found.items()}
            told = {key: text for key, text in texts.items() if text is not None}
            if name == _EVERYWHERE:
                everywhere |= told
            else:
                single[name] = told
        elif (text := as_text(found)) is not None:
            everywhere[name] = text
    return Variables(everywhere, single)


def as_text(value: Json) -> str | None:
    """Return a plain value as a variable has it; None where it is none that a system can hold."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if isinstance(value, str | int | float) else None
    return text if text is not None and _is_holdable(text) else None


def _is_holdable(text: str) -> bool:
    """Tell what can be a variable, or a file's name: no null character, no half a pair."""
    return "\0" not in text and not has_lone_surrogate(text)


def set_environment(endpoint: S3Endpoint) -> None:
    """Let AWS's libraries find the local S3, past any proxy, and nothing of the user's own."""
    import boto3

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        if not name.startswith(_ENDPOINT):
            del os.environ[name]
    os.environ.update(_ours(endpoint))
    # A default session that was made before keeps the credentials of before.
    boto3.DEFAULT_SESSION = None


def allowed(variables: Mapping[str, str], endpoint: S3Endpoint) -> dict[str, str]:
    """Return the variables of a function but for those that lead to S3, which stay ours."""
    ours = _ours(endpoint)
    kept = {
        name: value
        for name, value in variables.items()
        if name
        and "=" not in name
        and _is_holdable(name)
        and name not in ours
        and name not in _NEVER
    }
    for name in _NO_PROXY:
        if name in variables:
            kept[name] = _unproxied(variables[name], endpoint)
    return kept


def _ours(endpoint: S3Endpoint) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
        "AWS_SESSION_TOKEN": "local",
        "AWS_DEFAULT_REGION": endpoint.region,
        "AWS_REGION": endpoint.region,
        f"{_ENDPOINT}_S3": endpoint.url,
        f"{_ENDPOINT}_STS": endpoint.url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **{name: _unproxied(os.environ.get(name, ""), endpoint) for name in _NO_PROXY},
    }


def _unproxied(told: str, endpoint: S3Endpoint) -> str:
    """Add the local S3 to the hosts that no proxy is asked for."""
    # Both spellings are read, and of both the one or the other first.
    both = ",".join(filter(None, [told, *(os.environ.get(name, "") for name in _NO_PROXY)]))
    hosts = [host.strip() for host in both.split(",") if host.strip()]
    if "*" in hosts:
        return "*"
    return ",".join(dict.fromkeys([*hosts, urlsplit(endpoint.url).hostname or "", "localhost"]))
