"""Every storage that a job can lie in, for tests of what must hold in all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.storage import JobStorage
from labelwright_local.workspace.folder_storage import FolderStorage
from tests.fakes import FakeStorage

#: The bucket that there is in each of them, if no other is named.
BUCKET = "example-bucket"

KINDS = ("memory", "folder", "s3")


@contextmanager
def storage_of(kind: str, folder: Path, bucket: str = BUCKET) -> Iterator[JobStorage]:
    """Give a storage of one of ``KINDS``; S3 is moto's, the folder is below ``folder``."""
    if kind == "memory":
        yield FakeStorage()
    elif kind == "folder":
        yield FolderStorage(folder / "s3")
    else:
        with pytest.MonkeyPatch.context() as patch, mock_aws():
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                patch.setenv(name, "testing")
            client = boto3.client("s3", region_name="us-east-1")
            client.create_bucket(Bucket=bucket)
            yield S3Storage(client)
