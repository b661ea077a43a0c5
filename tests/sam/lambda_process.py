"""Running a built artifact as Lambda does: the runtime client, and the Runtime API it asks.

The process gets the artifact, its layer and the runtime client to import, and nothing else of this
machine: what an artifact lacks is missing here too.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

_API = "/2018-06-01/runtime"

#: The tests' own credentials; moto takes any.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
REGION = "eu-west-1"


class Answer(NamedTuple):
    """What came back for one invocation: the response, or the error as Lambda reports it."""

    request_id: str
    response: Any
    error: dict[str, Any] | None


class _RuntimeApi(ThreadingHTTPServer):
    """Hands events to the runtime client and takes its answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: queue.Queue[tuple[str, bytes] | None] = queue.Queue()
        self.answers: queue.Queue[tuple[str, bytes, float]] = queue.Queue()

    def handle_error(self, request: object, client_address: object) -> None:
        """Take it that the process was ended while it waited; other errors are shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise each answer waits some 40 ms for a packet to fill.
    disable_nagle_algorithm = True
    server: _RuntimeApi

    def do_GET(self) -> None:
        """Wait for the next invocation."""
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        request_id, body = event
        deadline = int((time.time() + 300) * 1000)
        self._reply(
            200,
            body,
            {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": (
                    f"arn:aws:lambda:{REGION}:111122223333:function:tested-LabelingFunction"
                ),
                "Content-Type": "application/json",
            },
        )

    def do_POST(self) -> None:
        """Take a response, an error of an invocation, or an error while starting."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.put((self.path.removeprefix(_API), body, time.perf_counter()))
        self._reply(202, b"{}", {"Content-Type": "application/json"})

    def _reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


class LambdaProcess:
    """One execution environment: cold at first, then warm until it is closed."""

    def __init__(
        self, handler: str, packages: Sequence[Path], environment: Mapping[str, str]
    ) -> None:
        self._api = _RuntimeApi()
        self._thread = threading.Thread(target=self._api.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.answered_at = 0.0
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(
            [*isolated_python(), "-m", "awslambdaric", handler],
            cwd=packages[0],
            env={
                **isolated_environment(packages),
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_address[1]}",
                "AWS_LAMBDA_FUNCTION_NAME": "tested-LabelingFunction",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
                "LAMBDA_TASK_ROOT": str(packages[0]),
                "_HANDLER": handler,
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def invoke(self, event: object, seconds: float = 60) -> Answer:
        """Send an event and wait for what comes back.

        Raises:
            AssertionError: the process ended, or did not answer in time.
        """
        request_id = str(uuid.uuid4())
        self._api.events.put((request_id, json.dumps(event).encode()))
        until = time.monotonic() + seconds
        while True:
            try:
                path, body, self.answered_at = self._api.answers.get(timeout=0.2)
                break
            except queue.Empty:
                alive = self._process.poll() is None
                if not alive or time.monotonic() > until:
                    state = "no answer in time" if alive else "the process ended"
                    raise AssertionError(f"{state}; its log:\n{self.log}") from None
        payload = json.loads(body)
        if path == f"/invocation/{request_id}/response":
            return Answer(request_id, payload, None)
        return Answer(request_id, None, payload)

    @property
    def log(self) -> str:
        """All that was written to the log up to now."""
        self._log.seek(0)
        return self._log.read().decode()

    def close(self) -> None:
        """End the process and the API."""
        self._process.kill()
        self._process.wait()
        self._api.events.put(None)
        self._api.shutdown()
        self._thread.join()
        self._api.server_close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def isolated_python() -> list[str]:
    """Return the command of the interpreter under this virtual environment, without packages."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return [str(Path(sys.base_prefix) / "bin" / version), "-S", "-s"]


def isolated_environment(packages: Sequence[Path]) -> dict[str, str]:
    """Return an environment that knows these folders and dummy credentials only."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": ":".join(map(str, packages)),
        # In Lambda an artifact is read-only.
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        **CREDENTIALS,
    }
