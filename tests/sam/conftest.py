"""What the tests of the artifacts share, once for all of them: the build, the server, processes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sam.host_build import HostBuild, host_build, translated_template
from tests.sam.lambda_process import LambdaProcess
from tests.sam.s3_server import S3Server

#: Starts, or finds warm, the process of a function ("pre_labeling") with an environment.
Functions = Callable[..., LambdaProcess]


@pytest.fixture(scope="session")
def build() -> HostBuild:
    """Build the template for this machine."""
    return host_build()


@pytest.fixture(scope="session")
def template() -> Any:
    """Translate the template to CloudFormation."""
    return translated_template()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """Start the stand-in for S3."""
    with S3Server() as server:
        yield server


@pytest.fixture
def s3(s3_server: S3Server) -> S3Server:
    """Return the stand-in for S3, empty."""
    s3_server.reset()
    return s3_server


@pytest.fixture(scope="session")
def functions(build: HostBuild, s3_server: S3Server) -> Iterator[Functions]:
    """Run functions as Lambda does; one that ran with the same environment is warm."""
    running: dict[tuple[object, ...], LambdaProcess] = {}

    def start(name: str, *extra: Path, **environment: str) -> LambdaProcess:
        key = (name, extra, frozenset(environment.items()))
        if key not in running:
            post = "post_labeling" in name
            packages = (build.post_labeling if post else build.pre_labeling) + extra
            settings = {"AWS_ENDPOINT_URL": s3_server.url, "LOG_LEVEL": "DEBUG", **environment}
            running[key] = LambdaProcess(f"{name}.lambda_handler", packages, settings)
        return running[key]

    yield start
    for process in running.values():
        process.close()
