"""What is done with an object's file when its reader goes away."""

import asyncio
import io
from pathlib import Path
from typing import BinaryIO

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from labelwright_local.s3_endpoint.bodies import Body
from labelwright_local.s3_endpoint.objects import Objects
from labelwright_local.s3_endpoint.request import S3Request
from labelwright_local.s3_endpoint.signatures import Signature
from labelwright_local.workspace.folder_storage import FolderStorage


class Remembering(FolderStorage):
    """A folder that knows which file it opened last."""

    last: BinaryIO

    def open(self, uri: str) -> BinaryIO:
        """Open an object's file, and keep it."""
        self.last = super().open(uri)
        return self.last


@pytest.mark.parametrize("sent", [0, 1])
def test_its_file_is_closed_whether_or_not_anything_was_sent(tmp_path: Path, sent: int) -> None:
    """A client may go before the first byte."""
    storage = Remembering(tmp_path)
    storage.write("s3://bucket/k", b"content")
    body = Body(io.BytesIO(), {}, Signature())
    response = Objects(storage).get(S3Request("GET", "bucket", "k", {}, {}, body))
    messages: list[Message] = []

    async def send(message: Message) -> None:
        if len(messages) == sent:
            raise OSError("the client has gone")
        messages.append(message)

    async def receive() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    assert not storage.last.closed
    scope = {"type": "http", "asgi": {"spec_version": "2.4"}, "method": "GET"}
    with pytest.raises(ClientDisconnect):
        asyncio.run(response(scope, receive, send))
    assert storage.last.closed
