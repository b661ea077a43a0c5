from io import BytesIO

import pytest

from labelwright.contract.base import Json
from labelwright_local.manifest.lines import MAX_KEPT_BYTES, RawLine, object_of, read_lines

MARK = b"\xef\xbb\xbf"


def objects(data: bytes) -> list[Json]:
    """Return the object of each line, None where it has none."""
    return [object_of(raw) for raw in read_lines(BytesIO(data))]


def test_a_byte_order_mark_is_passed_over() -> None:
    """As a job reads its manifest; also within one, where files were joined."""
    line = MARK + b'{"source": 1}\n'
    assert objects(line + line) == [{"source": 1}, {"source": 1}]


@pytest.mark.parametrize("line", [b"[1]\n", b"{\n", b"\xff\n", b"\n", b"1"])
def test_a_line_that_is_no_object_holds_none(line: bytes) -> None:
    """Other JSON, no JSON, no UTF-8, nothing."""
    assert objects(line) == [None]


def test_a_line_that_is_too_long_holds_none() -> None:
    """What of it was not kept can't be read."""
    assert object_of(RawLine(1, None, MAX_KEPT_BYTES + 1)) is None
