"""Stand-in S3, STS and IAM: moto's server, in a process of its own.

Its own, because enforcing policies is a switch for all of moto in a process, and other tests use
moto too. Run as a program it prints its address and serves until its input ends.
"""

import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer

from tests.sam.lambda_process import CREDENTIALS, REGION

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Server:
    """The server, and clients of it for the tests themselves."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.sam.s3_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self.s3: S3Client = self.client("s3")

    def client(self, service: str, keys: Mapping[str, str] = CREDENTIALS) -> Any:
        """Return a client of the server, with credentials named as in the environment."""
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            **{name.lower(): value for name, value in keys.items()},
        )

    def reset(self) -> None:
        """Forget everything."""
        self._post("reset", b"")

    def enforce_policies(self, enforced: bool) -> None:
        """Refuse, or no longer refuse, what a caller's policies do not allow."""
        self._post("reset-auth", b"0" if enforced else b"inf")

    def make_bucket(self, bucket: str) -> None:
        """Make a bucket unless it is there."""
        names = {entry["Name"] for entry in self.s3.list_buckets()["Buckets"]}
        if bucket not in names:
            self.s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )

    def put(self, bucket: str, key: str, data: bytes) -> None:
        """Store an object, making its bucket when needed."""
        self.make_bucket(bucket)
        self.s3.put_object(Bucket=bucket, Key=key, Body=data)

    def objects(self) -> dict[str, int]:
        """Return the address and size of each object."""
        found = {}
        for bucket in self.s3.list_buckets()["Buckets"]:
            for entry in self.s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
                found["s3://{}/{}".format(bucket["Name"], entry["Key"])] = entry["Size"]
        return found

    def close(self) -> None:
        """End the server."""
        self.s3.close()
        self._process.communicate()

    def _post(self, action: str, body: bytes) -> None:
        headers = {"Content-Type": "text/plain"}
        request = Request(f"{self.url}/moto-api/{action}", body, headers)  # noqa: S310
        with urlopen(request, timeout=30):  # noqa: S310 - on this machine
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


if __name__ == "__main__":
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    sys.stdout.write("http://{}:{}\n".format(*server.get_host_and_port()))
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()
