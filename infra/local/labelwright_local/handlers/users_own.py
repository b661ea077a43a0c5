"""People's own pre- and post-labeling functions, called as Lambda calls them."""

import asyncio
import importlib
import json
import os
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from labelwright.contract.base import Json
from labelwright.errors import LabelwrightError, UsageError
from labelwright_local.s3_endpoint.app import S3Endpoint, serve_s3
from labelwright_local.workspace.folder_storage import FolderStorage

_FORM = "--handlers takes module:function,module:function, pre-labeling first"

#: What Lambda takes and gives in one call.
_MAX_BYTES = 6 * 2**20
#: What Lambda lets a call take at most.
_TIMEOUT_MS = 900_000


class HandlerError(LabelwrightError):
    """A user's function raised, or answered what Lambda can't pass on.

    The message names the function and ends with the last line of the traceback, which may repeat
    data: it is for the requester, not for a log.
    """

    code = "handler-failed"

    def __init__(self, function: str, message: str) -> None:
        super().__init__(f"{function}: {message}")


class LambdaContext:
    """The second argument of a Lambda function.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_version = "$LATEST"
    memory_limit_in_mb = "128"
    identity = None
    client_context = None

    def __init__(self, function_name: str) -> None:
        self.function_name = function_name
        self.invoked_function_arn = (
            f"arn:aws:lambda:us-east-1:000000000000:function:{function_name}"
        )
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{function_name}"
        self.log_stream_name = self.aws_request_id
        self._end = time.monotonic() + _TIMEOUT_MS / 1_000

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the 15 minutes that Lambda gives a function at most."""
        return max(0, round((self._end - time.monotonic()) * 1_000))


class _Function(NamedTuple):
    name: str
    call: Callable[[Any, LambdaContext], Any]

    def __call__(self, event: Json) -> Json:
        """Call the function with an event of its own, and take its answer as JSON."""
        context = LambdaContext(self.name.partition(":")[2])
        try:
            answer = self.call(json.loads(json.dumps(event)), context)
        except (Exception, SystemExit, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever a user's function raises
            # As Lambda writes it to the function's log: here that is the terminal of its author.
            traceback.print_exception(error)
            raise HandlerError(self.name, _last_line(error) + _place(error)) from None
        try:
            text = json.dumps(answer, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise HandlerError(self.name, f"the answer is not JSON: {error}") from None
        if len(text) > _MAX_BYTES:
            raise HandlerError(
                self.name, f"the answer has {len(text):,} bytes, Lambda passes on {_MAX_BYTES:,}"
            )
        result: Json = json.loads(text)
        return result


class UserHandlers:
    """Two functions of a user in the place of ours; see the engine's ``Handlers``.

    ``s3_url`` is where the S3 is that they work with.
    """

    def __init__(self, pre: _Function, post: _Function, s3_url: str) -> None:
        self._pre = pre
        self._post = post
        self.s3_url = s3_url

    def pre(self, event: Json) -> Json:
        """Call the pre-labeling function.

        Raises:
            HandlerError: it raised, or its answer can't be passed on.
        """
        return self._pre(event)

    def post(self, event: Json) -> Json:
        """Call the post-labeling function.

        Raises:
            HandlerError: it raised, or its answer can't be passed on.
        """
        return self._post(event)


@contextmanager
def user_handlers(
    spec: str | None, storage: FolderStorage, secret: bytes
) -> Iterator[UserHandlers | None]:
    """Offer a folder as S3 and load functions that use it; without a ``spec`` do neither.

    What they presign stays good after a restart with the same ``secret``, 32 bytes.

    Raises:
        UsageError: the functions can't be loaded.
    """
    if spec is None:
        yield None
        return
    with serve_s3(storage, secret=secret) as endpoint:
        yield load_handlers(spec, endpoint)


def load_handlers(spec: str, endpoint: S3Endpoint) -> UserHandlers:
    """Import the functions ``module:function,module:function`` from the current folder.

    Before that, the environment of this process is made the one that they would have in Lambda,
    with the local S3 in the place of AWS: many make their clients while they are imported. No
    credentials and no profile of the user's own are left in it.

    Raises:
        UsageError: the form is another, or a function can't be imported.
    """
    names = [name.strip() for name in spec.split(",")]
    if len(names) != 2 or not all(_is_named(name) for name in names):
        raise UsageError(f"{spec!r}: {_FORM}")
    _set_environment(endpoint)
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return UserHandlers(_imported(names[0]), _imported(names[1]), endpoint.url)


def _is_named(name: str) -> bool:
    module, colon, function = name.partition(":")
    return (
        bool(colon)
        and function.isidentifier()
        and all(part.isidentifier() for part in module.split("."))
    )


def _imported(name: str) -> _Function:
    module_name, _, function_name = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's module runs when imported
        raise UsageError(
            f"{module_name}: the module can't be imported: {_last_line(error)}{_place(error)}"
        ) from None
    _must_be_the_users(module)
    function = getattr(module, function_name, None)
    if not callable(function):
        raise UsageError(f"{module_name}: it has no function '{function_name}'; {_FORM}")
    return _Function(name, function)


def _must_be_the_users(module: ModuleType) -> None:
    """Refuse a module of ours in the place of one that lies in the current folder."""
    root = module.__name__.partition(".")[0]
    here = Path.cwd().resolve()
    lies_here = (here / f"{root}.py").is_file() or (here / root / "__init__.py").is_file()
    file = Path(module.__file__ or "").resolve()
    if lies_here and not file.is_relative_to(here):
        raise UsageError(
            f"{root}: Labelwright has a module of that name itself, so yours can't be imported; "
            "rename it"
        )


def _set_environment(endpoint: S3Endpoint) -> None:
    """Let AWS's libraries find the local S3, and nothing of the user's own."""
    import boto3

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_ACCESS_KEY_ID=endpoint.access_key_id,
        AWS_SECRET_ACCESS_KEY=endpoint.secret_access_key,
        AWS_SESSION_TOKEN="local",  # noqa: S106 - a name for none
        AWS_DEFAULT_REGION=endpoint.region,
        AWS_REGION=endpoint.region,
        AWS_ENDPOINT_URL_S3=endpoint.url,
        AWS_ENDPOINT_URL_STS=endpoint.url,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
    # A default session that was made before keeps the credentials of before.
    boto3.DEFAULT_SESSION = None


def _last_line(error: BaseException) -> str:
    return traceback.format_exception_only(error)[-1].strip()


def _place(error: BaseException) -> str:
    """Return where it was raised, without the line's text."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
