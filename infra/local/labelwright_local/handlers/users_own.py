"""People's own pre- and post-labeling functions, called as Lambda calls them."""

import asyncio
import json
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from labelwright.contract.base import Json, load_json
from labelwright.errors import LabelwrightError, UsageError
from labelwright.task.task_input import line_input
from labelwright_local.handlers.own_modules import OwnModules
from labelwright_local.handlers.references import Reference
from labelwright_local.handlers.roles import Functions
from labelwright_local.handlers.variables import NO_VARIABLES, Variables, allowed, set_environment
from labelwright_local.printable import LAID_OUT, printable
from labelwright_local.s3_endpoint.app import S3Endpoint, serve_s3
from labelwright_local.workspace.folder_storage import FolderStorage

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
    told: str
    name: str
    call: Callable[[Any, LambdaContext], Any]
    modules: OwnModules

    def __call__(self, event: Json) -> Json:
        """Call the function with an event of its own, and take its answer as JSON."""
        context = LambdaContext(self.name)
        try:
            with self.modules.in_place():
                answer = self.call(json.loads(json.dumps(event)), context)
        except (Exception, SystemExit, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever a user's function raises
            # As Lambda writes it to the function's log: here that is the terminal of its author. It
            # may repeat what a worker sent.
            told = "".join(traceback.format_exception(error))
            sys.stderr.write(printable(told, None, LAID_OUT))
            raise HandlerError(self.told, _last_line(error) + _place(error)) from None
        try:
            text = json.dumps(answer, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise HandlerError(self.told, f"the answer is not JSON: {error}") from None
        if len(text) > _MAX_BYTES:
            raise HandlerError(
                self.told, f"the answer has {len(text):,} bytes, Lambda passes on {_MAX_BYTES:,}"
            )
        result: Json = json.loads(text)
        return result


class UserHandlers:
    """A job's functions of a user in the place of ours; see the engine's ``Handlers``.

    Where a job has none, what the service does without it: the task input is the manifest line, a
    label is empty. ``s3_url`` is where the S3 is that they work with.
    """

    def __init__(
        self, pre: _Function | None, post: _Function | None, storage: FolderStorage, s3_url: str
    ) -> None:
        self._pre = pre
        self._post = post
        self._storage = storage
        self.s3_url = s3_url

    def pre(self, event: Json) -> Json:
        """Call the pre-labeling function.

        Raises:
            HandlerError: it raised, or its answer can't be passed on.
        """
        if self._pre is None:
            return {"taskInput": line_input(event["dataObject"])}
        return self._pre(event)

    def post(self, event: Json) -> Json:
        """Call the post-labeling function.

        Raises:
            HandlerError: it raised, or its answer can't be passed on.
        """
        if self._post is not None:
            return self._post(event)
        attribute = event["labelAttributeName"]
        return [
            {
                "datasetObjectId": item["datasetObjectId"],
                "consolidatedAnnotation": {"content": {attribute: {}}},
            }
            for item in load_json(self._storage.read(event["payload"]["s3Uri"]))
        ]


@contextmanager
def user_handlers(
    functions: Functions | None,
    storage: FolderStorage,
    secret: bytes,
    variables: Variables = NO_VARIABLES,
) -> Iterator[UserHandlers | None]:
    """Offer a folder as S3 and load functions that use it; without ``functions`` do neither.

    What they presign stays good after a restart with the same ``secret``, 32 bytes.

    Raises:
        UsageError: the functions can't be loaded.
    """
    if functions is None:
        yield None
        return
    with serve_s3(storage, secret=secret) as endpoint:
        yield load_handlers(functions, storage, endpoint, variables)


def load_handlers(
    functions: Functions,
    storage: FolderStorage,
    endpoint: S3Endpoint,
    variables: Variables = NO_VARIABLES,
) -> UserHandlers:
    """Import functions, each with its own folder first.

    Before that, the environment of this process is made the one that they would have in Lambda,
    with the local S3 in the place of AWS: many make their clients while they are imported. No
    credentials and no profile of the user's own are left in it.

    Raises:
        UsageError: a function can't be imported.
    """
    set_environment(endpoint)
    shared: dict[object, OwnModules] = {}

    def load(found: Reference | None) -> _Function | None:
        if found is None:
            return None
        told = allowed({**found.variables, **variables.of(found.ids)}, endpoint)
        # Functions of one folder with one environment share its modules.
        key = (found.folders, tuple(sorted(told.items())))
        return _imported(found, shared.setdefault(key, OwnModules(found.folders, told)))

    return UserHandlers(load(functions.pre), load(functions.post), storage, endpoint.url)


def _imported(found: Reference, modules: OwnModules) -> _Function:
    try:
        module = modules.load(found.module)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's module runs when imported
        raise UsageError(
            f"{found.told}: the module {found.module} can't be imported: "
            f"{_last_line(error)}{_place(error)}"
        ) from None
    if found.file is not None and Path(module.__file__ or "").resolve() != found.file.resolve():
        raise UsageError(
            f"{found.told}: Python has a module {found.module} of its own, so {found.file} can't "
            "be imported; rename it"
        )
    function = getattr(module, found.function, None)
    if not callable(function):
        raise UsageError(
            f"{found.told}: {found.file or found.module} has no function '{found.function}'"
        )
    return _Function(found.told, found.function_name, function, modules)


def _last_line(error: BaseException) -> str:
    return traceback.format_exception_only(error)[-1].strip()


def _place(error: BaseException) -> str:
    """Return where it was raised, without the line's text."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return f" ({Path(error.filename).name}, line {error.lineno})"
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
