"""The small S3 over a folder, and AWS's own client for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
from botocore.config import Config

from labelwright_local.s3_endpoint.app import S3Endpoint, serve_s3
from labelwright_local.workspace.folder_storage import FolderStorage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Served(NamedTuple):
    """An endpoint with the folder behind it: ``root`` is written to, ``fallback`` only read."""

    endpoint: S3Endpoint
    storage: FolderStorage
    root: Path
    fallback: Path
    client: "S3Client"


def client_of(
    endpoint: S3Endpoint, version: str | None = None, sign_bodies: bool | None = None
) -> "S3Client":
    """Make a client that does not try again, so that what is answered is seen."""
    how: Any = {} if sign_bodies is None else {"payload_signing_enabled": sign_bodies}
    return boto3.client(
        "s3",
        endpoint_url=endpoint.url,
        aws_access_key_id=endpoint.access_key_id,
        aws_secret_access_key=endpoint.secret_access_key,
        aws_session_token="local",  # noqa: S106 - a name for none
        region_name=endpoint.region,
        config=Config(retries={"total_max_attempts": 1}, signature_version=version, s3=how),
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a folder; tests keep to buckets of their own."""
    folder = tmp_path_factory.mktemp("s3")
    (folder / "secret").write_text("secret", "utf-8")
    storage = FolderStorage(folder / "own", folder / "fallback")
    with serve_s3(storage) as endpoint:
        client = client_of(endpoint)
        yield Served(endpoint, storage, folder / "own", folder / "fallback", client)
        client.close()


@pytest.fixture
def bucket(served: Served, request: pytest.FixtureRequest) -> str:
    """Make an empty bucket for a test."""
    number = request.node.session.stash.get(_COUNT, 0) + 1
    request.node.session.stash[_COUNT] = number
    name = f"bucket-{number}"
    (served.root / name).mkdir(parents=True)
    return name


_COUNT = pytest.StashKey[int]()
